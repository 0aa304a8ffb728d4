#include "order/saga.h"

#include <assert.h>

#define GO(to, fx)                                                                                 \
    {                                                                                              \
        SAGA_MOVE, SAGA_##to, FX_##fx                                                              \
    }

/* Cells that are not named are conflicts. */
static const struct saga_cell saga_table[SAGA_STATE_COUNT][SAGA_EVENT_COUNT] =
    {
        [SAGA_CREATING] =
            {
                [EV_START] = GO(CREATING, CREATE),
                [EV_CREATED] = GO(CHARGING, CHARGE),
                [EV_CREATED_UNWANTED] = GO(COMPENSATING, STORE),
                [EV_CREATE_REFUSED] = GO(ABANDONED, ANSWER),
                [EV_CREATE_UNKNOWN] = GO(CREATING, BACKOFF),
                [EV_RETRY] = GO(CREATING, CREATE),
            },
        [SAGA_CHARGING] =
            {
                [EV_RETRY] = GO(CHARGING, CHARGE),
                [EV_PAID] = GO(COMPLETING, STORE),
                [EV_DECLINED] = GO(COMPENSATING, STORE),
                [EV_VOIDED] = GO(COMPENSATING, STORE),
                [EV_MISMATCH] = GO(COMPENSATING, STORE),
                [EV_FAULT] = GO(VOIDING, VOID),
                [EV_UNKNOWN] = GO(CHARGING, BACKOFF),
                [EV_BUDGET_SPENT] = GO(VOIDING, VOID),
                [EV_NEVER_SENT] = GO(COMPENSATING, STORE),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
                [EV_REFUNDED] = GO(COMPENSATING, STORE),
            },
        [SAGA_VOIDING] =
            {
                [EV_CLAIMED] = GO(VOIDING, VOID),
                [EV_RETRY] = GO(VOIDING, VOID),
                [EV_PAID] = GO(COMPLETING, STORE),
                [EV_DECLINED] = GO(COMPENSATING, STORE),
                [EV_VOIDED] = GO(COMPENSATING, STORE),
                [EV_MISMATCH] = GO(COMPENSATING, STORE),
                [EV_FAULT] = GO(VOIDING, BACKOFF),
                [EV_UNKNOWN] = GO(VOIDING, BACKOFF),
                [EV_REFUNDED] = GO(COMPENSATING, STORE),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
            },
        [SAGA_REVOKING] =
            {
                [EV_CLAIMED] = GO(REVOKING, VOID),
                [EV_RETRY] = GO(REVOKING, VOID),
                [EV_PAID] = GO(REFUNDING, REFUND),
                [EV_DECLINED] = GO(COMPENSATING, STORE),
                [EV_VOIDED] = GO(COMPENSATING, STORE),
                [EV_REFUNDED] = GO(COMPENSATING, STORE),
                [EV_MISMATCH] = GO(COMPENSATING, STORE),
                [EV_FAULT] = GO(REVOKING, BACKOFF),
                [EV_UNKNOWN] = GO(REVOKING, BACKOFF),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
            },
        [SAGA_REFUNDING] =
            {
                [EV_RETRY] = GO(REFUNDING, REFUND),
                [EV_REFUNDED] = GO(COMPENSATING, STORE),
                [EV_FAULT] = GO(REFUNDING, BACKOFF),
                [EV_UNKNOWN] = GO(REFUNDING, BACKOFF),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
            },
        [SAGA_COMPLETING] =
            {
                [EV_RETRY] = GO(COMPLETING, STORE),
                [EV_STORED] = GO(COMPLETED, ANSWER),
                [EV_STORE_FAILED] = GO(COMPLETING, BACKOFF),
                [EV_OVERTAKEN] = GO(SUPERSEDED, ANSWER),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
            },
        [SAGA_COMPENSATING] =
            {
                [EV_RETRY] = GO(COMPENSATING, STORE),
                [EV_STORED] = GO(CANCELLED, ANSWER),
                [EV_STORE_FAILED] = GO(COMPENSATING, BACKOFF),
                [EV_OVERTAKEN] = GO(SUPERSEDED, ANSWER),
                [EV_LEASE_ENDING] = GO(RELEASED, RELEASE),
            },
};

struct saga_cell saga_step(enum saga_state state, enum saga_event event)
{
    assert((unsigned)state < SAGA_STATE_COUNT);
    assert((unsigned)event < SAGA_EVENT_COUNT);
    struct saga_cell cell = saga_table[state][event];
    if (cell.verdict == SAGA_CONFLICT)
        cell = (struct saga_cell){.verdict = SAGA_CONFLICT, .next = state, .effect = FX_NONE};
    return cell;
}

enum order_status saga_status(enum saga_state state)
{
    assert((unsigned)state < SAGA_STATE_COUNT);
    if (state == SAGA_COMPLETING || state == SAGA_COMPLETED)
        return ORDER_COMPLETED;
    if (state == SAGA_COMPENSATING || state == SAGA_CANCELLED)
        return ORDER_CANCELLED;
    if (state == SAGA_REVOKING || state == SAGA_REFUNDING)
        return ORDER_CANCELLING;
    return ORDER_PENDING;
}

bool saga_is_final(enum saga_state state)
{
    return state == SAGA_COMPLETED || state == SAGA_CANCELLED || state == SAGA_ABANDONED ||
           state == SAGA_SUPERSEDED || state == SAGA_RELEASED;
}

const char *saga_state_name(enum saga_state state)
{
    static const char *const names[SAGA_STATE_COUNT] = {
#define SAGA_STATE_NAME(name, text) [SAGA_##name] = #name,
        SAGA_STATE_MAP(SAGA_STATE_NAME)
#undef SAGA_STATE_NAME
    };
    assert((unsigned)state < SAGA_STATE_COUNT);
    return names[state];
}

const char *saga_event_name(enum saga_event event)
{
    static const char *const names[SAGA_EVENT_COUNT] = {
#define SAGA_EVENT_NAME(name, text) [EV_##name] = #name,
        SAGA_EVENT_MAP(SAGA_EVENT_NAME)
#undef SAGA_EVENT_NAME
    };
    assert((unsigned)event < SAGA_EVENT_COUNT);
    return names[event];
}

const char *saga_effect_name(enum saga_effect effect)
{
    static const char *const names[SAGA_EFFECT_COUNT] = {
#define SAGA_EFFECT_NAME(name, text) [FX_##name] = #name,
        SAGA_EFFECT_MAP(SAGA_EFFECT_NAME)
#undef SAGA_EFFECT_NAME
    };
    assert((unsigned)effect < SAGA_EFFECT_COUNT);
    return names[effect];
}
