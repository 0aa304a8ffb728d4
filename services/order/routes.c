#include "order/routes.h"

#include "order/handler.h"
#include "order/handler_demo.h"

const struct http_route order_routes[] = {
    {HTTP_METHOD_POST, "/orders", handler_post_order, .takes_json = true},
    {HTTP_METHOD_GET, "/orders", handler_list_orders, .takes_json = false},
    {HTTP_METHOD_GET, "/orders/{id}", handler_get_order, .takes_json = false},
    {HTTP_METHOD_GET, "/orders/{id}/events", handler_get_order_events, .takes_json = false},
    {HTTP_METHOD_GET, "/events", handler_get_events, .takes_json = false},
    {HTTP_METHOD_POST, "/orders/{id}/cancel", handler_post_cancel, .takes_json = false},
    {HTTP_METHOD_POST, "/orders/{id}/resume", handler_post_resume, .takes_json = false},
    {HTTP_METHOD_GET, "/healthz", handler_get_healthz, .is_open = true},
    {HTTP_METHOD_GET, "/readyz", handler_get_readyz, .is_open = true},
    {HTTP_METHOD_GET, "/metrics", handler_get_metrics, .takes_json = false},
    {HTTP_METHOD_GET, "/openapi.json", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/docs.css", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/docs.js", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/view.js", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/page/{file}", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/setup", handler_get_setup, .is_open = true},
    /* From here on those of the demo. */
    {HTTP_METHOD_GET, "/demo/faults", handler_get_demo_faults, .is_near = true},
    {HTTP_METHOD_PUT, "/demo/faults", handler_put_demo_faults, .takes_json = true, .is_near = true},
    {HTTP_METHOD_GET, "/demo/payments/{id}", handler_get_demo_payment, .is_near = true},
    {HTTP_METHOD_GET, "/demo/log/{id}", handler_get_demo_log, .is_near = true},
    {HTTP_METHOD_GET, "/demo/audit", handler_get_demo_audit, .is_near = true},
    {HTTP_METHOD_PUT, "/demo/audit", handler_put_demo_audit, .takes_json = true, .is_near = true},
};
enum { DEMO_ROUTE_COUNT = 6 };
const size_t order_demo_route_count = sizeof order_routes / sizeof order_routes[0];
const size_t order_route_count = sizeof order_routes / sizeof order_routes[0] - DEMO_ROUTE_COUNT;
