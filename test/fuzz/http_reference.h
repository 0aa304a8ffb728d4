/* http_reference - reads one message in the simplest way there is: a second opinion on what
 * http/parser has accepted. Two programs in a row that read one message differently let a request
 * be smuggled past the first.
 *
 * Place      http_transcript -> [http_reference]; knows neither llhttp nor http/parser.
 * Ownership  The message borrows `bytes` and `body`.
 * Source     RFC 9112. */
#pragma once

#include "base/buffer.h"
#include "http/head_check.h"

/* The message that `bytes` are, with interim answers before it; a chunked body is joined in `body`.
 * Aborts where it can't be read, or where bytes are left. Only for messages that tell their length.
 */
void http_reference_read(bool is_answer, struct http_text bytes, struct http_message *message,
                         struct buffer *body);
