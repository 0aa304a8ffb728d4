/* codec - JSON <-> structs of the payment service.
 *
 * Place   handler -> [codec] -> lib/json.
 * Thread  the loop thread only. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"
#include "payment/rules.h"
#include "json/fields.h"

/* Fills order_id and amount from a charge's body. With any fault, the payment is of no use. */
void codec_read_charge(struct http_text body, struct payment *payment, struct json_faults *faults);

/* {"order_id":…,"amount":…,"id":…,"status":…}, with "detail" first if not NULL. */
void codec_write_payment(const struct payment *payment, const char *detail, struct buffer *to);

/* {"detail":…,"order_id":…,"status":"MISMATCH"}: tells nothing of the other payment. */
void codec_write_mismatch(int64_t order_id, struct buffer *to);

/* {"detail":…,"order_id":…,"status":"NONE"}: no payment is recorded that could be refunded. */
void codec_write_none(int64_t order_id, struct buffer *to);

/* The Idempotency-Key of a request: a UUID, bare or as a structured-field string in quotes. False
 * where the header is there, but can't be read or stands twice; absent is fine. */
bool codec_read_key(const struct http_request *request, struct payment *payment);

/* Request-Timeout-Ms, how long the caller waits for its answer: 1 to 600000; 0 where it is absent.
 * False where it can't be read or stands twice. */
bool codec_read_timeout(const struct http_request *request, uint32_t *timeout_ms);

/* {"faults":"…"}; borrows the tree, which the caller frees. With any fault, the text is of no use.
 */
struct json_text codec_read_fault_rules(struct http_text body, json_t **tree,
                                        struct json_faults *faults);

/* {"detail":[{"loc":["body","faults"],"msg":…,"type":"value_error"}]} */
void codec_write_faults_problem(const char *message, struct buffer *to);
