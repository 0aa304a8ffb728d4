/* The circuit breaker before a payment port that answers as the test says. */
#include "order/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    uint64_t now_ms;
    struct clock clock;
    struct log log;
    struct payment_port inner;
    struct order_metrics metrics;
    struct breaker breaker;
    struct payment_port port;
    int sent_count;
    void *context; /* of the last call that came through */
    payment_cb *callback;
    int answer_count;
    enum payment_result answer;
};

static uint64_t bench_now_ms(void *context)
{
    const struct bench *bench = context;
    return bench->now_ms;
}

static enum status take(void *payment, const struct payment_request *request, void *context,
                        payment_cb *callback)
{
    struct bench *bench = payment;
    (void)request;
    bench->sent_count++;
    bench->context = context;
    bench->callback = callback;
    return STATUS_OK;
}

static void on_answer(void *context, enum payment_result result)
{
    struct bench *bench = context;
    bench->answer_count++;
    bench->answer = result;
}

static void bench_open(struct bench *bench)
{
    static const struct payment_operations operations = {
        .charge = take, .void_unpaid = take, .refund = take};
    *bench = (struct bench){.now_ms = 1000};
    clock_init(&bench->clock, bench_now_ms, bench);
    log_init(&bench->log, "order", LOG_ERROR, LOG_FORMAT_TEXT, STDERR_FILENO);
    bench->inner = (struct payment_port){.operations = &operations, .payment = bench};
    breaker_init(&bench->breaker, &bench->inner, &bench->clock, &bench->log, &bench->metrics);
    bench->port = breaker_port(&bench->breaker);
}

static void bench_close(struct bench *bench)
{
    breaker_free(&bench->breaker);
    clock_free(&bench->clock);
    log_free(&bench->log);
}

static enum status charge(struct bench *bench)
{
    return bench->port.operations->charge(bench->port.payment, NULL, bench, on_answer);
}

static void charge_and_answer(struct bench *bench, enum payment_result result)
{
    int answer_count = bench->answer_count;
    assert_int_equal(charge(bench), STATUS_OK);
    bench->callback(bench->context, result);
    assert_int_equal(bench->answer_count, answer_count + 1);
    assert_int_equal(bench->answer, result);
}

static void open_it(struct bench *bench)
{
    for (int i = 0; i < BREAKER_FAILURE_COUNT_MAX; i++) {
        bench->now_ms++;
        charge_and_answer(bench, i % 2 == 0 ? PAYMENT_UNKNOWN : PAYMENT_NOT_SENT);
    }
}

static void failures_in_a_row_open_it_and_nothing_is_sent(void **state)
{
    struct bench bench;
    (void)state;
    bench_open(&bench);
    open_it(&bench);
    const struct payment_operations *operations = bench.port.operations;
    assert_int_equal(charge(&bench), STATUS_UNAVAILABLE);
    assert_int_equal(operations->void_unpaid(bench.port.payment, NULL, &bench, on_answer),
                     STATUS_UNAVAILABLE);
    assert_int_equal(operations->refund(bench.port.payment, NULL, &bench, on_answer),
                     STATUS_UNAVAILABLE);
    assert_int_equal(bench.sent_count, BREAKER_FAILURE_COUNT_MAX);
    bench_close(&bench);
}

static void any_answer_starts_the_count_anew(void **state)
{
    struct bench bench;
    (void)state;
    bench_open(&bench);
    for (int i = 0; i < 3 * BREAKER_FAILURE_COUNT_MAX; i++) {
        bench.now_ms++;
        charge_and_answer(&bench,
                          i % BREAKER_FAILURE_COUNT_MAX == 0 ? PAYMENT_FAULT : PAYMENT_UNKNOWN);
    }
    assert_int_equal(charge(&bench), STATUS_OK);
    bench.callback(bench.context, PAYMENT_PAID);
    bench_close(&bench);
}

static void who_is_busy_has_not_failed(void **state)
{
    struct bench bench;
    (void)state;
    bench_open(&bench);
    for (int i = 0; i < 3 * BREAKER_FAILURE_COUNT_MAX; i++) {
        bench.now_ms++;
        charge_and_answer(&bench, PAYMENT_BUSY);
    }
    open_it(&bench);
    bench.now_ms += BREAKER_OPEN_MS;
    charge_and_answer(&bench, PAYMENT_BUSY); /* a probe that is answered */
    charge_and_answer(&bench, PAYMENT_PAID);
    bench_close(&bench);
}

static void failures_of_one_moment_count_once(void **state)
{
    struct bench bench;
    (void)state;
    bench_open(&bench);
    for (int i = 0; i < BREAKER_FAILURE_COUNT_MAX - 1; i++) {
        bench.now_ms++;
        for (int j = 0; j < BREAKER_FAILURE_COUNT_MAX; j++)
            charge_and_answer(&bench, PAYMENT_UNKNOWN);
    }
    bench.now_ms++;
    charge_and_answer(&bench, PAYMENT_UNKNOWN);
    assert_int_equal(charge(&bench), STATUS_UNAVAILABLE);
    bench_close(&bench);
}

static void one_probe_at_a_time_passes(void **state)
{
    struct bench bench;
    (void)state;
    bench_open(&bench);
    open_it(&bench);
    bench.now_ms += BREAKER_OPEN_MS - 1;
    assert_int_equal(charge(&bench), STATUS_UNAVAILABLE);
    bench.now_ms += 1;
    assert_int_equal(charge(&bench), STATUS_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(charge(&bench), STATUS_UNAVAILABLE);
        bench.now_ms += BREAKER_OPEN_MS;
    }
    bench.callback(bench.context, PAYMENT_UNKNOWN);
    assert_int_equal(charge(&bench), STATUS_UNAVAILABLE); /* a failed probe: all the time again */
    bench.now_ms += BREAKER_OPEN_MS;
    charge_and_answer(&bench, PAYMENT_VOIDED);
    for (int i = 0; i < 5; i++)
        charge_and_answer(&bench, PAYMENT_PAID);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_in_a_row_open_it_and_nothing_is_sent),
        cmocka_unit_test(any_answer_starts_the_count_anew),
        cmocka_unit_test(who_is_busy_has_not_failed),
        cmocka_unit_test(failures_of_one_moment_count_once),
        cmocka_unit_test(one_probe_at_a_time_passes),
    };
    return cmocka_run_group_tests_name("order/breaker", tests, NULL, NULL);
}
