/* sim_store_call - one statement on its way to the order database and back.
 *
 * Place   sim_store -> [sim_store_call] -> sim_rows. For sim_store.c and sim_store_call.c only. */
#pragma once

#include "simulation/sim_store.h"

enum store_verb {
    STORE_CREATE,
    STORE_MOVE,
    STORE_CLAIM_CANCEL,
    STORE_SWEEP,
    STORE_RELEASE,
    STORE_READ,
    STORE_READ_BY_KEY,
    STORE_RESERVE_IDS,
};

struct sim_store_call {
    struct sim_store *store;
    struct sim_host *host;
    struct list_node node; /* in the host's calls while it waits */
    struct timer timer;
    enum store_verb verb;
    bool is_late; /* the host is told UNKNOWN first, and then it is done */
    bool is_looking;
    bool is_abandoned;    /* the host waits no more */
    uint64_t deadline_ms; /* the world's */
    uint64_t late_ms;     /* until it is done */

    struct order order; /* create, read_by_key: its texts last */
    struct store_move move;
    int64_t id;
    int32_t epoch;
    int32_t delay_ms;
    size_t count; /* sweep: wanted, then claimed */

    enum status status;
    bool has_row;          /* claim, read: found.order is there */
    struct order found;    /* what the look, the claim or the read saw */
    struct order *claimed; /* sweep */
    int64_t first_id;

    void *context;
    union {
        store_create_cb *create;
        store_move_cb *move;
        store_claim_cb *claim;
        store_sweep_cb *sweep;
        store_read_cb *read;
        store_reserve_cb *reserve;
    } callback;
};

/* NULL: refused, with the status to tell. */
struct sim_store_call *sim_store_call_begin(struct sim_store_link *link, enum store_verb verb,
                                            int64_t id, uint64_t deadline_ms, void *context,
                                            enum status *refusal);
/* Sends it to its fate. */
void sim_store_call_send(struct sim_store_call *call);

/* Does the statement at this instant. False where its write changed nothing and a look is due. */
bool sim_store_call_apply(struct sim_store_call *call);
/* The look. */
void sim_store_call_look(struct sim_store_call *call);
/* Runs the port's callback. */
void sim_store_call_tell(struct sim_store_call *call);
