#include "order/replay.h"

#include <assert.h>
#include <string.h>

enum { REPLAY_TIMEOUT_MS = 5000 };

static const char replayed[] = "Idempotent-Replayed: true\r\n";

struct replay {
    struct replays *replays;
    http_exchange_id exchange;
    struct order order; /* what was posted now */
    char item_name[ORDER_ITEM_NAME_SIZE_MAX];
    char key[ORDER_KEY_SIZE_MAX];
};

void replays_init(struct replays *replays, struct clock *clock, const struct order_store *store,
                  struct replier *replier)
{
    *replays = (struct replays){.clock = clock, .store = store, .replier = replier};
    slab_init(&replays->slab, sizeof(struct replay), REPLAY_COUNT_MAX);
}

void replays_free(struct replays *replays)
{
    slab_free(&replays->slab);
}

static bool has_same_body(const struct order *a, const struct order *b)
{
    return a->quantity == b->quantity && a->price == b->price &&
           a->item_name_size == b->item_name_size &&
           memcmp(a->item_name, b->item_name, a->item_name_size) == 0;
}

static void on_found(void *context, enum status status, const struct order *found)
{
    struct replay *replay = context;
    struct replays *replays = replay->replays;
    struct replier *replier = replays->replier;
    if (status != STATUS_OK || found == NULL)
        reply_refusal(replier, replay->exchange, STATUS_UNAVAILABLE);
    else if (!has_same_body(&replay->order, found))
        reply_key_reused(replier, replay->exchange);
    else if (!order_status_is_final(found->status))
        reply_running(replier, replay->exchange, found);
    else if (found->was_taken_back)
        reply_order(replier, replay->exchange, 400, replayed, "Order cancelled by its customer",
                    found);
    else
        reply_outcome(replier, replay->exchange, replayed, found);
    slab_put(&replays->slab, replay);
}

void replay_answer(struct replays *replays, http_exchange_id exchange, const struct order *order)
{
    const struct order_store *store = replays->store;
    struct replay *replay = slab_take(&replays->slab);
    if (replay == NULL) {
        reply_refusal(replays->replier, exchange, STATUS_OVERLOADED);
        return;
    }
    assert(order->item_name_size <= sizeof replay->item_name);
    assert(order->key_size != 0 && order->key_size <= sizeof replay->key);
    replay->replays = replays;
    replay->exchange = exchange;
    replay->order = *order;
    memcpy(replay->item_name, order->item_name, order->item_name_size);
    memcpy(replay->key, order->key, order->key_size);
    replay->order.item_name = replay->item_name;
    replay->order.key = replay->key;
    enum status status = store->operations->read_by_key(
        store->store, &replay->order, clock_now_ms(replays->clock) + REPLAY_TIMEOUT_MS, replay,
        on_found);
    if (status != STATUS_OK) {
        reply_refusal(replays->replier, exchange, status);
        slab_put(&replays->slab, replay);
    }
}
