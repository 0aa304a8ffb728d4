#include "order/assets.h"

#include "service/docs.h"

/* The files of page/ that index.html asks for. */
#define PAGE_STYLE_MAP(X)                                                                          \
    X(fields)                                                                                      \
    X(page)                                                                                        \
    X(parts)                                                                                       \
    X(story)
#define PAGE_SCRIPT_MAP(X)                                                                         \
    X(api)                                                                                         \
    X(breaking)                                                                                    \
    X(charts)                                                                                      \
    X(diagram)                                                                                     \
    X(dom)                                                                                         \
    X(dots)                                                                                        \
    X(layout)                                                                                      \
    X(main)                                                                                        \
    X(orders)                                                                                      \
    X(place)                                                                                       \
    X(prometheus)                                                                                  \
    X(saga)                                                                                        \
    X(story)                                                                                       \
    X(stream)                                                                                      \
    X(system)

extern const struct asset_file order_openapi;
extern const struct asset_file page_index_html;
#define STYLE_FILE(name)  extern const struct asset_file page_##name##_css;
#define SCRIPT_FILE(name) extern const struct asset_file page_##name##_js;
PAGE_STYLE_MAP(STYLE_FILE)
PAGE_SCRIPT_MAP(SCRIPT_FILE)

#define STYLE(name) {"/page/" #name ".css", "text/css; charset=utf-8", NULL, &page_##name##_css},
#define SCRIPT(name)                                                                               \
    {"/page/" #name ".js", "text/javascript; charset=utf-8", NULL, &page_##name##_js},

const struct asset order_assets[] = {
    {"/", "text/html; charset=utf-8", DOCS_POLICY, &page_index_html},
    {"/openapi.json", "application/json", NULL, &order_openapi},
    {"/docs", "text/html; charset=utf-8", DOCS_POLICY, &docs_page},
    {"/docs/docs.css", "text/css; charset=utf-8", NULL, &docs_style},
    {"/docs/docs.js", "text/javascript; charset=utf-8", NULL, &docs_script},
    {"/docs/view.js", "text/javascript; charset=utf-8", NULL, &docs_view},
    PAGE_STYLE_MAP(STYLE) PAGE_SCRIPT_MAP(SCRIPT)};
const size_t order_asset_count = sizeof order_assets / sizeof order_assets[0];
