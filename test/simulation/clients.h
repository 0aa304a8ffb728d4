/* clients - those who order and cancel, and remember every answer that they got.
 *
 * Place   world -> [clients] -> instance (driver, canceller, replays); checker reads what they
 * remember. */
#pragma once

#include "simulation/client_keys.h"
#include "simulation/instance.h"

enum client_fate {
    CLIENT_WAITS,
    CLIENT_ANSWERED,
    CLIENT_LOST, /* the host crashed: the connection broke */
};

/* What a replay told, with ANSWER_KEY_TAKEN. */
enum client_replay {
    REPLAY_OUTCOME,    /* 200 or 400, as recorded */
    REPLAY_TAKEN_BACK, /* 400: CANCELLED by its customer */
    REPLAY_RUNNING,    /* 409 */
    REPLAY_OTHER_BODY, /* 422 */
    REPLAY_REFUSED,    /* 503 */
};

/* One request. */
struct client {
    bool is_cancelling;
    int64_t order_id; /* of a cancel: which; of an order: as answered, else 0 */
    int key_number;   /* 0: no Idempotency-Key */
    struct client_body body;
    struct instance *instance;
    uint64_t sent_ms;
    enum client_fate fate;
    enum driver_answer answer;
    enum order_status status; /* as answered, where there was an order in the answer */
    bool is_replaying;        /* its key is another order's, which is looked up */
    enum client_replay replay;
    bool is_early; /* answered before its deadline, by a host that is not stopping */
};

struct clients {
    struct sim *sim;
    struct sim_store *store;
    struct instance *instances;
    int instance_count;
    struct client *clients;
    size_t count;
    size_t capacity;
    size_t order_count; /* accepted, repetitions not counted */
    size_t cancel_count;
    size_t order_goal;     /* orders to be sent in all */
    size_t cancel_percent; /* for each order sent, a cancel of any order */
    uint64_t pace_ms;      /* between two requests, on average */
    struct client_keys keys;
    struct timer next;
};

/* Sends `order_goal` orders, with cancels between them. */
void clients_start(struct clients *clients, struct sim *sim, struct sim_store *store,
                   struct instance *instances, int instance_count, size_t order_goal);
void clients_free(struct clients *clients);

/* Sends no more: in the calm, all would go well. */
void clients_stop(struct clients *clients);

bool clients_are_done(const struct clients *clients);

/* Of a replay, to the client with this index; order: NULL where the answer has none. */
void clients_replay(struct instance *instance, uint64_t index, enum client_replay replay,
                    const struct order *order);

/* A driver_answer_cb; the context is the instance. */
bool clients_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                    const struct order *order);

/* The instance crashes: those who wait there hear nothing any more. */
void clients_lose(struct clients *clients, const struct instance *instance);
