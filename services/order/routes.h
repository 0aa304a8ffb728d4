/* routes - which path leads to which handler of the order service. */
#pragma once

#include "http/server.h"

extern const struct http_route order_routes[];
extern const size_t order_route_count;
extern const size_t order_demo_route_count; /* with those of the demo */
