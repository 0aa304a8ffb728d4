/* routes - which path leads to which handler of the payment service. */
#pragma once

#include "http/server.h"

extern const struct http_route payment_routes[];
extern const size_t payment_route_count;
extern const size_t payment_demo_route_count; /* with those of the demo */
