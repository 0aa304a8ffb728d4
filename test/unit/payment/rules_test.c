/* The payment rules over every combination of what is recorded and what is asked. */
#include "payment/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { UID_NONE, UID_OURS, UID_OTHER, UID_KIND_COUNT };

static void set_uid(struct payment *payment, int kind)
{
    payment->has_uid = kind != UID_NONE;
    payment->uid = (struct uuid){.bytes = {(uint8_t)kind}};
}

static struct payment row_of(enum payment_status status, int uid_kind, int32_t amount)
{
    struct payment row = {.id = 1, .order_id = 7, .status = status, .amount = amount};
    row.has_amount = status != PAYMENT_VOIDED;
    set_uid(&row, uid_kind);
    return row;
}

static enum payment_verdict verdict_for(enum payment_status status)
{
    return (enum payment_verdict)status; /* the enums name the statuses in one order */
}

static void the_enums_agree(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_PAID, (int)PAYMENT_PAID);
    assert_int_equal(VERDICT_FAILED, (int)PAYMENT_FAILED);
    assert_int_equal(VERDICT_VOIDED, (int)PAYMENT_VOIDED);
    assert_int_equal(VERDICT_REFUNDED, (int)PAYMENT_REFUNDED);
}

static void a_charge_is_told_the_winner_or_a_mismatch(void **state)
{
    (void)state;
    for (int status = 0; status < PAYMENT_STATUS_COUNT; status++) {
        for (int asked = 0; asked < UID_KIND_COUNT; asked++) {
            for (int recorded = 0; recorded < UID_KIND_COUNT; recorded++) {
                for (int32_t amount = 99; amount <= 100; amount++) {
                    struct payment row = row_of((enum payment_status)status, recorded, amount);
                    struct payment wanted = row_of(PAYMENT_PAID, asked, 100);
                    bool is_void = status == PAYMENT_VOIDED;
                    bool matches = asked == recorded && (is_void || amount == 100);
                    if (is_void && recorded == UID_NONE)
                        matches = true; /* an operator's tombstone holds for everybody */
                    enum payment_verdict expected =
                        matches ? verdict_for((enum payment_status)status) : VERDICT_MISMATCH;
                    assert_int_equal(payment_judge_charge(&wanted, &row), expected);
                }
            }
        }
    }
}

static void a_void_is_told_the_winner_or_a_mismatch(void **state)
{
    (void)state;
    for (int status = 0; status < PAYMENT_STATUS_COUNT; status++) {
        for (int asked = 0; asked < UID_KIND_COUNT; asked++) {
            for (int recorded = 0; recorded < UID_KIND_COUNT; recorded++) {
                struct payment row = row_of((enum payment_status)status, recorded, 100);
                struct payment wanted = row_of(PAYMENT_VOIDED, asked, 0);
                bool matches = asked == recorded || asked == UID_NONE ||
                               (status == PAYMENT_VOIDED && recorded == UID_NONE);
                enum payment_verdict expected =
                    matches ? verdict_for((enum payment_status)status) : VERDICT_MISMATCH;
                assert_int_equal(payment_judge_void(&wanted, &row), expected);
            }
        }
    }
}

static enum refund_verdict expected_refund(int status, bool matches)
{
    static const enum refund_verdict verdicts[PAYMENT_STATUS_COUNT] = {
        [PAYMENT_PAID] = REFUND_TOO_SOON,
        [PAYMENT_FAILED] = REFUND_NOTHING,
        [PAYMENT_VOIDED] = REFUND_NOTHING,
        [PAYMENT_REFUNDED] = REFUND_DONE,
    };
    return matches ? verdicts[status] : REFUND_MISMATCH;
}

static void a_refund_is_done_only_where_it_says_so(void **state)
{
    (void)state;
    for (int asked = 0; asked < UID_KIND_COUNT; asked++) {
        struct payment wanted = row_of(PAYMENT_REFUNDED, asked, 0);
        assert_int_equal(payment_judge_refund(&wanted, NULL), REFUND_NOTHING);
        for (int status = 0; status < PAYMENT_STATUS_COUNT; status++) {
            for (int recorded = 0; recorded < UID_KIND_COUNT; recorded++) {
                struct payment row = row_of((enum payment_status)status, recorded, 100);
                bool matches = asked == recorded || asked == UID_NONE ||
                               (status == PAYMENT_VOIDED && recorded == UID_NONE);
                assert_int_equal(payment_judge_refund(&wanted, &row),
                                 expected_refund(status, matches));
            }
        }
    }
}

static void status_names_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < PAYMENT_STATUS_COUNT; i++) {
        const char *name = payment_status_name((enum payment_status)i);
        enum payment_status parsed;
        assert_true(payment_status_parse(name, strlen(name), &parsed));
        assert_int_equal(parsed, i);
    }
    enum payment_status parsed;
    assert_false(payment_status_parse("PAIDX", 5, &parsed));
    assert_false(payment_status_parse("", 0, &parsed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_enums_agree),
        cmocka_unit_test(a_charge_is_told_the_winner_or_a_mismatch),
        cmocka_unit_test(a_void_is_told_the_winner_or_a_mismatch),
        cmocka_unit_test(a_refund_is_done_only_where_it_says_so),
        cmocka_unit_test(status_names_go_both_ways),
    };
    return cmocka_run_group_tests_name("payment/rules", tests, NULL, NULL);
}
