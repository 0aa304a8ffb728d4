#include "order/handler_demo.h"

#include "order/demo.h"
#include "order/handler.h"

void handler_get_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    (void)request;
    demo_answer_faults(handler_demo(service), exchange);
}

void handler_put_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request)
{
    demo_set_faults(handler_demo(service), exchange, request);
}

void handler_get_demo_payment(void *service, http_exchange_id exchange,
                              const struct http_request *request)
{
    demo_answer_payment(handler_demo(service), exchange, request->path_id);
}

void handler_get_demo_log(void *service, http_exchange_id exchange,
                          const struct http_request *request)
{
    demo_answer_log(handler_demo(service), exchange, request->path_id);
}

void handler_get_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request)
{
    (void)request;
    demo_answer_audit(handler_demo(service), exchange);
}

void handler_put_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request)
{
    demo_set_audit(handler_demo(service), exchange, request);
}
