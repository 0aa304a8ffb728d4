#include "simulation/clients.h"

#include <stdlib.h>
#include <string.h>

#include "simulation/checker.h"

enum {
    CLIENT_CAPACITY_MIN = 512,
    CANCEL_PERCENT_MAX = 60,
    PACE_MS_MAX = 120,
    TWICE_PER_MILLE = 300
};

static struct client *add(struct clients *clients)
{
    if (clients->count == clients->capacity) {
        clients->capacity = clients->capacity == 0 ? CLIENT_CAPACITY_MIN : clients->capacity * 2;
        clients->clients =
            realloc(clients->clients, clients->capacity * sizeof clients->clients[0]);
        if (clients->clients == NULL)
            abort();
    }
    return &clients->clients[clients->count++];
}

static int32_t draw_price(struct sim *sim)
{
    switch (sim_between(sim, 0, 15)) {
    case 0:
        return AMOUNT_DECLINED;
    case 1:
        return AMOUNT_ERROR;
    case 2:
        return AMOUNT_COMMIT_ERROR;
    default:
        return (int32_t)sim_between(sim, 1, 300);
    }
}

static bool send_order(struct clients *clients, struct instance *instance, int key_number,
                       const struct client_body *body)
{
    struct sim *sim = clients->sim;
    const struct sim_key *key = &clients->store->rows.keys.keys[key_number];
    struct driver_command command = {
        .item_name = body->item_name,
        .item_name_size = (uint32_t)strlen(body->item_name),
        .quantity = 1,
        .price = body->price,
        .key = key->text,
        .key_size = key->size,
        .trace = {.id = "", .flags = ""},
        .client = {.reply_to = clients->count, .answer_when_durable = sim_chance(sim, 250)},
    };
    bool is_accepted = driver_create(instance->driver, &command) == STATUS_OK;
    clients->keys.keys[key_number].was_refused = !is_accepted;
    if (!is_accepted)
        return false;
    clients->keys.keys[key_number].last_client = clients->count;
    *add(clients) = (struct client){
        .instance = instance,
        .sent_ms = sim->time.now_ms,
        .key_number = key_number,
        .body = *body,
    };
    return true;
}

static enum client_repeat repeat_of(const struct clients *clients, int key_number)
{
    const struct client_key *key = &clients->keys.keys[key_number];
    if (key->was_refused)
        return REPEAT_UNAVAILABLE;
    const struct client *last = &clients->clients[key->last_client];
    if (last->fate != CLIENT_ANSWERED)
        return last->fate == CLIENT_LOST ? REPEAT_LOST : REPEAT_RUNNING;
    switch (last->answer) {
    case ANSWER_FINAL:
    case ANSWER_OVERTAKEN:
        return REPEAT_FINAL;
    case ANSWER_PENDING:
        return REPEAT_PENDING;
    case ANSWER_KEY_TAKEN:
        return REPEAT_REPLAYED;
    case ANSWER_UNAVAILABLE:
    case ANSWER_NOT_FOUND:
        break;
    }
    return REPEAT_UNAVAILABLE;
}

static void repeat_order(struct clients *clients, struct instance *instance, int key_number)
{
    struct client_body body = client_keys_draw_body(&clients->keys, clients->sim, key_number);
    clients->keys.repeat_counts[repeat_of(clients, key_number)]++;
    send_order(clients, instance, key_number, &body);
}

static struct instance *draw_instance(struct clients *clients)
{
    uint64_t last = (uint64_t)clients->instance_count - 1;
    return &clients->instances[sim_between(clients->sim, 0, last)];
}

static bool takes_requests(const struct instance *instance)
{
    return instance_is_reachable(instance) && !instance->host.is_crash_due;
}

static void send_new_order(struct clients *clients, struct instance *instance)
{
    struct sim *sim = clients->sim;
    struct client_body body = {.item_name = "book", .price = draw_price(sim)};
    int key_number = client_keys_draw_new(&clients->keys, sim, &body);
    if (send_order(clients, instance, key_number, &body))
        clients->order_count++;
    if (key_number == 0 || !sim_chance(sim, TWICE_PER_MILLE))
        return;
    struct instance *other = draw_instance(clients);
    if (takes_requests(other))
        repeat_order(clients, other, key_number);
}

/* Of any order there may be, or of none. */
static void send_cancel(struct clients *clients, struct instance *instance)
{
    struct sim *sim = clients->sim;
    int64_t id = (int64_t)sim_between(sim, 1, (uint64_t)clients->store->rows.id_end);
    struct trace trace = {.id = ""};
    struct driver_client client = {
        .reply_to = clients->count,
        .is_cancelling = true,
        .answer_when_durable = sim_chance(sim, 250),
    };
    if (canceller_cancel(&instance->canceller, id, &trace, &client) != STATUS_OK)
        return;
    sim_tell(sim, instance->host.number, id, "a customer cancels", NULL, 0);
    clients->cancel_count++;
    *add(clients) = (struct client){
        .is_cancelling = true, .order_id = id, .instance = instance, .sent_ms = sim->time.now_ms};
}

static void send_any(struct clients *clients, struct instance *instance)
{
    struct sim *sim = clients->sim;
    if (sim_between(sim, 0, 99) < clients->cancel_percent) {
        send_cancel(clients, instance);
        return;
    }
    int key_number = client_keys_draw_again(&clients->keys, sim);
    if (key_number != 0)
        repeat_order(clients, instance, key_number);
    else
        send_new_order(clients, instance);
}

/* A request that finds nobody is not sent again: there are enough others. */
static void on_next(struct timer *timer, void *context)
{
    struct clients *clients = context;
    struct sim *sim = clients->sim;
    struct instance *instance = draw_instance(clients);
    if (takes_requests(instance))
        send_any(clients, instance);
    if (!clients_are_done(clients))
        sim_start(sim, timer, sim_between(sim, 0, 2 * clients->pace_ms));
}

void clients_start(struct clients *clients, struct sim *sim, struct sim_store *store,
                   struct instance *instances, int instance_count, size_t order_goal)
{
    *clients = (struct clients){
        .sim = sim,
        .store = store,
        .instances = instances,
        .instance_count = instance_count,
        .order_goal = order_goal,
        .cancel_percent = sim_between(sim, 0, CANCEL_PERCENT_MAX),
        .pace_ms = sim_between(sim, 1, PACE_MS_MAX),
    };
    timer_init(&clients->next, on_next, clients);
    sim_start(sim, &clients->next, 1);
}

void clients_free(struct clients *clients)
{
    timer_stop(&clients->sim->clock.clock, &clients->next);
    free(clients->clients);
}

void clients_stop(struct clients *clients)
{
    timer_stop(&clients->sim->clock.clock, &clients->next);
}

bool clients_are_done(const struct clients *clients)
{
    return clients->order_count >= clients->order_goal;
}

bool clients_answer(void *context, const struct driver_client *driver_client,
                    enum driver_answer answer, const struct order *order)
{
    static const char *const names[] = {
        [ANSWER_FINAL] = "FINAL",
        [ANSWER_PENDING] = "PENDING",
        [ANSWER_UNAVAILABLE] = "UNAVAILABLE",
        [ANSWER_KEY_TAKEN] = "KEY_TAKEN",
        [ANSWER_NOT_FOUND] = "NOT_FOUND",
    };
    struct instance *instance = context;
    struct clients *clients = instance->clients;
    struct sim *sim = clients->sim;
    struct client *client = &clients->clients[driver_client->reply_to];
    if (answer == ANSWER_OVERTAKEN)
        answer = ANSWER_FINAL; /* only its words differ */
    if (client->fate == CLIENT_LOST)
        return false;
    int64_t id = order != NULL ? order->id : client->order_id;
    sim_tell(sim, instance->host.number, id,
             client->is_cancelling ? "answers the cancel:" : "answers the order:", names[answer],
             0);
    if (client->fate != CLIENT_WAITS || client->is_replaying ||
        client->is_cancelling != driver_client->is_cancelling ||
        (client->is_cancelling && id != client->order_id))
        sim_fail(sim, id, "a client was answered twice, or another one's answer");
    if (answer == ANSWER_KEY_TAKEN) {
        client->is_replaying = true;
        replay_answer(&instance->replays, driver_client->reply_to, order);
        return true;
    }
    client->fate = CLIENT_ANSWERED;
    client->answer = answer;
    client->order_id = id;
    client->is_early = !instance->host.is_closing &&
                       sim->time.now_ms < client->sent_ms + instance->order_deadline_ms;
    if (order != NULL)
        client->status = order->status;
    checker_on_answer(sim->checker, client);
    return true;
}

void clients_replay(struct instance *instance, uint64_t index, enum client_replay replay,
                    const struct order *order)
{
    static const char *const names[] = {
        [REPLAY_OUTCOME] = "OUTCOME", [REPLAY_TAKEN_BACK] = "TAKEN_BACK",
        [REPLAY_RUNNING] = "RUNNING", [REPLAY_OTHER_BODY] = "OTHER_BODY",
        [REPLAY_REFUSED] = "REFUSED",
    };
    struct clients *clients = instance->clients;
    struct sim *sim = clients->sim;
    struct client *client = &clients->clients[index];
    if (client->fate == CLIENT_LOST)
        return;
    int64_t id = order != NULL ? order->id : 0;
    sim_tell(sim, instance->host.number, id, "answers by the key:", names[replay],
             client->key_number);
    if (client->fate != CLIENT_WAITS || !client->is_replaying)
        sim_fail(sim, id, "a client was answered twice, or another one's answer");
    client->fate = CLIENT_ANSWERED;
    client->answer = ANSWER_KEY_TAKEN;
    client->replay = replay;
    client->order_id = id;
    if (order != NULL)
        client->status = order->status;
    checker_keys_on_replay(sim->checker, client);
}

void clients_lose(struct clients *clients, const struct instance *instance)
{
    for (size_t i = 0; i < clients->count; i++) {
        struct client *client = &clients->clients[i];
        if (client->instance == instance && client->fate == CLIENT_WAITS)
            client->fate = CLIENT_LOST;
    }
}
