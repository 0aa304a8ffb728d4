#include "http/metrics.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const status_texts[] = {
#define STATUS_TEXT(code, reason) "code=\"" #code "\"",
    HTTP_REPLY_STATUS_MAP(STATUS_TEXT)
#undef STATUS_TEXT
};

static const char *const ending_texts[] = {
#define ENDING_TEXT(name, word) "reason=\"" word "\"",
    HTTP_ENDING_MAP(ENDING_TEXT)
#undef ENDING_TEXT
};

#define PLACE_LABELS(member)                                                                       \
    {                                                                                              \
        .stride = sizeof((struct http_metrics *)0)->member[0]                                      \
    }

/* The labels of the places are filled in from the routes. */
static const struct metrics_family families[] = {
    {.name = "http_server_requests_total",
     .help = "Requests that were answered, by the method and the path of their route.",
     .kind = METRICS_COUNTER,
     .is_sparse = true,
     .offset = offsetof(struct http_metrics, requests),
     .labels = {PLACE_LABELS(requests),
                {.texts = status_texts, .count = HTTP_STATUS_COUNT, .stride = sizeof(uint64_t)}}},
    {.name = "http_server_request_duration_seconds",
     .help = "From the turn of the loop in which a request was read to the one of its answer.",
     .kind = METRICS_HISTOGRAM,
     .is_sparse = true,
     .divisor = METRICS_NS_PER_S,
     .offset = offsetof(struct http_metrics, durations_ns),
     .labels = {PLACE_LABELS(durations_ns)},
     .bounds = &metrics_latency_bounds_ns},
    {.name = "http_server_unanswered_requests_total",
     .help = "Requests whose connection ended before their answer.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct http_metrics, unanswered_requests)},
    {.name = "http_server_requests_in_flight",
     .help = "Requests that wait for their answer, or for that of an earlier one.",
     .kind = METRICS_GAUGE,
     .offset = offsetof(struct http_metrics, requests_in_flight)},
    {.name = "http_server_connections_accepted_total",
     .help = "Connections accepted.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct http_metrics, accepted_connections)},
    {.name = "http_server_connections",
     .help = "Open connections.",
     .kind = METRICS_GAUGE,
     .offset = offsetof(struct http_metrics, connections)},
    {.name = "http_server_connections_limit",
     .help = "Connections that may be open; further clients wait to be accepted.",
     .kind = METRICS_GAUGE,
     .offset = offsetof(struct http_metrics, connection_count_max)},
    {.name = "http_server_ended_connections_total",
     .help = "Connections that the server has ended: their clients took their time, or were idle.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct http_metrics, endings),
     .labels = {{ending_texts, HTTP_ENDING_COUNT, sizeof(uint64_t)}}},
    {.name = "http_server_unauthorized_requests_total",
     .help = "Requests without a valid bearer token, answered 401.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct http_metrics, unauthorized_requests)},
};

_Static_assert(sizeof families / sizeof families[0] == HTTP_METRICS_FAMILY_COUNT, "all copied");

static void name_place(struct http_metrics_names *names, size_t place, const char *method,
                       const char *path)
{
    int length = snprintf(names->texts[place], HTTP_METRICS_LABEL_SIZE_MAX,
                          "method=\"%s\",route=\"%s\"", method, path);
    assert(length > 0 && length < HTTP_METRICS_LABEL_SIZE_MAX);
    names->places[place] = names->texts[place];
}

struct metrics_group http_metrics_describe(struct http_metrics_names *names,
                                           const struct http_route *routes, size_t count)
{
    assert(count <= HTTP_METRICS_ROUTE_COUNT_MAX);
    name_place(names, 0, "other", "other");
    for (size_t i = 0; i < count; i++)
        name_place(names, 1 + i, http_method_name(routes[i].method), routes[i].path);
    memcpy(names->families, families, sizeof families);
    for (size_t i = 0; i < HTTP_METRICS_FAMILY_COUNT; i++) {
        struct metrics_labels *labels = &names->families[i].labels[0];
        if (labels->stride == 0 || labels->texts != NULL)
            continue;
        labels->texts = names->places;
        labels->count = 1 + count;
    }
    return (struct metrics_group){
        .families = names->families,
        .family_count = HTTP_METRICS_FAMILY_COUNT,
        .values_size = sizeof(struct http_metrics),
    };
}
