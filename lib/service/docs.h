/* docs - the page at /docs, which shows a service's /openapi.json and sends requests from it.
 *
 * Place      a service's table of assets -> [docs] -> service/assets.
 *
 * The same page for every service: all that it says, it reads from the document. Its policy lets it
 * load nothing from elsewhere and run no script that stands in a page (Content Security Policy 3).
 * The icon is part of the page, hence data:. */
#pragma once

#include "service/assets.h"

extern const struct asset_file docs_page;
extern const struct asset_file docs_style;
extern const struct asset_file docs_script;
extern const struct asset_file docs_view;

#define DOCS_POLICY                                                                                \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "           \
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "                     \
    "frame-ancestors 'none'\r\n"                                                                   \
    "Referrer-Policy: no-referrer\r\n"
