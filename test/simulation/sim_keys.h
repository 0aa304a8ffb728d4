/* sim_keys - the order database's table of Idempotency-Keys in memory.
 *
 * Place   sim_rows -> [sim_keys]; clients take their keys' texts from here.
 * Limits  SIM_KEY_COUNT_MAX keys in a world. All are made at its start, so that their texts last.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SIM_KEY_COUNT_MAX = 128, SIM_KEY_TEXT_SIZE = 8 };

struct sim_key {
    char text[SIM_KEY_TEXT_SIZE];
    uint32_t size;
    int64_t order_id; /* 0: nobody has it */
};

struct sim_keys {
    struct sim_key keys[SIM_KEY_COUNT_MAX + 1]; /* by number, from 1 */
};

void sim_keys_init(struct sim_keys *keys);

/* The number of the key with this text; 0 without a text. Any other text is a bug of ours. */
int sim_keys_number(const struct sim_keys *keys, const char *text, uint32_t size);

/* INSERT … ON CONFLICT DO NOTHING: whether the key is this order's now, and was nobody's. */
bool sim_keys_take(struct sim_keys *keys, int number, int64_t order_id);
