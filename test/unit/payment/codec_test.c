/* The payment service's JSON and its Idempotency-Key. */
#include "payment/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_bytes(struct buffer *made, const char *expected)
{
    assert_false(made->failed);
    assert_int_equal(made->size, strlen(expected));
    assert_memory_equal(made->data, expected, made->size);
}

static void payments_are_written_as_the_contract_says(void **state)
{
    struct buffer made;
    struct payment payment = {
        .id = 1, .order_id = 1, .amount = 100, .has_amount = true, .status = PAYMENT_PAID};
    (void)state;
    buffer_init(&made, 4096);
    codec_write_payment(&payment, NULL, &made);
    expect_bytes(&made, "{\"order_id\":1,\"amount\":100,\"id\":1,\"status\":\"PAID\"}");
    buffer_clear(&made);
    payment.has_amount = false;
    payment.status = PAYMENT_VOIDED;
    codec_write_payment(&payment, "Payment voided", &made);
    expect_bytes(&made, "{\"detail\":\"Payment voided\",\"order_id\":1,\"amount\":null,\"id\":1,"
                        "\"status\":\"VOIDED\"}");
    buffer_clear(&made);
    codec_write_mismatch(7, &made);
    expect_bytes(&made, "{\"detail\":\"Another payment is recorded for this order\",\"order_id\":7,"
                        "\"status\":\"MISMATCH\"}");
    buffer_clear(&made);
    codec_write_none(7, &made);
    expect_bytes(&made, "{\"detail\":\"Nothing to refund\",\"order_id\":7,\"status\":\"NONE\"}");
    buffer_free(&made);
}

#define KEY "0f8fad5b-d9cb-469f-a165-70867728950e"

static bool read_keys(const char *const *values, size_t count, struct payment *payment)
{
    struct http_header headers[4];
    for (size_t i = 0; i < count; i++) {
        headers[i].name = (struct http_text){"Idempotency-Key", strlen("Idempotency-Key")};
        headers[i].value = (struct http_text){values[i], strlen(values[i])};
    }
    struct http_request request = {.headers = headers, .header_count = count};
    *payment = (struct payment){0};
    return codec_read_key(&request, payment);
}

static bool read_key(const char *value, struct payment *payment)
{
    return read_keys(&value, 1, payment);
}

static void a_key_is_one_uuid_bare_or_quoted(void **state)
{
    struct payment payment;
    (void)state;
    assert_true(read_key("\"" KEY "\"", &payment));
    assert_true(payment.has_uid);
    assert_int_equal(payment.uid.bytes[0], 0x0f);
    assert_int_equal(payment.uid.bytes[15], 0x0e);
    assert_true(read_key(KEY, &payment));
    assert_true(read_keys(NULL, 0, &payment));
    assert_false(payment.has_uid);
    static const char *const bad[] = {"", "\"\"", "\"", "x", KEY "0", "\"" KEY, KEY "\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(read_key(bad[i], &payment));
    const char *const twice[] = {KEY, KEY};
    assert_false(read_keys(twice, 2, &payment));
}

static size_t fault_count(const char *body)
{
    struct json_faults faults = {0};
    struct payment payment = {0};
    codec_read_charge((struct http_text){body, strlen(body)}, &payment, &faults);
    return faults.count;
}

static bool read_timeouts(const char *const *values, size_t count, uint32_t *timeout_ms)
{
    struct http_header headers[2];
    for (size_t i = 0; i < count; i++) {
        headers[i].name = (struct http_text){"request-timeout-ms", strlen("request-timeout-ms")};
        headers[i].value = (struct http_text){values[i], strlen(values[i])};
    }
    struct http_request request = {.headers = headers, .header_count = count};
    return codec_read_timeout(&request, timeout_ms);
}

static void a_timeout_is_one_number_of_milliseconds(void **state)
{
    static const char *const bad[] = {
        "",   "0",      "-1",      "+1",         "5s",
        "1 ", "1.0",    "0x10",    "600001",     "1, 2",
        " 1", "999999", "6000000", "4294967297", "18446744073709551617"};
    const char *const twice[] = {"5", "5"};
    uint32_t timeout_ms;
    (void)state;
    assert_true(read_timeouts(NULL, 0, &timeout_ms));
    assert_int_equal(timeout_ms, 0);
    assert_true(read_timeouts((const char *const[]){"1"}, 1, &timeout_ms));
    assert_int_equal(timeout_ms, 1);
    assert_true(read_timeouts((const char *const[]){"600000"}, 1, &timeout_ms));
    assert_int_equal(timeout_ms, 600000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(read_timeouts(&bad[i], 1, &timeout_ms));
    assert_false(read_timeouts(twice, 2, &timeout_ms));
}

static void charges_are_read_strictly(void **state)
{
    (void)state;
    assert_int_equal(fault_count("{\"order_id\":1,\"amount\":0}"), 0);
    assert_int_equal(fault_count("{\"order_id\":9223372036854775807,\"amount\":2147483647}"), 0);
    assert_int_equal(fault_count("{\"order_id\":0,\"amount\":-1}"), 2);
    assert_int_equal(fault_count("{\"order_id\":\"1\",\"amount\":true}"), 2);
    assert_int_equal(fault_count("{}"), 2);
    assert_int_equal(fault_count("{\"order_id\":1,\"amount\":1"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments_are_written_as_the_contract_says),
        cmocka_unit_test(a_key_is_one_uuid_bare_or_quoted),
        cmocka_unit_test(a_timeout_is_one_number_of_milliseconds),
        cmocka_unit_test(charges_are_read_strictly),
    };
    return cmocka_run_group_tests_name("payment/codec", tests, NULL, NULL);
}
