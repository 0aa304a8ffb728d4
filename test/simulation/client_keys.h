/* client_keys - which Idempotency-Key a client sends next, and with which body.
 *
 * Place   clients -> [client_keys] -> sim_keys. */
#pragma once

#include "simulation/sim.h"
#include "simulation/sim_keys.h"

struct client_body {
    const char *item_name; /* static */
    int32_t price;
};

/* What had become of a key's latest request when the key was sent again. */
#define CLIENT_REPEAT_MAP(X)                                                                       \
    X(RUNNING, "while it ran")                                                                     \
    X(LOST, "after a lost answer")                                                                 \
    X(UNAVAILABLE, "after 503")                                                                    \
    X(PENDING, "after 202")                                                                        \
    X(FINAL, "after the outcome")                                                                  \
    X(REPLAYED, "after a replay")

enum client_repeat {
#define CLIENT_REPEAT_ENUM(name, text) REPEAT_##name,
    CLIENT_REPEAT_MAP(CLIENT_REPEAT_ENUM)
#undef CLIENT_REPEAT_ENUM
        REPEAT_COUNT
};

/* Static text. */
const char *client_repeat_text(enum client_repeat repeat);

struct client_key {
    struct client_body body; /* of its first request */
    size_t last_client;      /* who sent it last */
    bool was_refused;        /* the last request was refused at once */
};

struct client_keys {
    struct client_key keys[SIM_KEY_COUNT_MAX + 1]; /* by number, from 1 */
    int count;
    uint64_t repeat_counts[REPEAT_COUNT];
    uint64_t other_body_count;
};

/* A key that nobody has sent yet; 0: this order has none. */
int client_keys_draw_new(struct client_keys *keys, struct sim *sim, const struct client_body *body);

/* A key that was sent before, rather a recent one; 0: not now. */
int client_keys_draw_again(const struct client_keys *keys, struct sim *sim);

/* The key's body, or now and then another one. */
struct client_body client_keys_draw_body(struct client_keys *keys, struct sim *sim, int number);
