/* assets - the files that the payment service serves: its API document, and the page that shows it.
 */
#pragma once

#include "service/assets.h"

extern const struct asset payment_assets[];
extern const size_t payment_asset_count;
