/* driver_words - what the driver's log and the orders' history call things. PURE.
 *
 * Place   driver_step -> [driver_words] -> saga, payment (words only). */
#pragma once

#include "base/log.h"
#include "order/payment.h"
#include "order/saga.h"

/* Static: the line of the log for an answer of the payment service. */
const char *driver_describe_payment(enum payment_result result);

enum log_level driver_level_of_payment(enum payment_result result);

/* Static: why the order's status is about to change, a word for its history; NULL where the event
 * changes none. */
const char *driver_reason_of(enum saga_event event);
