#include "simulation/coverage.h"

#include <inttypes.h>

#include "order/saga.h"

static uint64_t visit_count[SAGA_STATE_COUNT][SAGA_EVENT_COUNT];

/* Names that the linker makes of saga_step. */
struct saga_cell __real_saga_step(enum saga_state state, enum saga_event event);
struct saga_cell __wrap_saga_step(enum saga_state state, enum saga_event event);

struct saga_cell __wrap_saga_step(enum saga_state state, enum saga_event event)
{
    struct saga_cell cell = __real_saga_step(state, event);
    visit_count[state][event]++;
    return cell;
}

static bool is_cell(int state, int event)
{
    return __real_saga_step((enum saga_state)state, (enum saga_event)event).verdict == SAGA_MOVE;
}

uint64_t coverage_cell_count(void)
{
    uint64_t count = 0;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++)
            count += is_cell(state, event) ? 1 : 0;
    }
    return count;
}

uint64_t coverage_visited_count(void)
{
    uint64_t count = 0;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++)
            count += is_cell(state, event) && visit_count[state][event] != 0 ? 1 : 0;
    }
    return count;
}

void coverage_print_missing(FILE *to)
{
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            if (is_cell(state, event) && visit_count[state][event] == 0)
                fprintf(to, "never seen: %s in %s\n", saga_event_name((enum saga_event)event),
                        saga_state_name((enum saga_state)state));
        }
    }
}
