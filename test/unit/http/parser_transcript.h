/* parser_transcript - what the parser makes of some bytes, as text.
 *
 * Place   parser tests -> [parser_transcript] -> http/parser. */
#pragma once

#include "http/parser.h"

#define GET     "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST    "POST /p HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

enum { TRANSCRIPT_SIZE_MAX = 256 * 1024 };

/* Feeds the sample in steps of step_size; 0: in two pieces, the first of first_size bytes. The
 * transcript ends with NUL: a [message] each, then the code of the error, "end" or "cut". Gives the
 * error's text, "" where there is none. */
const char *parse(struct http_text sample, enum http_parser_kind kind, size_t first_size,
                  size_t step_size, struct buffer *out);
