#include "payment/assets.h"

#include "service/docs.h"

extern const struct asset_file payment_openapi;

const struct asset payment_assets[] = {
    {"/openapi.json", "application/json", NULL, &payment_openapi},
    {"/docs", "text/html; charset=utf-8", DOCS_POLICY, &docs_page},
    {"/docs/docs.css", "text/css; charset=utf-8", NULL, &docs_style},
    {"/docs/docs.js", "text/javascript; charset=utf-8", NULL, &docs_script},
    {"/docs/view.js", "text/javascript; charset=utf-8", NULL, &docs_view},
};
const size_t payment_asset_count = sizeof payment_assets / sizeof payment_assets[0];
