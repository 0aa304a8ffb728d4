/* order - what an order is: the words that the whole order service shares.
 *
 * Place   below everything in services/order; knows base only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trace.h"
#include "base/uuid.h"

/* Characters of UTF-8, which take up to four bytes each. */
enum { ORDER_ITEM_NAME_CHARS_MAX = 255, ORDER_ITEM_NAME_SIZE_MAX = 4 * ORDER_ITEM_NAME_CHARS_MAX };

/* A client's Idempotency-Key, in ASCII. */
enum { ORDER_KEY_SIZE_MAX = 255 };

/* What the database stores and clients see; texts in the order of the enum. */
#define ORDER_STATUS_MAP(X)                                                                        \
    X(PENDING)                                                                                     \
    X(COMPLETED)                                                                                   \
    X(CANCELLING)                                                                                  \
    X(CANCELLED)

enum order_status {
#define ORDER_STATUS_ENUM(name) ORDER_##name,
    ORDER_STATUS_MAP(ORDER_STATUS_ENUM)
#undef ORDER_STATUS_ENUM
        ORDER_STATUS_COUNT
};

/* Static, upper case. */
const char *order_status_name(enum order_status status);

/* COMPLETED and CANCELLED: nothing more happens by itself. */
bool order_status_is_final(enum order_status status);

/* False where the text is no status. */
bool order_status_parse(const char *text, size_t size, enum order_status *status);

/* One order. The item's name is borrowed from whoever made the record. */
struct order {
    int64_t id;
    struct uuid uid; /* the idempotency key that the payment service gets and stores */
    const char *item_name;
    uint32_t item_name_size;
    int32_t quantity;
    int32_t price; /* the amount charged, in the currency's smallest unit */
    enum order_status status;
    int32_t epoch;                  /* grows whenever another worker takes the order over */
    int32_t attempts;               /* claims by recovery in a row, this one among them */
    enum order_status claimed_from; /* of use where a cancel has just claimed it */
    bool was_taken_back; /* its customer has cancelled it, or does; told where asked for by key */
    /* Of what has brought it to its status, as bytes; all zero: not known. Told by a sweep. */
    uint8_t trace_id[TRACE_ID_BYTE_COUNT];
    const char *key;   /* the client's Idempotency-Key, borrowed too; of use while it is created */
    uint32_t key_size; /* 0: none */
};
