#include "order/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "order/driver_saga.h"

/* Half of the client's patience goes to charges; the rest is for the void, the writes, and luck. */
enum { CHARGE_BUDGET_DIVISOR = 2 };

_Static_assert(DRIVER_ORDER_COUNT_MAX + DRIVER_ADOPTED_COUNT_MAX < DRIVER_SAGA_COUNT_MAX,
               "new orders leave room for cancels and for recovery");

/* An order that is handed back while it is still being charged would never come to its void. */
enum { CHARGE_BUDGET_MS_MAX = DRIVER_HOLD_MS / 2 };

static void arm_answer_timer(struct driver *driver)
{
    if (list_is_empty(&driver->waiting) || timer_is_active(&driver->answer_timer))
        return;
    const struct saga *first = LIST_ELEMENT(driver->waiting.next, struct saga, in_waiting);
    uint64_t now_ms = clock_now_ms(driver->settings.clock);
    uint64_t delay_ms = first->answer_by_ms > now_ms ? first->answer_by_ms - now_ms : 0;
    timer_start(driver->settings.clock, &driver->answer_timer, delay_ms);
}

/* The client's time is up. A row that is durable is told as PENDING. One that may or may not exist
 * is told as unavailable, and is from now on not wanted: it will not be charged. */
static void answer_undecided(struct saga *saga)
{
    if (saga->is_created) {
        saga_answer(saga, ANSWER_PENDING);
        return;
    }
    saga->was_refused = true;
    saga_answer(saga, ANSWER_UNAVAILABLE);
}

static void on_answer_timer(struct timer *timer, void *context)
{
    struct driver *driver = context;
    uint64_t now_ms = clock_now_ms(driver->settings.clock);
    (void)timer;
    while (!list_is_empty(&driver->waiting)) {
        struct saga *first = LIST_ELEMENT(driver->waiting.next, struct saga, in_waiting);
        if (first->answer_by_ms > now_ms)
            break;
        answer_undecided(first);
    }
    arm_answer_timer(driver);
}

struct driver *driver_open(const struct driver_settings *settings)
{
    struct driver *driver = calloc(1, sizeof *driver);
    if (driver == NULL)
        return NULL;
    driver->settings = *settings;
    metrics_set(&settings->metrics->saga_count_max, DRIVER_SAGA_COUNT_MAX);
    driver->charge_budget_ms = settings->order_deadline_ms / CHARGE_BUDGET_DIVISOR;
    if (driver->charge_budget_ms > CHARGE_BUDGET_MS_MAX)
        driver->charge_budget_ms = CHARGE_BUDGET_MS_MAX;
    slab_init(&driver->sagas, sizeof(struct saga), DRIVER_SAGA_COUNT_MAX);
    admission_init(&driver->admission, settings->clock, settings->overload_delay_ms,
                   DRIVER_ORDER_COUNT_MAX, &settings->metrics->admission);
    tally_init(&driver->refusals, settings->clock, settings->log,
               "Order refused: those under way take too long (503)");
    list_init(&driver->running);
    list_init(&driver->waiting);
    timer_init(&driver->answer_timer, on_answer_timer, driver);
    ids_start(&driver->ids, settings->clock, settings->log, settings->prng, settings->store);
    return driver;
}

void driver_close(struct driver *driver)
{
    LIST_EACH (node, &driver->running) {
        struct saga *saga = LIST_ELEMENT(node, struct saga, in_running);
        answer_undecided(saga);
        timer_stop(driver->settings.clock, &saga->backoff);
        saga_release(saga);
    }
    ids_stop(&driver->ids);
    tally_stop(&driver->refusals);
    timer_stop(driver->settings.clock, &driver->answer_timer);
    slab_free(&driver->sagas);
    free(driver);
}

static void fill_saga(struct saga *saga, struct driver *driver, const struct order *order,
                      const struct trace *trace, enum saga_state state)
{
    assert(order->item_name_size <= sizeof saga->item_name);
    assert(order->key_size <= sizeof saga->key);
    memcpy(saga->item_name, order->item_name, order->item_name_size);
    if (order->key_size != 0)
        memcpy(saga->key, order->key, order->key_size);
    saga->driver = driver;
    saga->order = *order;
    saga->order.item_name = saga->item_name;
    saga->order.key = saga->key;
    saga->trace = *trace;
    saga->state = state;
    saga->held_since_ms = clock_now_ms(driver->settings.clock);
    saga->answer_by_ms = saga->held_since_ms + driver->settings.order_deadline_ms;
    saga_init_backoff(saga);
    admission_ticket_init(&saga->ticket);
    list_init(&saga->in_running);
    list_init(&saga->in_waiting);
}

static void add_client(struct saga *saga, const struct driver_client *client)
{
    struct driver *driver = saga->driver;
    saga->client = *client;
    list_append(&driver->waiting, &saga->in_waiting);
    arm_answer_timer(driver);
}

static void tell_counts(const struct driver *driver)
{
    struct order_metrics *metrics = driver->settings.metrics;
    metrics_set(&metrics->sagas, driver->saga_count);
    metrics_set(&metrics->adopted_sagas, driver->adopted_count);
}

static void add_running(struct saga *saga, bool is_adopted)
{
    struct driver *driver = saga->driver;
    list_append(&driver->running, &saga->in_running);
    saga->is_adopted = is_adopted;
    driver->saga_count++;
    driver->adopted_count += is_adopted ? 1 : 0;
    tell_counts(driver);
}

static struct saga *take_place(struct driver *driver, bool has_client)
{
    size_t client_count = driver->saga_count - driver->adopted_count;
    if (has_client && client_count >= DRIVER_SAGA_COUNT_MAX - DRIVER_ADOPTED_COUNT_MAX)
        return NULL;
    return slab_take(&driver->sagas);
}

enum status driver_admits(struct driver *driver)
{
    if (driver->is_draining)
        return STATUS_STOPPING;
    if (admission_admits(&driver->admission))
        return STATUS_OK;
    tally_count(&driver->refusals);
    return STATUS_OVERLOADED;
}

enum status driver_create(struct driver *driver, const struct driver_command *command)
{
    enum status admitted = driver_admits(driver);
    if (admitted != STATUS_OK)
        return admitted;
    struct saga *saga = take_place(driver, true);
    if (saga == NULL)
        return STATUS_OVERLOADED;
    struct order order = {
        .id = ids_take(&driver->ids),
        .uid = uuid_random(driver->settings.prng),
        .item_name = command->item_name,
        .item_name_size = command->item_name_size,
        .quantity = command->quantity,
        .price = command->price,
        .status = ORDER_PENDING,
        .key = command->key,
        .key_size = command->key_size,
    };
    enum status status = STATUS_UNAVAILABLE;
    if (order.id != 0) {
        fill_saga(saga, driver, &order, &command->trace, SAGA_CREATING);
        status = saga_start(saga);
    }
    if (status != STATUS_OK) {
        slab_put(&driver->sagas, saga);
        return status;
    }
    add_running(saga, false);
    add_client(saga, &command->client);
    admission_enter(&driver->admission, &saga->ticket);
    return STATUS_OK;
}

enum status driver_adopt(struct driver *driver, const struct order *order,
                         const struct trace *trace, const struct driver_client *client)
{
    assert(order->status == ORDER_PENDING || order->status == ORDER_CANCELLING);
    struct saga *saga = take_place(driver, client != NULL);
    if (saga == NULL)
        return STATUS_OVERLOADED;
    fill_saga(saga, driver, order, trace,
              order->status == ORDER_PENDING ? SAGA_VOIDING : SAGA_REVOKING);
    saga->is_created = true;
    add_running(saga, client == NULL);
    if (client != NULL)
        add_client(saga, client);
    else
        saga->is_answered = true;
    if (client != NULL && client->answer_when_durable)
        saga_answer(saga, ANSWER_PENDING);
    saga_handle(saga, EV_CLAIMED);
    return STATUS_OK;
}

void saga_answer(struct saga *saga, enum driver_answer answer)
{
    if (saga->is_answered)
        return;
    saga->is_answered = true;
    list_remove(&saga->in_waiting);
    const struct driver_settings *settings = &saga->driver->settings;
    struct log_fields fields = {.order_id = saga->order.id, .trace_id = saga->trace.id};
    if (!settings->answer(settings->answer_context, &saga->client, answer, &saga->order))
        log_write(settings->log, LOG_INFO, &fields, "Client gone before its answer");
}

void saga_release(struct saga *saga)
{
    struct driver *driver = saga->driver;
    assert(!timer_is_active(&saga->backoff));
    assert(saga->is_answered);
    admission_leave(&driver->admission, &saga->ticket);
    list_remove(&saga->in_running);
    driver->saga_count--;
    if (saga->is_adopted)
        driver->adopted_count--;
    tell_counts(driver);
    if (saga_is_final(saga->state))
        order_metrics_count_saga(driver->settings.metrics, saga->state,
                                 clock_now_ms(driver->settings.clock) - saga->held_since_ms);
    slab_put(&driver->sagas, saga);
}

void driver_drain(struct driver *driver)
{
    driver->is_draining = true;
}

size_t driver_saga_count(const struct driver *driver)
{
    return driver->saga_count;
}

size_t driver_adopted_count(const struct driver *driver)
{
    return driver->adopted_count;
}

const struct admission *driver_admission(const struct driver *driver)
{
    return &driver->admission;
}

bool driver_is_ready(const struct driver *driver)
{
    return ids_is_ready(&driver->ids);
}
