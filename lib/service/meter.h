/* meter - the metrics of a service: what every service counts, and the answer of GET /metrics.
 *
 * Place      host -> [meter] -> base/metrics; a service's handler -> [meter] -> http/server.
 * Thread     the loop thread only.
 * Ownership  Borrows name and version. The caller owns the meter.
 * Errors     Out of memory: 503. */
#pragma once

#include "base/log.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "http/server.h"
#include "service/process_metrics.h"

/* Why a request was answered 503. */
#define METER_REJECTION_MAP(X)                                                                     \
    X(OVERLOADED, "overloaded")   /* too much is under way */                                      \
    X(STOPPING, "stopping")       /* the service drains */                                         \
    X(UNAVAILABLE, "unavailable") /* no database; surely nothing was done */                       \
    X(UNKNOWN, "unknown")         /* the database gave no answer in time */

enum meter_rejection {
#define METER_REJECTION_ENUM(name, word) METER_REJECTION_##name,
    METER_REJECTION_MAP(METER_REJECTION_ENUM)
#undef METER_REJECTION_ENUM
        METER_REJECTION_COUNT
};

struct service_metrics {
    uint64_t build_info; /* 1 */
    struct process_metrics process;
    struct loop_metrics loop;
    struct log_metrics log;
    uint64_t rejections[METER_REJECTION_COUNT];
};

enum { METER_FAMILY_COUNT = 12, METER_BUILD_SIZE_MAX = 128 };

struct meter {
    struct metrics_registry registry;
    struct service_metrics *metrics; /* this process's */
    struct metrics_family families[METER_FAMILY_COUNT];
    char build[METER_BUILD_SIZE_MAX];
    const char *build_texts[1];
};

/* In the parent, before its instances are forked, or before the only process serves. */
enum status meter_open(struct meter *meter, const char *name, const char *version,
                       int process_count) STATUS_MUST_CHECK;
void meter_close(struct meter *meter);

/* This process is instance `number`, from 1 on. Further groups of metrics come after this. */
void meter_be_instance(struct meter *meter, int number);

/* Beside a 503. */
void meter_count_rejection(struct meter *meter, enum status status);

/* GET /metrics */
void meter_reply(struct meter *meter, struct http_server *server, http_exchange_id exchange);
