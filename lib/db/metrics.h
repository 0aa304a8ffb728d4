/* metrics - what a database's two sides count, and what that is called.
 *
 * Place   db/pool, db/batch -> [metrics] -> base/metrics. */
#pragma once

#include "base/metrics.h"
#include "base/status.h"

enum db_side { DB_SIDE_WRITE, DB_SIDE_READ, DB_SIDE_COUNT };

/* What became of a segment. */
#define DB_SEGMENT_MAP(X)                                                                          \
    X(COMMITTED, "committed")                                                                      \
    X(ROLLED_BACK, "rolled_back") /* its units go again, but for those that are refused */         \
    X(LOST, "lost")               /* its connection ended before the answer; its units go again */

/* What a unit's callback was told. */
#define DB_UNIT_MAP(X)                                                                             \
    X(OK, "committed")                                                                             \
    X(REFUSED, "refused")                                                                          \
    X(UNAVAILABLE, "unavailable")                                                                  \
    X(UNKNOWN, "unknown")

/* Why submit has not accepted a unit. */
#define DB_REJECTION_MAP(X)                                                                        \
    X(UNAVAILABLE, "unavailable")                                                                  \
    X(OVERLOADED, "overloaded")

enum db_segment_outcome {
#define DB_SEGMENT_ENUM(name, word) DB_SEGMENT_##name,
    DB_SEGMENT_MAP(DB_SEGMENT_ENUM)
#undef DB_SEGMENT_ENUM
        DB_SEGMENT_OUTCOME_COUNT
};

enum db_unit_outcome {
#define DB_UNIT_ENUM(name, word) DB_UNIT_##name,
    DB_UNIT_MAP(DB_UNIT_ENUM)
#undef DB_UNIT_ENUM
        DB_UNIT_OUTCOME_COUNT
};

enum db_rejection {
#define DB_REJECTION_ENUM(name, word) DB_REJECTION_##name,
    DB_REJECTION_MAP(DB_REJECTION_ENUM)
#undef DB_REJECTION_ENUM
        DB_REJECTION_COUNT
};

/* Of one side: a pool and its batch. */
struct db_metrics {
    uint64_t segments[DB_SEGMENT_OUTCOME_COUNT];
    struct metrics_histogram segment_units;
    struct metrics_histogram segment_ns; /* from sending to answer; without those lost */
    uint64_t units[DB_UNIT_OUTCOME_COUNT];
    uint64_t rejected_units[DB_REJECTION_COUNT];
    uint64_t divided_segments;
    uint64_t repeated_segments;
    uint64_t waiting_units;
    uint64_t connections;      /* that are up */
    uint64_t connection_count; /* that shall be */
    uint64_t lost_connections;
    uint64_t failed_connects;
};

struct database_metrics {
    struct db_metrics sides[DB_SIDE_COUNT];
};

extern const struct metrics_group database_metrics_group;

void db_metrics_count_segment(struct db_metrics *metrics, enum db_segment_outcome outcome,
                              size_t unit_count, uint64_t duration_ns);
void db_metrics_count_unit(struct db_metrics *metrics, enum status status);
