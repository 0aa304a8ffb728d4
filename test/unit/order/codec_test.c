/* The order service's JSON: the bytes of the contract, and what an answer of the payment proves. */
#include "order/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "order/payment_codec.h"

static void expect_bytes(struct buffer *made, const char *expected)
{
    assert_false(made->failed);
    assert_int_equal(made->size, strlen(expected));
    assert_memory_equal(made->data, expected, made->size);
}

static void orders_are_written_as_the_contract_says(void **state)
{
    struct buffer made;
    struct order order = {.id = 1,
                          .item_name = "Apple",
                          .item_name_size = 5,
                          .quantity = 1,
                          .price = 100,
                          .status = ORDER_COMPLETED};
    (void)state;
    buffer_init(&made, 4096);
    codec_write_order(&order, NULL, &made);
    expect_bytes(&made, "{\"item_name\":\"Apple\",\"quantity\":1,\"price\":100,\"id\":1,"
                        "\"status\":\"COMPLETED\"}");
    buffer_clear(&made);
    order.status = ORDER_CANCELLED;
    codec_write_order(&order, "Payment failed, Order cancelled", &made);
    expect_bytes(&made, "{\"detail\":\"Payment failed, Order cancelled\",\"item_name\":\"Apple\","
                        "\"quantity\":1,\"price\":100,\"id\":1,\"status\":\"CANCELLED\"}");
    buffer_clear(&made);
    payment_codec_write_charge(&order, &made);
    expect_bytes(&made, "{\"order_id\":1,\"amount\":100}");
    buffer_free(&made);
}

static size_t fault_count(const char *body)
{
    struct json_faults faults = {0};
    struct driver_command command = {0};
    json_t *tree = NULL;
    codec_read_command((struct http_text){body, strlen(body)}, &command, &tree, &faults);
    json_decref(tree);
    return faults.count;
}

static void commands_are_read_strictly(void **state)
{
    (void)state;
    assert_int_equal(fault_count("{\"item_name\":\"A\",\"quantity\":1,\"price\":0}"), 0);
    assert_int_equal(fault_count("{\"item_name\":\"A\",\"quantity\":1,\"price\":0,\"x\":1}"), 0);
    assert_int_equal(fault_count("{\"item_name\":\"\",\"quantity\":0,\"price\":-1}"), 3);
    assert_int_equal(fault_count("{\"item_name\":1,\"quantity\":\"1\",\"price\":1.0}"), 3);
    assert_int_equal(fault_count("{}"), 3);
    assert_int_equal(fault_count("{\"item_name\":\"A\",\"quantity\":2147483648,\"price\":1}"), 1);
    assert_int_equal(fault_count("nonsense"), 1);
    assert_int_equal(fault_count(""), 1);
    assert_int_equal(fault_count("[]"), 1);
}

static enum payment_result read_answer(enum payment_verb verb, int status, const char *body)
{
    struct order order = {.id = 7, .price = 100};
    return payment_codec_read_answer(verb, status, (struct http_text){body, strlen(body)}, &order);
}

#define ROW(amount, status)                                                                        \
    "{\"order_id\":7,\"amount\":" amount ",\"id\":1,\"status\":\"" status "\"}"

static const char *const rows[] = {
    ROW("100", "PAID"),
    ROW("100", "FAILED"),
    ROW("null", "VOIDED"),
    ROW("100", "REFUNDED"),
    "{\"detail\":\"x\",\"order_id\":7,\"status\":\"MISMATCH\"}",
};
enum { PAID, FAILED, VOIDED, REFUNDED, MISMATCH, ROW_COUNT };

/* As docs/api.md has them. */
static enum payment_result proven_by(enum payment_verb verb, int code, int row)
{
    static const struct {
        enum payment_verb verb;
        int code;
        int row;
        enum payment_result result;
    } proofs[] = {
        {PAYMENT_VERB_CHARGE, 200, PAID, PAYMENT_PAID},
        {PAYMENT_VERB_CHARGE, 402, FAILED, PAYMENT_DECLINED},
        {PAYMENT_VERB_CHARGE, 409, VOIDED, PAYMENT_VOIDED},
        {PAYMENT_VERB_CHARGE, 409, REFUNDED, PAYMENT_REFUNDED},
        {PAYMENT_VERB_CHARGE, 409, MISMATCH, PAYMENT_MISMATCH},
        {PAYMENT_VERB_VOID, 200, PAID, PAYMENT_PAID},
        {PAYMENT_VERB_VOID, 200, FAILED, PAYMENT_DECLINED},
        {PAYMENT_VERB_VOID, 200, VOIDED, PAYMENT_VOIDED},
        {PAYMENT_VERB_VOID, 200, REFUNDED, PAYMENT_REFUNDED},
        {PAYMENT_VERB_VOID, 409, MISMATCH, PAYMENT_MISMATCH},
        {PAYMENT_VERB_REFUND, 200, REFUNDED, PAYMENT_REFUNDED},
        {PAYMENT_VERB_REFUND, 409, FAILED, PAYMENT_DECLINED},
        {PAYMENT_VERB_REFUND, 409, VOIDED, PAYMENT_VOIDED},
        {PAYMENT_VERB_REFUND, 409, MISMATCH, PAYMENT_MISMATCH},
    };
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        if (proofs[i].verb == verb && proofs[i].code == code && proofs[i].row == row)
            return proofs[i].result;
    }
    return code == 500 ? PAYMENT_FAULT : PAYMENT_UNKNOWN;
}

static void code_and_recorded_status_must_fit_the_call(void **state)
{
    (void)state;
    static const int codes[] = {200, 201, 202, 204, 301, 400, 402, 404,
                                408, 409, 422, 429, 500, 502, 503, 504};
    for (enum payment_verb verb = 0; verb <= PAYMENT_VERB_REFUND; verb++) {
        for (int row = 0; row < ROW_COUNT; row++) {
            for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
                assert_int_equal(read_answer(verb, codes[i], rows[row]),
                                 proven_by(verb, codes[i], row));
        }
    }
}

static void what_is_recorded_must_be_told_in_full(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"order_id\":8,\"amount\":100,\"status\":\"PAID\"}",
        "{\"order_id\":\"7\",\"amount\":100,\"status\":\"PAID\"}",
        "{\"order_id\":7.0,\"amount\":100,\"status\":\"PAID\"}",
        "{\"amount\":100,\"status\":\"PAID\"}",
        "{\"order_id\":7,\"amount\":101,\"status\":\"PAID\"}",
        "{\"order_id\":7,\"amount\":null,\"status\":\"PAID\"}",
        "{\"order_id\":7,\"status\":\"PAID\"}",
        "{\"order_id\":7,\"amount\":100,\"status\":\"paid\"}",
        "{\"order_id\":7,\"amount\":100,\"status\":1}",
        "{\"order_id\":7,\"amount\":100}",
        "{\"order_id\":7,\"amount\":100,\"status\":\"PAI",
        "{\"order_id\":7,\"amount\":100,\"status\":\"PAID\"}x",
        "[" ROW("100", "PAID") "]",
        ROW("100", "VOIDED"),
        "",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_int_equal(read_answer(PAYMENT_VERB_CHARGE, 200, bodies[i]), PAYMENT_UNKNOWN);
        assert_int_equal(read_answer(PAYMENT_VERB_VOID, 200, bodies[i]), PAYMENT_UNKNOWN);
    }
}

static void only_the_payment_service_says_that_it_is_busy(void **state)
{
    (void)state;
    for (enum payment_verb verb = 0; verb <= PAYMENT_VERB_REFUND; verb++) {
        assert_int_equal(read_answer(verb, 503, "{\"detail\":\"no\",\"status\":\"BUSY\"}"),
                         PAYMENT_BUSY);
        assert_int_equal(read_answer(verb, 503, "{\"status\":\"BUS"), PAYMENT_UNKNOWN);
        assert_int_equal(read_answer(verb, 503, "[\"BUSY\"]"), PAYMENT_UNKNOWN);
        assert_int_equal(read_answer(verb, 503, ""), PAYMENT_UNKNOWN);
        assert_int_equal(read_answer(verb, 200, "{\"order_id\":7,\"status\":\"BUSY\"}"),
                         PAYMENT_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_written_as_the_contract_says),
        cmocka_unit_test(commands_are_read_strictly),
        cmocka_unit_test(code_and_recorded_status_must_fit_the_call),
        cmocka_unit_test(what_is_recorded_must_be_told_in_full),
        cmocka_unit_test(only_the_payment_service_says_that_it_is_busy),
    };
    return cmocka_run_group_tests_name("order/codec", tests, NULL, NULL);
}
