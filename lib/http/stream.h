/* stream - an answer without an end that is known beforehand: its bytes leave as they come.
 *
 * Place      handler -> [stream] -> http/session.
 * Thread     the loop thread only. No function blocks.
 * Ownership  What is appended is copied.
 * Errors     Everything is without effect where the client has gone. A client that ends its side of
 *            the connection has gone, too: nobody waits for what is never over.
 * Limits     At most HTTP_STREAM_UNSENT_SIZE_MAX bytes that the client has not read; one more ends
 *            its connection, as does the write timeout. No idle timeout: streams may be silent.
 *
 * Its request is the last that is read from its connection. To HTTP/1.1 an append is a chunk; to
 * HTTP/1.0, which knows none, the stream lasts until the connection is closed (RFC 9112, section
 * 6).
 */
#pragma once

#include "http/server.h"

enum { HTTP_STREAM_UNSENT_SIZE_MAX = 512 * 1024 };

/* The client has gone. Exactly once, unless http_stream_end() was called; in a later turn than
 * http_stream_begin(), and never from within a call about the same stream. It must not call any of
 * these functions. */
typedef void http_stream_gone_cb(void *context);

/* Answers with the status and the headers of `response`, whose body is not looked at, and opens the
 * stream. False: nothing is to be appended, and on_gone will not run, as the client has gone, or
 * has its whole answer, since it asked with HEAD. */
bool http_stream_begin(struct http_server *server, http_exchange_id exchange,
                       const struct http_response *response, http_stream_gone_cb *on_gone,
                       void *context);

/* Not empty. */
void http_stream_append(struct http_server *server, http_exchange_id exchange,
                        struct http_text bytes);

/* The stream is over. A client that has not read what was sent in earlier turns is not waited for:
 * its connection is cut, and it sees that the end is missing. */
void http_stream_end(struct http_server *server, http_exchange_id exchange);
