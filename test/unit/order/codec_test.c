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

static enum payment_result read_answer(int status, const char *body)
{
    return payment_codec_read_answer(status, (struct http_text){body, strlen(body)}, 7);
}

static void only_a_recorded_status_is_definite(void **state)
{
    (void)state;
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":\"PAID\"}"), PAYMENT_PAID);
    assert_int_equal(read_answer(402, "{\"order_id\":7,\"status\":\"FAILED\"}"), PAYMENT_DECLINED);
    assert_int_equal(read_answer(409, "{\"order_id\":7,\"status\":\"VOIDED\"}"), PAYMENT_VOIDED);
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":\"VOIDED\"}"), PAYMENT_VOIDED);
    assert_int_equal(read_answer(409, "{\"order_id\":7,\"status\":\"MISMATCH\"}"),
                     PAYMENT_MISMATCH);
    assert_int_equal(read_answer(500, "{\"order_id\":7,\"status\":\"PAID\"}"), PAYMENT_FAULT);
    static const int unknown[] = {201, 202, 204, 301, 400, 404, 408, 422, 429, 502, 503, 504};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_int_equal(read_answer(unknown[i], "{\"order_id\":7,\"status\":\"PAID\"}"),
                         PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(503, "{\"detail\":\"no\",\"status\":\"BUSY\"}"), PAYMENT_BUSY);
    assert_int_equal(read_answer(503, "{\"status\":\"BUS"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(503, "[\"BUSY\"]"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(503, ""), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":\"BUSY\"}"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"order_id\":8,\"status\":\"PAID\"}"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"status\":\"PAID\"}"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":\"paid\"}"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":1}"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, "{\"order_id\":7,\"status\":\"PAI"), PAYMENT_UNKNOWN);
    assert_int_equal(read_answer(200, ""), PAYMENT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_written_as_the_contract_says),
        cmocka_unit_test(commands_are_read_strictly),
        cmocka_unit_test(only_a_recorded_status_is_definite),
    };
    return cmocka_run_group_tests_name("order/codec", tests, NULL, NULL);
}
