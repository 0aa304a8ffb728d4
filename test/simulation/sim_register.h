/* sim_register - the payment service in memory: its table, and its answers by its own rules.
 *
 * Place   sim_payment -> [sim_register] -> payment/rules, checker.
 *         Knows nothing of messages, and nothing of the order service: the two services use the
 *         same names for different words, so this part has its own.
 * Source  services/payment/store_pg.c for what each statement writes, handler_charge.c and
 *         handler.c for what is answered. */
#pragma once

#include "base/uuid.h"
#include "simulation/sim.h"

enum recorded {
    RECORDED_NOTHING,
    RECORDED_PAID,
    RECORDED_FAILED,
    RECORDED_VOIDED,
    RECORDED_REFUNDED,
    RECORDED_MISMATCH, /* only as an answer: the row is another's */
};

/* What a caller sends. */
struct register_request {
    int64_t order_id;
    struct uuid uid;
    int32_t amount;
};

struct register_row {
    enum recorded recorded;
    struct uuid uid;
    bool has_amount;
    int32_t amount;
};

struct sim_register {
    struct sim *sim;
    struct register_row *rows; /* by order id */
    int64_t capacity;
};

void register_init(struct sim_register *reg, struct sim *sim);
void register_free(struct sim_register *reg);

/* RECORDED_NOTHING: no row. */
struct register_row register_find(const struct sim_register *reg, int64_t order_id);

/* Each tells what is recorded afterwards, as the service answers it. */
enum recorded register_charge(struct sim_register *reg, const struct register_request *request);
enum recorded register_void(struct sim_register *reg, const struct register_request *request);
enum recorded register_refund(struct sim_register *reg, const struct register_request *request);

/* A row that another order left under this number, as after a sequence was set back. */
void register_put_foreign(struct sim_register *reg, int64_t order_id, const struct uuid *uid,
                          enum recorded recorded, int32_t amount);

/* What the simulated bank does by amount. */
enum { AMOUNT_DECLINED = 402, AMOUNT_ERROR = 9999, AMOUNT_COMMIT_ERROR = 9998 };
/* Static; for the story. */
const char *recorded_name(enum recorded recorded);
