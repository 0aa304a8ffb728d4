/* metrics - what an HTTP server counts, and what that is called.
 *
 * Place      http/session, http/server -> [metrics] -> base/metrics.
 * Limits     HTTP_METRICS_ROUTE_COUNT_MAX routes. */
#pragma once

#include "base/metrics.h"
#include "http/response.h"
#include "http/router.h"

enum {
    HTTP_METRICS_ROUTE_COUNT_MAX = 32,
    /* Place 0 is for requests that no route answers, whatever their method and path are. */
    HTTP_METRICS_PLACE_COUNT = 1 + HTTP_METRICS_ROUTE_COUNT_MAX,
    HTTP_METRICS_FAMILY_COUNT = 9,
    HTTP_METRICS_LABEL_SIZE_MAX = 96,
};

/* Why the server has ended a connection. */
#define HTTP_ENDING_MAP(X)                                                                         \
    X(HEAD, "head_timeout")   /* answered 408; or nothing at all had come */                       \
    X(BODY, "body_timeout")   /* answered 408 */                                                   \
    X(IDLE, "idle_timeout")   /* no further request came */                                        \
    X(WRITE, "write_timeout") /* the client did not read */                                        \
    X(EVICTED, "evicted")     /* idle, at the limit, for a new client */

enum http_ending {
#define HTTP_ENDING_ENUM(name, word) HTTP_ENDING_##name,
    HTTP_ENDING_MAP(HTTP_ENDING_ENUM)
#undef HTTP_ENDING_ENUM
        HTTP_ENDING_COUNT
};

struct http_metrics {
    uint64_t requests[HTTP_METRICS_PLACE_COUNT][HTTP_STATUS_COUNT];
    struct metrics_histogram durations_ns[HTTP_METRICS_PLACE_COUNT];
    uint64_t unanswered_requests;
    uint64_t requests_in_flight;
    uint64_t accepted_connections;
    uint64_t connections;
    uint64_t connection_count_max;
    uint64_t endings[HTTP_ENDING_COUNT];
    uint64_t unauthorized_requests;
};

/* What a table of routes makes of it. Must stay where it is while its group is in use. */
struct http_metrics_names {
    char texts[HTTP_METRICS_PLACE_COUNT][HTTP_METRICS_LABEL_SIZE_MAX];
    const char *places[HTTP_METRICS_PLACE_COUNT];
    struct metrics_family families[HTTP_METRICS_FAMILY_COUNT];
};

struct metrics_group http_metrics_describe(struct http_metrics_names *names,
                                           const struct http_route *routes, size_t count);
