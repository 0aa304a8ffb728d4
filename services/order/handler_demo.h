/* handler_demo - the routes of the demo.
 *
 * Place   http/server -> routes -> [handler_demo] -> demo. */
#pragma once

#include "http/server.h"

void handler_get_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request);
void handler_put_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request);
void handler_get_demo_payment(void *service, http_exchange_id exchange,
                              const struct http_request *request);
void handler_get_demo_log(void *service, http_exchange_id exchange,
                          const struct http_request *request);
void handler_get_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request);
void handler_put_demo_audit(void *service, http_exchange_id exchange,
                            const struct http_request *request);
