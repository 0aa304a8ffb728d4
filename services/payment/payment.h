/* payment - what a payment is: the words that the whole payment service shares.
 *
 * Place   below everything in services/payment; knows base only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"

#define PAYMENT_STATUS_MAP(X)                                                                      \
    X(PAID)                                                                                        \
    X(FAILED)                                                                                      \
    X(VOIDED)                                                                                      \
    X(REFUNDED)

enum payment_status {
#define PAYMENT_STATUS_ENUM(name) PAYMENT_##name,
    PAYMENT_STATUS_MAP(PAYMENT_STATUS_ENUM)
#undef PAYMENT_STATUS_ENUM
        PAYMENT_STATUS_COUNT
};

/* Static, upper case. */
const char *payment_status_name(enum payment_status status);

/* False where the text is no status. */
bool payment_status_parse(const char *text, size_t size, enum payment_status *status);

/* The one row of an order, or the row that a caller would like to be the one. */
struct payment {
    int64_t id; /* 0 while not recorded */
    int64_t order_id;
    bool has_uid;
    struct uuid uid; /* the caller's Idempotency-Key */
    bool has_amount; /* false for a void that came before any charge */
    int32_t amount;
    enum payment_status status;
};
