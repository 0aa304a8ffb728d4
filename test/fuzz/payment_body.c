#include "fuzz/json_body.h"

#include <assert.h>

#include "fuzz/json_oracle.h"
#include "payment/codec.h"

enum { WRITTEN_SIZE_MAX = 1024 };

static void check_written(struct payment payment)
{
    struct buffer written;
    buffer_init(&written, WRITTEN_SIZE_MAX);
    payment.id = INT64_MAX;
    payment.status = PAYMENT_PAID;
    codec_write_payment(&payment, NULL, &written);
    json_t *tree = json_oracle_read(&written);
    assert(json_oracle_int(tree, "id") == payment.id);
    assert(json_oracle_has_text(tree, "status", (struct http_text){"PAID", 4}));
    json_decref(tree);

    /* An answer is a charge's body, too. */
    struct payment again = {0};
    struct json_faults faults = {0};
    codec_read_charge((struct http_text){written.data, written.size}, &again, &faults);
    assert(faults.count == 0);
    assert(again.order_id == payment.order_id && again.amount == payment.amount);
    buffer_free(&written);
}

void json_body_check_charge(struct http_text body)
{
    struct payment payment = {0};
    struct json_faults faults = {0};
    codec_read_charge(body, &payment, &faults);
    json_oracle_check_faults(&faults);
    if (faults.count == 0) {
        assert(payment.order_id >= 1 && payment.amount >= 0 && payment.has_amount);
        check_written(payment);
    }
}
