#include "order/driver_words.h"

const char *driver_describe_payment(enum payment_result result)
{
    switch (result) {
    case PAYMENT_PAID:
        return "Payment Succeeded (PAID)";
    case PAYMENT_DECLINED:
        return "Payment Declined (FAILED)";
    case PAYMENT_VOIDED:
        return "Payment Voided (VOIDED)";
    case PAYMENT_REFUNDED:
        return "Payment Refunded (REFUNDED)";
    case PAYMENT_MISMATCH:
        return "Payment Refused (another order's payment has this number)";
    case PAYMENT_FAULT:
        return "Payment Failed (500 Error)";
    case PAYMENT_UNKNOWN:
        return "Payment Unknown (no definite answer)";
    case PAYMENT_BUSY:
        return "Payment Busy (503), to be tried again";
    case PAYMENT_NOT_SENT:
        return "Payment Not Sent (no connection)";
    }
    return "Payment result unheard of";
}

enum log_level driver_level_of_payment(enum payment_result result)
{
    if (result == PAYMENT_MISMATCH)
        return LOG_ERROR;
    if (result == PAYMENT_UNKNOWN || result == PAYMENT_NOT_SENT)
        return LOG_WARN;
    return LOG_INFO;
}

const char *driver_reason_of(enum saga_event event)
{
    switch (event) {
    case EV_PAID:
        return "paid";
    case EV_DECLINED:
        return "declined";
    case EV_VOIDED:
        return "voided";
    case EV_REFUNDED:
        return "refunded";
    case EV_MISMATCH:
        return "mismatch";
    case EV_CREATED_UNWANTED:
    case EV_NEVER_SENT:
        return "never_sent";
    default:
        return NULL;
    }
}
