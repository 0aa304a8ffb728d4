/* log_line - what a client's text becomes in the log.
 *
 * Place   headers -> [log_line] -> base/log.
 * Errors  Aborts where it is more than one line, no UTF-8, or another text in JSON. */
#pragma once

#include "http/message.h"

void log_line_check(struct http_text text);
