#include "payment/routes.h"

#include "payment/handler.h"

const struct http_route payment_routes[] = {
    {HTTP_METHOD_POST, "/payments", handler_post_payment, .takes_json = true},
    {HTTP_METHOD_GET, "/payments", handler_list_payments, .takes_json = false},
    {HTTP_METHOD_GET, "/payments/{id}", handler_get_payment, .takes_json = false},
    {HTTP_METHOD_POST, "/payments/{id}/void", handler_post_void, .takes_json = false},
    {HTTP_METHOD_POST, "/payments/{id}/refund", handler_post_refund, .takes_json = false},
    {HTTP_METHOD_GET, "/healthz", handler_get_healthz, .is_open = true},
    {HTTP_METHOD_GET, "/readyz", handler_get_readyz, .is_open = true},
    {HTTP_METHOD_GET, "/metrics", handler_get_metrics, .takes_json = false},
    {HTTP_METHOD_GET, "/openapi.json", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/docs.css", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/docs.js", handler_get_asset, .is_open = true},
    {HTTP_METHOD_GET, "/docs/view.js", handler_get_asset, .is_open = true},
    /* From here on those of the demo. */
    {HTTP_METHOD_GET, "/demo/faults", handler_get_demo_faults, .is_near = true},
    {HTTP_METHOD_PUT, "/demo/faults", handler_put_demo_faults, .takes_json = true, .is_near = true},
    {HTTP_METHOD_GET, "/demo/payments/{id}", handler_get_demo_payment, .is_near = true},
};
enum { DEMO_ROUTE_COUNT = 3 };
const size_t payment_demo_route_count = sizeof payment_routes / sizeof payment_routes[0];
const size_t payment_route_count =
    sizeof payment_routes / sizeof payment_routes[0] - DEMO_ROUTE_COUNT;
