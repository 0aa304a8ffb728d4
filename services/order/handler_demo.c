#include "order/handler_demo.h"

#include "http/origin.h"
#include "order/demo.h"
#include "order/handler.h"

/* NULL: the server was called by a name that anybody may have given it, and that is answered. */
static struct demo *open_demo(void *service, http_exchange_id exchange,
                              const struct http_request *request)
{
    struct demo *demo = handler_demo(service);
    if (http_is_host_near(request->headers, request->header_count))
        return demo;
    reply_error(demo->replier, exchange, 403, HTTP_HOST_FAR_TEXT);
    return NULL;
}

void handler_get_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_answer_faults(demo, exchange);
}

void handler_put_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_set_faults(demo, exchange, request);
}

void handler_get_demo_payment(void *service, http_exchange_id exchange,
                              const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_answer_payment(demo, exchange, request->path_id);
}

void handler_get_demo_log(void *service, http_exchange_id exchange,
                          const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_answer_log(demo, exchange, request->path_id);
}

void handler_get_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_answer_audit(demo, exchange);
}

void handler_put_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request)
{
    struct demo *demo = open_demo(service, exchange, request);
    if (demo != NULL)
        demo_set_audit(demo, exchange, request);
}
