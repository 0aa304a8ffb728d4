#include "simulation/client_keys.h"

enum { REPEAT_PER_MILLE = 350, RECENT_PER_MILLE = 600, RECENT_COUNT = 3, OTHER_PER_MILLE = 150 };

const char *client_repeat_text(enum client_repeat repeat)
{
    static const char *const texts[REPEAT_COUNT] = {
#define CLIENT_REPEAT_TEXT(name, text) [REPEAT_##name] = (text),
        CLIENT_REPEAT_MAP(CLIENT_REPEAT_TEXT)
#undef CLIENT_REPEAT_TEXT
    };
    return texts[repeat];
}

int client_keys_draw_new(struct client_keys *keys, struct sim *sim, const struct client_body *body)
{
    if (keys->count == SIM_KEY_COUNT_MAX || !sim_chance(sim, sim->key_per_mille))
        return 0;
    int number = ++keys->count;
    keys->keys[number] = (struct client_key){.body = *body};
    return number;
}

int client_keys_draw_again(const struct client_keys *keys, struct sim *sim)
{
    if (keys->count == 0 || !sim_chance(sim, REPEAT_PER_MILLE))
        return 0;
    int first = 1;
    if (keys->count > RECENT_COUNT && sim_chance(sim, RECENT_PER_MILLE))
        first = keys->count - RECENT_COUNT + 1;
    return (int)sim_between(sim, (uint64_t)first, (uint64_t)keys->count);
}

struct client_body client_keys_draw_body(struct client_keys *keys, struct sim *sim, int number)
{
    struct client_body body = keys->keys[number].body;
    if (!sim_chance(sim, OTHER_PER_MILLE))
        return body;
    keys->other_body_count++;
    if (sim_chance(sim, 500))
        body.price++;
    else
        body.item_name = "lamp";
    return body;
}
