#include "simulation/clients.h"

#include <stdlib.h>

#include "simulation/checker.h"

enum { CLIENT_CAPACITY_MIN = 512, CANCEL_PERCENT_MAX = 60, PACE_MS_MAX = 120 };

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

static void send_order(struct clients *clients, struct instance *instance)
{
    struct sim *sim = clients->sim;
    struct driver_command command = {
        .item_name = "book",
        .item_name_size = 4,
        .quantity = 1,
        .price = draw_price(sim),
        .trace = {.id = "", .flags = ""},
        .client = {.reply_to = clients->count, .answer_when_durable = sim_chance(sim, 250)},
    };
    if (driver_create(instance->driver, &command) != STATUS_OK)
        return;
    *add(clients) = (struct client){.instance = instance, .sent_ms = sim->time.now_ms};
    clients->order_count++;
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
    *add(clients) = (struct client){
        .is_cancelling = true, .order_id = id, .instance = instance, .sent_ms = sim->time.now_ms};
}

/* A request that finds nobody is not sent again: there are enough others. */
static void on_next(struct timer *timer, void *context)
{
    struct clients *clients = context;
    struct sim *sim = clients->sim;
    struct instance *instance =
        &clients->instances[sim_between(sim, 0, (uint64_t)clients->instance_count - 1)];
    if (instance_is_reachable(instance) && !instance->host.is_crash_due) {
        if (sim_between(sim, 0, 99) < clients->cancel_percent)
            send_cancel(clients, instance);
        else
            send_order(clients, instance);
    }
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

void clients_answer(void *context, const struct driver_client *driver_client,
                    enum driver_answer answer, const struct order *order)
{
    static const char *const names[] = {
        [ANSWER_FINAL] = "FINAL",
        [ANSWER_PENDING] = "PENDING",
        [ANSWER_UNAVAILABLE] = "UNAVAILABLE",
        [ANSWER_NOT_FOUND] = "NOT_FOUND",
    };
    struct instance *instance = context;
    struct clients *clients = instance->clients;
    struct sim *sim = clients->sim;
    struct client *client = &clients->clients[driver_client->reply_to];
    if (client->fate == CLIENT_LOST)
        return;
    int64_t id = order != NULL ? order->id : client->order_id;
    sim_tell(sim, instance->host.number, id,
             client->is_cancelling ? "answers the cancel:" : "answers the order:", names[answer],
             0);
    if (client->fate != CLIENT_WAITS || client->is_cancelling != driver_client->is_cancelling ||
        (client->is_cancelling && id != client->order_id))
        sim_fail(sim, id, "a client was answered twice, or another one's answer");
    client->fate = CLIENT_ANSWERED;
    client->answer = answer;
    client->order_id = id;
    client->is_early = !instance->host.is_closing &&
                       sim->time.now_ms < client->sent_ms + instance->order_deadline_ms;
    if (order != NULL)
        client->status = order->status;
    checker_on_answer(sim->checker, client);
}

void clients_lose(struct clients *clients, const struct instance *instance)
{
    for (size_t i = 0; i < clients->count; i++) {
        struct client *client = &clients->clients[i];
        if (client->instance == instance && client->fate == CLIENT_WAITS)
            client->fate = CLIENT_LOST;
    }
}
