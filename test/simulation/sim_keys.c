#include "simulation/sim_keys.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_keys_init(struct sim_keys *keys)
{
    for (int number = 1; number <= SIM_KEY_COUNT_MAX; number++) {
        struct sim_key *key = &keys->keys[number];
        key->size = (uint32_t)snprintf(key->text, sizeof key->text, "key-%03d", number);
        key->order_id = 0;
    }
}

int sim_keys_number(const struct sim_keys *keys, const char *text, uint32_t size)
{
    if (size == 0)
        return 0;
    char copy[SIM_KEY_TEXT_SIZE] = {0};
    assert(size < sizeof copy);
    memcpy(copy, text, size);
    long number = strtol(copy + strlen("key-"), NULL, 10);
    assert(number >= 1 && number <= SIM_KEY_COUNT_MAX);
    assert(strcmp(copy, keys->keys[number].text) == 0);
    return (int)number;
}

bool sim_keys_take(struct sim_keys *keys, int number, int64_t order_id)
{
    if (keys->keys[number].order_id != 0)
        return false;
    keys->keys[number].order_id = order_id;
    return true;
}
