#include "base/metrics.h"

#include <assert.h>
#include <sys/mman.h>

#include "base/metrics_series.h"

const struct metrics_bounds metrics_latency_bounds_ns = {
    .count = 14,
    .values = {500000, 1000000, 2500000, 5000000, 10000000, 25000000, 50000000, 100000000,
               250000000, 500000000, 1000000000, 2500000000, 5000000000, 10000000000},
};

enum { VALUES_ALIGNMENT = 64 }; /* a line of the cache, so that groups share none */

_Static_assert(sizeof(struct metrics_histogram) % sizeof(uint64_t) == 0, "a row of numbers");

static size_t mapping_size(const struct metrics_registry *registry)
{
    return ((size_t)registry->process_count + 1) * METRICS_VALUES_SIZE_MAX;
}

enum status metrics_open(struct metrics_registry *registry, int process_count)
{
    assert(process_count > 0 && process_count <= METRICS_PROCESS_COUNT_MAX);
    *registry = (struct metrics_registry){.process_count = process_count};
    void *mapped = mmap(NULL, mapping_size(registry), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return STATUS_NO_MEMORY;
    registry->values = mapped;
    buffer_init(&registry->text, METRICS_TEXT_SIZE_MAX);
    return STATUS_OK;
}

void metrics_close(struct metrics_registry *registry)
{
    buffer_free(&registry->text);
    munmap(registry->values, mapping_size(registry));
}

void metrics_be_process(struct metrics_registry *registry, int number)
{
    assert(number >= 0 && number <= registry->process_count);
    registry->process = number;
    registry->group_count = 0;
    registry->values_size = 0;
}

static void clear_gauge(const struct metrics_family *family, char *values)
{
    for (size_t i = 0; i < metrics_series_count(family); i++)
        metrics_set((uint64_t *)(void *)(values + metrics_series_offset(family, i)), 0);
}

void *metrics_add_group(struct metrics_registry *registry, const struct metrics_group *group)
{
    assert(registry->group_count < METRICS_GROUP_COUNT_MAX);
    size_t offset =
        (registry->values_size + VALUES_ALIGNMENT - 1) / VALUES_ALIGNMENT * VALUES_ALIGNMENT;
    assert(offset + group->values_size <= METRICS_VALUES_SIZE_MAX);
    size_t number = registry->group_count++;
    registry->groups[number] = *group;
    registry->group_offsets[number] = offset;
    registry->values_size = offset + group->values_size;
    char *values = metrics_values_of(registry, number, registry->process);
    for (size_t i = 0; i < group->family_count; i++) {
        const struct metrics_family *family = &group->families[i];
        assert(family->offset < group->values_size);
        if (family->kind == METRICS_GAUGE)
            clear_gauge(family, values);
    }
    return values;
}

void metrics_set_ended(struct metrics_registry *registry, int process, bool has_ended)
{
    registry->has_ended[process] = has_ended;
}

void *metrics_values_of(const struct metrics_registry *registry, size_t group, int process)
{
    assert(group < registry->group_count && process <= registry->process_count);
    return registry->values + (size_t)process * METRICS_VALUES_SIZE_MAX +
           registry->group_offsets[group];
}
