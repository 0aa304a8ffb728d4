#include "base/uuid.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

static bool is_hyphen_place(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

struct uuid uuid_random(struct prng *prng)
{
    struct uuid uuid;
    prng_fill(prng, uuid.bytes, sizeof uuid.bytes);
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE + 1])
{
    size_t digit = 0;
    for (size_t place = 0; place < UUID_TEXT_SIZE; place++) {
        if (is_hyphen_place(place)) {
            text[place] = '-';
            continue;
        }
        uint8_t byte = uuid->bytes[digit / 2];
        text[place] = hex_digits[digit % 2 == 0 ? byte >> 4 : byte & 0x0f];
        digit++;
    }
    text[UUID_TEXT_SIZE] = '\0';
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool uuid_parse(const char *text, size_t size, struct uuid *uuid)
{
    if (size != UUID_TEXT_SIZE)
        return false;
    size_t digit = 0;
    memset(uuid->bytes, 0, sizeof uuid->bytes);
    for (size_t place = 0; place < UUID_TEXT_SIZE; place++) {
        if (is_hyphen_place(place)) {
            if (text[place] != '-')
                return false;
            continue;
        }
        int value = hex_value(text[place]);
        if (value < 0)
            return false;
        uuid->bytes[digit / 2] |= (uint8_t)(digit % 2 == 0 ? value << 4 : value);
        digit++;
    }
    return true;
}

bool uuid_equals(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
