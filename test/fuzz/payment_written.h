/* payment_written - the answers that the payment service writes, for a file that knows the order
 * service: the two services' headers give some names to different things.
 *
 * Place   payment_answer -> [payment_written] -> payment/codec. */
#pragma once

#include <stdint.h>

#include "base/buffer.h"

/* What it says of the order, static text; `choice` is one of PAYMENT_WRITTEN_COUNT. */
enum { PAYMENT_WRITTEN_COUNT = 6 };
const char *payment_written(unsigned choice, int64_t order_id, int32_t amount, struct buffer *to);
