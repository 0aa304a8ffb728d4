/* assets - the files that the order service serves: its API document, and the page that shows it.
 */
#pragma once

#include "service/assets.h"

extern const struct asset order_assets[];
extern const size_t order_asset_count;
