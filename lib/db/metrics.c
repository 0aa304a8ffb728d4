#include "db/metrics.h"

static const struct metrics_bounds unit_count_bounds = {
    .count = 10,
    .values = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512},
};

static const char *const side_texts[] = {
    [DB_SIDE_WRITE] = "side=\"write\"",
    [DB_SIDE_READ] = "side=\"read\"",
};

#define OUTCOME_TEXT(name, word) "outcome=\"" word "\"",
#define REASON_TEXT(name, word)  "reason=\"" word "\"",
static const char *const segment_texts[] = {DB_SEGMENT_MAP(OUTCOME_TEXT)};
static const char *const unit_texts[] = {DB_UNIT_MAP(OUTCOME_TEXT)};
static const char *const rejection_texts[] = {DB_REJECTION_MAP(REASON_TEXT)};

#define SIDES                                                                                      \
    {                                                                                              \
        .texts = side_texts, .count = DB_SIDE_COUNT, .stride = sizeof(struct db_metrics)           \
    }
#define WORDS(words)                                                                               \
    {                                                                                              \
        .texts = (words), .count = sizeof(words) / sizeof(words)[0], .stride = sizeof(uint64_t)    \
    }
#define AT(member) offsetof(struct database_metrics, sides[0].member)

static const struct metrics_family families[] = {
    {.name = "database_segments_total",
     .help = "Segments (many units, one commit) sent to the database, by what became of them.",
     .kind = METRICS_COUNTER,
     .offset = AT(segments),
     .labels = {SIDES, WORDS(segment_texts)}},
    {.name = "database_segment_units",
     .help = "Units in a segment that was answered.",
     .kind = METRICS_HISTOGRAM,
     .offset = AT(segment_units),
     .labels = {SIDES},
     .bounds = &unit_count_bounds},
    {.name = "database_segment_duration_seconds",
     .help = "From the sending of a segment to the answer to its commit.",
     .kind = METRICS_HISTOGRAM,
     .divisor = METRICS_NS_PER_S,
     .offset = AT(segment_ns),
     .labels = {SIDES},
     .bounds = &metrics_latency_bounds_ns},
    {.name = "database_units_total",
     .help = "Units (one database call each) that have ended, by their outcome.",
     .kind = METRICS_COUNTER,
     .offset = AT(units),
     .labels = {SIDES, WORDS(unit_texts)}},
    {.name = "database_rejected_units_total",
     .help = "Units that were not accepted: no connection is up, or too many wait.",
     .kind = METRICS_COUNTER,
     .offset = AT(rejected_units),
     .labels = {SIDES, WORDS(rejection_texts)}},
    {.name = "database_divided_segments_total",
     .help = "Segments rolled back and taken apart, to find the unit that is to blame.",
     .kind = METRICS_COUNTER,
     .offset = AT(divided_segments),
     .labels = {SIDES}},
    {.name = "database_repeated_segments_total",
     .help = "Segments rolled back and sent again as they were.",
     .kind = METRICS_COUNTER,
     .offset = AT(repeated_segments),
     .labels = {SIDES}},
    {.name = "database_waiting_units",
     .help = "Units that wait for a connection.",
     .kind = METRICS_GAUGE,
     .offset = AT(waiting_units),
     .labels = {SIDES}},
    {.name = "database_connections",
     .help = "Connections that are up: schema current, statements prepared.",
     .kind = METRICS_GAUGE,
     .offset = AT(connections),
     .labels = {SIDES}},
    {.name = "database_connections_wanted",
     .help = "Connections that shall be up.",
     .kind = METRICS_GAUGE,
     .offset = AT(connection_count),
     .labels = {SIDES}},
    {.name = "database_lost_connections_total",
     .help = "Connections that were up and have ended, those replaced after their lifetime too.",
     .kind = METRICS_COUNTER,
     .offset = AT(lost_connections),
     .labels = {SIDES}},
    {.name = "database_failed_connects_total",
     .help = "Attempts to connect that failed.",
     .kind = METRICS_COUNTER,
     .offset = AT(failed_connects),
     .labels = {SIDES}},
};

const struct metrics_group database_metrics_group = {
    .families = families,
    .family_count = sizeof families / sizeof families[0],
    .values_size = sizeof(struct database_metrics),
};

void db_metrics_count_segment(struct db_metrics *metrics, enum db_segment_outcome outcome,
                              size_t unit_count, uint64_t duration_ns)
{
    metrics_add(&metrics->segments[outcome], 1);
    if (outcome == DB_SEGMENT_LOST)
        return;
    metrics_observe(&metrics->segment_units, &unit_count_bounds, unit_count);
    metrics_observe_ns(&metrics->segment_ns, duration_ns);
}

void db_metrics_count_unit(struct db_metrics *metrics, enum status status)
{
    enum db_unit_outcome outcome = status == STATUS_OK            ? DB_UNIT_OK
                                   : status == STATUS_REFUSED     ? DB_UNIT_REFUSED
                                   : status == STATUS_UNAVAILABLE ? DB_UNIT_UNAVAILABLE
                                                                  : DB_UNIT_UNKNOWN;
    metrics_add(&metrics->units[outcome], 1);
}
