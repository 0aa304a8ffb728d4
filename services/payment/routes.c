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
};
const size_t payment_route_count = sizeof payment_routes / sizeof payment_routes[0];
