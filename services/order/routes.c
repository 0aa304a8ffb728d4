#include "order/routes.h"

#include "order/handler.h"

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
};
const size_t order_route_count = sizeof order_routes / sizeof order_routes[0];
