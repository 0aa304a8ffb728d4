/* The demo: what a person may look at and change while the service runs. Its routes are there only
 * where the settings say so. */
#include <assert.h>
#include <stdio.h>

#include "http/origin.h"
#include "payment/codec.h"
#include "payment/handler_call.h"
#include "service/logbook.h"
#include "json/writer.h"

/* A rule is cut; the texts of faults.c fit. */
enum { PROBLEM_SIZE_MAX = 200, RULE_SIZE_MAX = 60 };

static void reply_rules(struct handler *handler, http_exchange_id exchange)
{
    buffer_clear(&handler->scratch);
    json_write_object_start(&handler->scratch);
    json_write_string_field(&handler->scratch, "faults",
                            fault_rules_text(handler->settings.fault_rules));
    json_write_object_end(&handler->scratch);
    handler_reply_scratch(handler, exchange, 200);
}

void handler_get_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    (void)request;
    reply_rules(service, exchange);
}

static void reply_problem(struct handler *handler, http_exchange_id exchange,
                          const struct faults_problem *problem)
{
    char message[PROBLEM_SIZE_MAX];
    int rule_size = problem->rule_size < RULE_SIZE_MAX ? (int)problem->rule_size : RULE_SIZE_MAX;
    snprintf(message, sizeof message, "The rule \"%.*s\": %s", rule_size, problem->rule,
             problem->reason);
    buffer_clear(&handler->scratch);
    codec_write_faults_problem(message, &handler->scratch);
    handler_reply_scratch(handler, exchange, 422);
}

void handler_put_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    struct handler *handler = service;
    if (!http_is_same_origin(request->headers, request->header_count)) {
        http_reply_error(handler->server, exchange, 403, NULL, "Only for pages of this server");
        return;
    }
    struct json_faults faults = {0};
    json_t *tree = NULL;
    struct json_text text = codec_read_fault_rules(request->body, &tree, &faults);
    struct faults_problem problem;
    if (faults.count != 0) {
        handler_reply_faults(handler, exchange, &faults);
    } else if (!fault_rules_set(handler->settings.fault_rules, text.data, &problem)) {
        reply_problem(handler, exchange, &problem);
    } else {
        log_write(handler->settings.log, LOG_INFO, NULL, "Faults set for the demo: %s", text.data);
        reply_rules(handler, exchange);
    }
    json_decref(tree);
}

static void on_read(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    struct handler *handler = call->handler;
    struct buffer *body = &handler->scratch;
    if (status != STATUS_OK) {
        handler_call_refuse(call, status);
        return;
    }
    buffer_clear(body);
    json_write_object_start(body);
    json_write_key(body, "payment");
    if (row == NULL)
        json_write_null(body);
    else
        codec_write_payment(row, NULL, body);
    json_write_key(body, "log");
    logbook_write(handler->settings.logbook, call->wanted.order_id, body);
    json_write_object_end(body);
    handler_reply_scratch(handler, call->exchange, 200);
    handler_call_end(call);
}

void handler_get_demo_payment(void *service, http_exchange_id exchange,
                              const struct http_request *request)
{
    struct handler *handler = service;
    struct payment wanted = {.order_id = request->path_id};
    struct handler_call *call = handler_call_begin(handler, exchange, request, &wanted);
    if (call != NULL)
        handler_call_read(call, on_read);
}
