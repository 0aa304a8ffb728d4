#include "order/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "order/driver_saga.h"

/* Half of the client's patience goes to charges; the rest is for the void, the writes, and luck. */
enum { CHARGE_BUDGET_DIVISOR = 2 };

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
    driver->charge_budget_ms = settings->order_deadline_ms / CHARGE_BUDGET_DIVISOR;
    slab_init(&driver->sagas, sizeof(struct saga), DRIVER_SAGA_COUNT_MAX);
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
    timer_stop(driver->settings.clock, &driver->answer_timer);
    slab_free(&driver->sagas);
    free(driver);
}

static void fill_saga(struct saga *saga, struct driver *driver,
                      const struct driver_command *command, int64_t id)
{
    assert(command->item_name_size <= sizeof saga->item_name);
    memcpy(saga->item_name, command->item_name, command->item_name_size);
    saga->driver = driver;
    saga->order = (struct order){
        .id = id,
        .uid = uuid_random(driver->settings.prng),
        .item_name = saga->item_name,
        .item_name_size = command->item_name_size,
        .quantity = command->quantity,
        .price = command->price,
        .status = ORDER_PENDING,
    };
    saga->trace = command->trace;
    saga->state = SAGA_CREATING;
    saga->created_ms = clock_now_ms(driver->settings.clock);
    saga->answer_by_ms = saga->created_ms + driver->settings.order_deadline_ms;
    saga->reply_to = command->reply_to;
    saga->answer_when_created = command->answer_when_created;
    saga_init_backoff(saga);
    list_init(&saga->in_running);
    list_init(&saga->in_waiting);
}

enum status driver_create(struct driver *driver, const struct driver_command *command)
{
    if (driver->is_draining)
        return STATUS_STOPPING;
    struct saga *saga = slab_take(&driver->sagas);
    if (saga == NULL)
        return STATUS_OVERLOADED;
    int64_t id = ids_take(&driver->ids);
    if (id == 0) {
        slab_put(&driver->sagas, saga);
        return STATUS_UNAVAILABLE;
    }
    fill_saga(saga, driver, command, id);
    enum status status = saga_start(saga);
    if (status != STATUS_OK) {
        slab_put(&driver->sagas, saga);
        return status;
    }
    list_append(&driver->running, &saga->in_running);
    list_append(&driver->waiting, &saga->in_waiting);
    driver->saga_count++;
    arm_answer_timer(driver);
    return STATUS_OK;
}

void saga_answer(struct saga *saga, enum driver_answer answer)
{
    if (saga->is_answered)
        return;
    saga->is_answered = true;
    list_remove(&saga->in_waiting);
    const struct driver_settings *settings = &saga->driver->settings;
    settings->answer(settings->answer_context, saga->reply_to, answer, &saga->order);
}

void saga_release(struct saga *saga)
{
    struct driver *driver = saga->driver;
    assert(!timer_is_active(&saga->backoff));
    assert(saga->is_answered);
    list_remove(&saga->in_running);
    driver->saga_count--;
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

bool driver_is_ready(const struct driver *driver)
{
    return ids_is_ready(&driver->ids);
}
