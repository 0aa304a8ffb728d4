/* json_body - the two services' bodies; apart, as their headers give some names to different
 * things.
 *
 * Place   json_body.c -> [order_body.c, payment_body.c] -> the codecs.
 * Errors  Each aborts where a body is accepted with a value out of range, or where what is written
 *         of it does not read the same. */
#pragma once

#include "http/message.h"

void json_body_check_order(struct http_text body);
void json_body_check_charge(struct http_text body);
