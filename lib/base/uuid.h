/* uuid - 128-bit identifiers as bytes and as text.
 *
 * Place   above base/prng; knows nobody else.
 * Source  RFC 9562, section 5.4 (version 4) and section 4 (text form). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"

enum { UUID_SIZE = 16, UUID_TEXT_SIZE = 36 };

struct uuid {
    uint8_t bytes[UUID_SIZE];
};

struct uuid uuid_random(struct prng *prng);

/* Lower-case, NUL-terminated. */
void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE + 1]);

/* Takes exactly the 36 characters of the text form, letters in any case. */
bool uuid_parse(const char *text, size_t size, struct uuid *uuid);

bool uuid_equals(const struct uuid *a, const struct uuid *b);
