/* codec - JSON <-> structs of the order service.
 *
 * Place   handler, payment_http -> [codec] -> lib/json.
 * Thread  the loop thread only. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"
#include "order/driver.h"
#include "order/payment.h"
#include "json/fields.h"

/* Fills the command's item, quantity and price from a request's body. The item's name lives as long
 * as *tree, which the caller frees with json_decref() (NULL is fine). With any fault, the command
 * is of no use. */
void codec_read_command(struct http_text body, struct driver_command *command, json_t **tree,
                        struct json_faults *faults);

/* {"item_name":…,"quantity":…,"price":…,"id":…,"status":…}, with "detail" first if not NULL. */
void codec_write_order(const struct order *order, const char *detail, struct buffer *to);

/* {"order_id":…,"amount":…} */
void codec_write_charge(const struct order *order, struct buffer *to);

/* What the payment service's answer proves about this order (R2): anything that is not one of the
 * definite answers in full is PAYMENT_UNKNOWN, or PAYMENT_FAULT for a plain 500. */
enum payment_result codec_read_payment(int status, struct http_text body, int64_t order_id);
