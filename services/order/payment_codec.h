/* payment_codec - JSON between the order service and the payment service.
 *
 * Place   payment_http -> [payment_codec] -> lib/json.
 * Thread  the loop thread only. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"
#include "order/payment.h"

/* {"order_id":…,"amount":…} */
void payment_codec_write_charge(const struct order *order, struct buffer *to);

/* What the payment service's answer to that call proves about this order: anything that is not
 * one of the definite answers in full, its code, order and amount included, is PAYMENT_UNKNOWN, or
 * PAYMENT_FAULT for a plain 500. */
enum payment_result payment_codec_read_answer(enum payment_verb verb, int status,
                                              struct http_text body, const struct order *order);
