/* handler_call - one request that waits for the store, and the replies that its handlers share. For
 * handler.c, handler_charge.c and handler_list.c only.
 *
 * Place      handler, handler_charge, handler_list -> [handler_call] -> codec, http/server.
 * Thread     the loop thread only.
 * Ownership  The handler's slab owns calls; a call ends with its reply. */
#pragma once

#include "base/list.h"
#include "base/slab.h"
#include "base/tally.h"
#include "base/trace.h"
#include "payment/handler.h"
#include "payment/rules.h"
#include "json/fields.h"

enum { HANDLER_CALL_TIMEOUT_MS = 5000 };

struct handler {
    struct handler_settings settings;
    struct http_server *server;
    struct slab calls;
    struct slab lists;
    struct admission admission;
    struct tally refusals;
    struct list_node delayed; /* charges whose fault is a delay */
    struct buffer scratch;
};

struct handler_call {
    struct handler *handler;
    http_exchange_id exchange;
    struct payment wanted;
    struct trace trace;
    /* Charges only. */
    struct fault_rule fault;
    uint64_t deadline_ms;           /* the caller waits no longer; UINT64_MAX: it did not say */
    struct admission_ticket ticket; /* from when it is handed to the store */
    struct timer delay;
    struct list_node node;
};

/* NULL: too many calls, which is answered. */
struct handler_call *handler_call_begin(struct handler *handler, http_exchange_id exchange,
                                        const struct http_request *request,
                                        const struct payment *wanted);
void handler_call_end(struct handler_call *call);

/* Replies as for any status but STATUS_OK, and ends the call. */
void handler_call_refuse(struct handler_call *call, enum status status);

/* The same for a call that had to be recorded, and is not. */
void handler_call_fail(struct handler_call *call, enum payment_operation operation,
                       enum status status);

void handler_call_count_verdict(const struct handler_call *call, enum payment_operation operation,
                                enum payment_verdict verdict);

/* Reads the row of the order that is wanted; where the store takes no call, that is answered. */
void handler_call_read(struct handler_call *call, payment_store_cb *callback);

/* "message (word)" */
void handler_call_log(const struct handler_call *call, enum log_level level, const char *message,
                      const char *word);

/* For what handler_list.c keeps of a request. */
void handler_lists_init(struct slab *slab);

/* The JSON that stands in `scratch`. */
void handler_reply_scratch(struct handler *handler, http_exchange_id exchange, int status);
/* 503 of a charge that is not even read. */
void handler_reply_busy(struct handler *handler, http_exchange_id exchange);
/* 503; the caller may repeat the call, as all calls are idempotent. */
void handler_reply_failure(struct handler *handler, http_exchange_id exchange, enum status status);
/* 400 */
void handler_reply_bad_header(struct handler *handler, http_exchange_id exchange,
                              const char *detail);
/* 422 */
void handler_reply_faults(struct handler *handler, http_exchange_id exchange,
                          const struct json_faults *faults);
/* `detail` may be NULL. */
void handler_reply_row(const struct handler_call *call, int status, const char *detail,
                       const struct payment *row);
/* 409 */
void handler_reply_mismatch(const struct handler_call *call);
void handler_reply_nothing_to_refund(const struct handler_call *call);
