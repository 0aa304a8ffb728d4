#include "order/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "order/driver_words.h"

static uint64_t sum(const struct order_metrics *metrics)
{
    uint64_t found = 0;
    for (int edge = 0; edge < ORDER_EDGE_COUNT; edge++)
        found += metrics->moves[edge];
    return found;
}

/* Whatever the table lets a saga write, with each reason that may lead there, has its edge: else
 * counting it would abort. */
static void each_move_of_the_table_has_its_edge(void **state)
{
    (void)state;
    struct order_metrics metrics = {0};
    uint64_t count = 0;
    for (int from = 0; from < SAGA_STATE_COUNT; from++) {
        for (int event = 0; event < SAGA_EVENT_COUNT; event++) {
            struct saga_cell cell = saga_step((enum saga_state)from, (enum saga_event)event);
            const char *reason = driver_reason_of((enum saga_event)event);
            bool moves = cell.verdict == SAGA_MOVE && cell.effect == FX_STORE && reason != NULL;
            if (!moves)
                continue;
            order_metrics_count_move(&metrics, saga_status((enum saga_state)from),
                                     saga_status(cell.next), reason);
            count++;
        }
    }
    assert_int_equal(sum(&metrics), count);
    assert_true(metrics.moves[ORDER_EDGE_PENDING_COMPLETED_paid] > 0);
    assert_true(metrics.moves[ORDER_EDGE_PENDING_CANCELLED_never_sent] > 0);
    assert_true(metrics.moves[ORDER_EDGE_CANCELLING_CANCELLED_refunded] > 0);
}

static void cancels_are_told_apart(void **state)
{
    (void)state;
    struct order_metrics metrics = {0};
    order_metrics_count_move(&metrics, ORDER_PENDING, ORDER_CANCELLING, "cancel_requested");
    order_metrics_count_move(&metrics, ORDER_COMPLETED, ORDER_CANCELLING, "cancel_requested");
    order_metrics_count_move(&metrics, ORDER_NONE, ORDER_PENDING, "created");
    assert_int_equal(metrics.moves[ORDER_EDGE_PENDING_CANCELLING_cancel_requested], 1);
    assert_int_equal(metrics.moves[ORDER_EDGE_COMPLETED_CANCELLING_cancel_requested], 1);
    assert_int_equal(metrics.moves[ORDER_EDGE_NONE_PENDING_created], 1);
    assert_int_equal(sum(&metrics), 3);
}

static void each_final_state_is_an_outcome(void **state)
{
    (void)state;
    struct order_metrics metrics = {0};
    int final_count = 0;
    for (int saga = 0; saga < SAGA_STATE_COUNT; saga++) {
        if (!saga_is_final((enum saga_state)saga))
            continue;
        order_metrics_count_saga(&metrics, (enum saga_state)saga, 3);
        final_count++;
    }
    assert_int_equal(final_count, SAGA_OUTCOME_COUNT);
    for (int outcome = 0; outcome < SAGA_OUTCOME_COUNT; outcome++)
        assert_int_equal(metrics.saga_ns[outcome].sum, 3 * METRICS_NS_PER_MS);
}

static void payment_calls(void **state)
{
    (void)state;
    struct order_metrics metrics = {0};
    order_metrics_count_payment(&metrics, PAYMENT_VERB_REFUND, PAYMENT_NOT_SENT, 5);
    order_metrics_count_payment(&metrics, PAYMENT_VERB_CHARGE, PAYMENT_PAID, 7);
    assert_int_equal(metrics.payment_calls[PAYMENT_VERB_REFUND][PAYMENT_NOT_SENT], 1);
    assert_int_equal(metrics.payment_calls[PAYMENT_VERB_CHARGE][PAYMENT_PAID], 1);
    assert_int_equal(metrics.payment_ns[PAYMENT_VERB_REFUND].sum, 5);
    assert_int_equal(metrics.payment_ns[PAYMENT_VERB_CHARGE].sum, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_move_of_the_table_has_its_edge),
        cmocka_unit_test(cancels_are_told_apart),
        cmocka_unit_test(each_final_state_is_an_outcome),
        cmocka_unit_test(payment_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
