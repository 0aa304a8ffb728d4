#include "order/assets.h"

#include "service/docs.h"

extern const struct asset_file order_openapi;

const struct asset order_assets[] = {
    {"/openapi.json", "application/json", NULL, &order_openapi},
    {"/docs", "text/html; charset=utf-8", DOCS_POLICY, &docs_page},
    {"/docs/docs.css", "text/css; charset=utf-8", NULL, &docs_style},
    {"/docs/docs.js", "text/javascript; charset=utf-8", NULL, &docs_script},
    {"/docs/view.js", "text/javascript; charset=utf-8", NULL, &docs_view},
};
const size_t order_asset_count = sizeof order_assets / sizeof order_assets[0];
