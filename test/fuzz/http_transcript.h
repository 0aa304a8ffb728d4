/* http_transcript - what http/parser makes of a stream, as text, with everything checked that must
 * hold for each message by itself.
 *
 * Place   the HTTP fuzzers -> [http_transcript] -> http/parser. */
#pragma once

#include "base/buffer.h"
#include "fuzz/pieces.h"
#include "http/parser.h"

/* All of it: methods, targets, headers, bodies, the error's text; how the stream ends. */
void http_transcript_write(enum http_parser_kind kind, struct pieces pieces, struct buffer *out);

/* Aborts where the transcript depends on how the bytes are cut. */
void http_transcript_compare_cuts(enum http_parser_kind kind, struct pieces pieces);
