/* driver_world - hand-driven twins of the driver's ports and clock, for its tests. */
#pragma once

#include "order/driver.h"

enum call_kind { CALL_NONE, CALL_CREATE, CALL_MOVE, CALL_CHARGE, CALL_VOID, CALL_REFUND };

enum { DEADLINE_MS = 5000, TIMEOUT_MS = 1000, OVERLOAD_DELAY_MS = 250, PRICE = 100, REPLY_TO = 77 };

/* The world around the driver. The one call under way is kept until the test answers it. */
struct world {
    uint64_t now_ms;
    struct clock clock;
    struct log log;
    struct prng prng;
    struct order_store store;
    struct payment_port payment;
    struct order_metrics metrics;
    struct driver *driver;
    enum status store_submit; /* what the store's functions return */
    enum status payment_submit;
    enum call_kind call;
    int call_count;
    uint64_t call_deadline_ms;
    void *context;
    store_create_cb *on_created;
    store_move_cb *on_moved;
    payment_cb *on_payment;
    store_reserve_cb *on_reserved;
    void *reserve_context;
    enum order_status moved_from;
    enum order_status moved_to;
    int release_count;
    const char *reason;
    int answer_count;
    enum driver_answer answer;
    enum order_status answered_status;
    uint64_t answered_to;
};

void world_open(struct world *world);
void world_close(struct world *world);

/* Lets time pass, timer by timer. */
void pass_ms(struct world *world, uint64_t ms);

/* The kind of the call under way, which is not under way any more; CALL_NONE for none. */
enum call_kind take_call(struct world *world);

enum status post(struct world *world, bool answer_when_created);
void post_and_create(struct world *world);

/* Each expects the call of its kind under way, and ends it so. */
void answer_create(struct world *world, enum status status);
void answer_payment(struct world *world, enum call_kind kind, enum payment_result result);
void answer_move(struct world *world, enum order_status to, enum status status);

/* The client was told once, and so. */
void expect_told(struct world *world, enum driver_answer answer, enum order_status status);
