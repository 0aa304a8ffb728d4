/* Every cell of the saga table, and the rules that the table as a whole must keep. */
#include "order/saga.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct expected_move {
    enum saga_state state;
    enum saga_event event;
    enum saga_state next;
    enum saga_effect effect;
};

/* The moves as the design tells them. Every cell that is not here must be a conflict. */
static const struct expected_move expected_moves[] = {
    {SAGA_CREATING, EV_START, SAGA_CREATING, FX_CREATE},
    {SAGA_CREATING, EV_CREATED, SAGA_CHARGING, FX_CHARGE},
    {SAGA_CREATING, EV_CREATED_UNWANTED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_CREATING, EV_CREATE_REFUSED, SAGA_ABANDONED, FX_ANSWER},
    {SAGA_CREATING, EV_CREATE_UNKNOWN, SAGA_CREATING, FX_BACKOFF},
    {SAGA_CREATING, EV_RETRY, SAGA_CREATING, FX_CREATE},
    {SAGA_CHARGING, EV_RETRY, SAGA_CHARGING, FX_CHARGE},
    {SAGA_CHARGING, EV_PAID, SAGA_COMPLETING, FX_STORE},
    {SAGA_CHARGING, EV_DECLINED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_CHARGING, EV_VOIDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_CHARGING, EV_REFUNDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_CHARGING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_CHARGING, EV_MISMATCH, SAGA_COMPENSATING, FX_STORE},
    {SAGA_CHARGING, EV_FAULT, SAGA_VOIDING, FX_VOID},
    {SAGA_CHARGING, EV_UNKNOWN, SAGA_CHARGING, FX_BACKOFF},
    {SAGA_CHARGING, EV_BUDGET_SPENT, SAGA_VOIDING, FX_VOID},
    {SAGA_CHARGING, EV_NEVER_SENT, SAGA_COMPENSATING, FX_STORE},
    {SAGA_VOIDING, EV_CLAIMED, SAGA_VOIDING, FX_VOID},
    {SAGA_VOIDING, EV_RETRY, SAGA_VOIDING, FX_VOID},
    {SAGA_VOIDING, EV_PAID, SAGA_COMPLETING, FX_STORE},
    {SAGA_VOIDING, EV_DECLINED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_VOIDING, EV_VOIDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_VOIDING, EV_REFUNDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_VOIDING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_VOIDING, EV_MISMATCH, SAGA_COMPENSATING, FX_STORE},
    {SAGA_VOIDING, EV_FAULT, SAGA_VOIDING, FX_BACKOFF},
    {SAGA_VOIDING, EV_UNKNOWN, SAGA_VOIDING, FX_BACKOFF},
    {SAGA_REVOKING, EV_CLAIMED, SAGA_REVOKING, FX_VOID},
    {SAGA_REVOKING, EV_RETRY, SAGA_REVOKING, FX_VOID},
    {SAGA_REVOKING, EV_PAID, SAGA_REFUNDING, FX_REFUND},
    {SAGA_REVOKING, EV_DECLINED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_REVOKING, EV_VOIDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_REVOKING, EV_REFUNDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_REVOKING, EV_MISMATCH, SAGA_COMPENSATING, FX_STORE},
    {SAGA_REVOKING, EV_FAULT, SAGA_REVOKING, FX_BACKOFF},
    {SAGA_REVOKING, EV_UNKNOWN, SAGA_REVOKING, FX_BACKOFF},
    {SAGA_REVOKING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_REFUNDING, EV_RETRY, SAGA_REFUNDING, FX_REFUND},
    {SAGA_REFUNDING, EV_REFUNDED, SAGA_COMPENSATING, FX_STORE},
    {SAGA_REFUNDING, EV_FAULT, SAGA_REFUNDING, FX_BACKOFF},
    {SAGA_REFUNDING, EV_UNKNOWN, SAGA_REFUNDING, FX_BACKOFF},
    {SAGA_REFUNDING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_COMPLETING, EV_RETRY, SAGA_COMPLETING, FX_STORE},
    {SAGA_COMPLETING, EV_STORED, SAGA_COMPLETED, FX_ANSWER},
    {SAGA_COMPLETING, EV_STORE_FAILED, SAGA_COMPLETING, FX_BACKOFF},
    {SAGA_COMPLETING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_COMPLETING, EV_OVERTAKEN, SAGA_SUPERSEDED, FX_ANSWER},
    {SAGA_COMPENSATING, EV_RETRY, SAGA_COMPENSATING, FX_STORE},
    {SAGA_COMPENSATING, EV_STORED, SAGA_CANCELLED, FX_ANSWER},
    {SAGA_COMPENSATING, EV_STORE_FAILED, SAGA_COMPENSATING, FX_BACKOFF},
    {SAGA_COMPENSATING, EV_LEASE_ENDING, SAGA_RELEASED, FX_RELEASE},
    {SAGA_COMPENSATING, EV_OVERTAKEN, SAGA_SUPERSEDED, FX_ANSWER},
};

static const struct expected_move *find_expected(enum saga_state state, enum saga_event event)
{
    for (size_t i = 0; i < sizeof expected_moves / sizeof expected_moves[0]; i++) {
        if (expected_moves[i].state == state && expected_moves[i].event == event)
            return &expected_moves[i];
    }
    return NULL;
}

static void every_cell_is_as_designed(void **state_of_test)
{
    (void)state_of_test;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            struct saga_cell cell = saga_step((enum saga_state)state, (enum saga_event)event);
            const struct expected_move *expected =
                find_expected((enum saga_state)state, (enum saga_event)event);
            if (expected == NULL) {
                assert_int_equal(cell.verdict, SAGA_CONFLICT);
                assert_int_equal(cell.next, state);
                assert_int_equal(cell.effect, FX_NONE);
            } else {
                assert_int_equal(cell.verdict, SAGA_MOVE);
                assert_int_equal(cell.next, expected->next);
                assert_int_equal(cell.effect, expected->effect);
            }
        }
    }
}

static void unknown_never_becomes_cancelled(void **state_of_test)
{
    (void)state_of_test;
    static const enum saga_event unknowns[] = {EV_UNKNOWN, EV_FAULT,          EV_BUDGET_SPENT,
                                               EV_RETRY,   EV_CREATE_UNKNOWN, EV_STORE_FAILED};
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        if (state == SAGA_COMPENSATING || state == SAGA_CANCELLED)
            continue;
        for (size_t i = 0; i < sizeof unknowns / sizeof unknowns[0]; i++) {
            struct saga_cell cell = saga_step((enum saga_state)state, unknowns[i]);
            assert_int_not_equal(saga_status(cell.next), ORDER_CANCELLED);
        }
    }
}

static void completed_only_after_paid(void **state_of_test)
{
    (void)state_of_test;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            struct saga_cell cell = saga_step((enum saga_state)state, (enum saga_event)event);
            bool becomes = saga_status(cell.next) == ORDER_COMPLETED &&
                           saga_status((enum saga_state)state) != ORDER_COMPLETED;
            if (becomes)
                assert_int_equal(event, EV_PAID);
        }
    }
}

static void status_never_moves_on_without_a_write(void **state_of_test)
{
    (void)state_of_test;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            struct saga_cell cell = saga_step((enum saga_state)state, (enum saga_event)event);
            if (saga_status(cell.next) != saga_status((enum saga_state)state) &&
                cell.next != SAGA_SUPERSEDED && cell.next != SAGA_RELEASED)
                assert_int_equal(cell.effect, FX_STORE);
            bool is_told = cell.next == SAGA_COMPLETED || cell.next == SAGA_CANCELLED;
            if (is_told && cell.verdict == SAGA_MOVE)
                assert_int_equal(event, EV_STORED);
        }
    }
}

static void final_states_are_final(void **state_of_test)
{
    (void)state_of_test;
    for (int state = 0; state < SAGA_STATE_COUNT; state++) {
        bool can_leave = false;
        for (int event = 0; event < SAGA_EVENT_COUNT; event++)
            can_leave |=
                saga_step((enum saga_state)state, (enum saga_event)event).verdict == SAGA_MOVE;
        assert_int_equal(can_leave, !saga_is_final((enum saga_state)state));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_designed),
        cmocka_unit_test(unknown_never_becomes_cancelled),
        cmocka_unit_test(completed_only_after_paid),
        cmocka_unit_test(status_never_moves_on_without_a_write),
        cmocka_unit_test(final_states_are_final),
    };
    return cmocka_run_group_tests_name("order/saga", tests, NULL, NULL);
}
