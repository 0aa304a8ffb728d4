/* shared_text - a text that all instances of a service have in common: whoever sets it, sets it for
 * all of them.
 *
 * Place      a service's modules -> [shared_text] -> base/buffer.
 * Thread     the loop thread of each instance. Setting and reading hold a lock for the time of one
 *            copy; to ask whether there is a new one takes none.
 * Ownership  The parent of the instances opens it before they are forked, and closes it.
 * Errors     An instance that dies inside the lock leaves the text as it was before.
 * Limits     SHARED_TEXT_SIZE_MAX bytes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

enum { SHARED_TEXT_SIZE_MAX = 8 * 1024 };

struct shared_text; /* opaque */

/* NULL: out of memory. */
struct shared_text *shared_text_open(void);
void shared_text_close(struct shared_text *text);

/* False: it is too long, and nothing is changed. */
bool shared_text_set(struct shared_text *text, const char *bytes, size_t size);

/* 0 until the first text, and another one with each. */
uint64_t shared_text_version(const struct shared_text *text);

/* Appends it to `to`; the version that it has. */
uint64_t shared_text_read(struct shared_text *text, struct buffer *to);
