#include "fuzz/payment_written.h"

#include "payment/codec.h"

const char *payment_written(unsigned choice, int64_t order_id, int32_t amount, struct buffer *to)
{
    struct payment payment = {.id = 1, .order_id = order_id, .amount = amount};
    if (choice == PAYMENT_STATUS_COUNT) {
        codec_write_mismatch(order_id, to);
        return "MISMATCH";
    }
    if (choice > PAYMENT_STATUS_COUNT) {
        codec_write_none(order_id, to);
        return "NONE";
    }
    payment.status = (enum payment_status)choice;
    payment.has_amount = payment.status != PAYMENT_VOIDED; /* a tombstone has none */
    codec_write_payment(&payment, payment.status == PAYMENT_PAID ? NULL : "Payment failed", to);
    return payment_status_name(payment.status);
}
