#include "service/meter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "service/instances.h"

/* The group that comes first. */
enum { SERVICE_GROUP = 0 };

static const char *const level_texts[LOG_LEVEL_COUNT] = {
    [LOG_DEBUG] = "level=\"debug\"",
    [LOG_INFO] = "level=\"info\"",
    [LOG_WARN] = "level=\"warn\"",
    [LOG_ERROR] = "level=\"error\"",
};

static const char *const rejection_texts[METER_REJECTION_COUNT] = {
#define REJECTION_TEXT(name, word) "reason=\"" word "\"",
    METER_REJECTION_MAP(REJECTION_TEXT)
#undef REJECTION_TEXT
};

/* The first one's label is filled in. */
static const struct metrics_family families[] = {
    {.name = "service_build_info",
     .help = "Always 1; the labels tell what is running.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_MAX,
     .offset = offsetof(struct service_metrics, build_info)},
    {.name = "service_rejected_requests_total",
     .help = "Requests answered 503, by reason.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct service_metrics, rejections),
     .labels = {{rejection_texts, METER_REJECTION_COUNT, sizeof(uint64_t)}}},
    {.name = "process_cpu_seconds_total",
     .help = "CPU time of the process, user and system.",
     .kind = METRICS_COUNTER,
     .merge = METRICS_EACH,
     .divisor = METRICS_NS_PER_S,
     .offset = offsetof(struct service_metrics, process.cpu_ns)},
    {.name = "process_resident_memory_bytes",
     .help = "Memory of the process that is resident.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .offset = offsetof(struct service_metrics, process.resident_bytes)},
    {.name = "process_virtual_memory_bytes",
     .help = "Address space of the process.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .offset = offsetof(struct service_metrics, process.virtual_bytes)},
    {.name = "process_open_fds",
     .help = "Open files and connections of the process.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .offset = offsetof(struct service_metrics, process.open_files)},
    {.name = "process_max_fds",
     .help = "Files and connections that the process may have open.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .offset = offsetof(struct service_metrics, process.open_file_count_max)},
    {.name = "process_start_time_seconds",
     .help = "When the process started, in seconds since 1970.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .divisor = METRICS_NS_PER_S,
     .offset = offsetof(struct service_metrics, process.start_ns)},
    {.name = "loop_turn_duration_seconds",
     .help = "How long a turn of the loop was busy: so long an event that came meanwhile waited.",
     .kind = METRICS_HISTOGRAM,
     .merge = METRICS_EACH,
     .divisor = METRICS_NS_PER_S,
     .offset = offsetof(struct service_metrics, loop.turn_ns),
     .bounds = &loop_turn_bounds_ns},
    {.name = "loop_longest_turn_seconds",
     .help = "The longest turn of the last one to two minutes.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .divisor = METRICS_NS_PER_S,
     .offset = offsetof(struct service_metrics, loop.longest_turn_ns)},
    {.name = "log_lines_total",
     .help = "Lines of the log.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct service_metrics, log.lines),
     .labels = {{level_texts, LOG_LEVEL_COUNT, sizeof(uint64_t)}}},
    {.name = "log_dropped_lines_total",
     .help = "Lines that were dropped, as the log's reader was too slow.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct service_metrics, log.dropped_lines)},
};

_Static_assert((int)INSTANCES_COUNT_MAX <= (int)METRICS_PROCESS_COUNT_MAX, "each has values");
_Static_assert(sizeof families / sizeof families[0] == METER_FAMILY_COUNT, "all copied");

static void be_process(struct meter *meter, int number)
{
    struct metrics_group group = {
        .families = meter->families,
        .family_count = METER_FAMILY_COUNT,
        .values_size = sizeof(struct service_metrics),
    };
    metrics_be_process(&meter->registry, number);
    meter->metrics = metrics_add_group(&meter->registry, &group);
}

enum status meter_open(struct meter *meter, const char *name, const char *version,
                       int process_count)
{
    enum status status = metrics_open(&meter->registry, process_count);
    if (status != STATUS_OK)
        return status;
    int length =
        snprintf(meter->build, sizeof meter->build, "service=\"%s\",version=\"%s\"", name, version);
    assert(length > 0 && length < METER_BUILD_SIZE_MAX);
    meter->build_texts[0] = meter->build;
    memcpy(meter->families, families, sizeof families);
    meter->families[0].labels[0] = (struct metrics_labels){
        .texts = meter->build_texts, .count = 1, .stride = sizeof(uint64_t)};
    be_process(meter, 0);
    return STATUS_OK;
}

void meter_close(struct meter *meter)
{
    metrics_close(&meter->registry);
}

void meter_be_instance(struct meter *meter, int number)
{
    be_process(meter, number);
    metrics_set(&meter->metrics->build_info, 1);
    process_metrics_start(&meter->metrics->process);
}

void meter_count_rejection(struct meter *meter, enum status status)
{
    enum meter_rejection reason = status == STATUS_OVERLOADED ? METER_REJECTION_OVERLOADED
                                  : status == STATUS_STOPPING ? METER_REJECTION_STOPPING
                                  : status == STATUS_UNKNOWN  ? METER_REJECTION_UNKNOWN
                                                              : METER_REJECTION_UNAVAILABLE;
    metrics_add(&meter->metrics->rejections[reason], 1);
}

void meter_reply(struct meter *meter, struct http_server *server, http_exchange_id exchange)
{
    struct metrics_registry *registry = &meter->registry;
    for (int process = 1; process <= registry->process_count; process++) {
        struct service_metrics *of = metrics_values_of(registry, SERVICE_GROUP, process);
        bool runs = process_metrics_take(&of->process) || process == registry->process;
        metrics_set_ended(registry, process, !runs);
    }
    const struct buffer *text = metrics_write(registry);
    if (text == NULL) {
        http_reply_error(server, exchange, 503, HTTP_RETRY_AFTER, "Out of memory");
        return;
    }
    struct http_response response = {
        .status = 200,
        .content_type = "text/plain; version=0.0.4; charset=utf-8",
        .body = {.data = text->data, .size = text->size},
    };
    http_reply(server, exchange, &response);
}
