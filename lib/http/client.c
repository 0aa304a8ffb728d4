#include "http/client.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lookup.h"
#include "http/auth.h"
#include "http/client_conns.h"

enum {
    /* After a failure, how long to do with the connections that are up. */
    GROWTH_PAUSE_MS = 1000,
    /* A call that waits ends at most this late: the list is not searched more often. */
    WAITING_SLACK_MS = 10,
    /* No connection's output can exceed what its calls may take, so that limit is never met. */
    REQUEST_SIZE_MAX = HTTP_HEAD_SIZE_MAX + HTTP_BODY_SIZE_MAX,
    /* The deadlines of its calls end a connection long before. */
    WRITE_TIMEOUT_MS = 30 * 1000,
    REASON_SIZE = 128,
};

/* A call is in one of three places: in `waiting` until a connection has room for it, in a
 * connection's list once it is written there, or in `unsent` when it is to be answered with
 * STATUS_UNAVAILABLE. */
struct http_client {
    struct loop *loop;
    struct http_origin origin;
    struct loop_hook
        hook; /* runs before the set's, so that what it writes leaves in the same turn */
    struct net_set set;
    struct client_conns conns;
    struct list_node waiting;
    size_t waiting_count;
    struct timer waiting_timer; /* no later than the first deadline of `waiting`, once it runs */
    struct list_node unsent;
    struct timer unsent_timer;
    struct lookup *lookup;     /* NULL: none under way. While there is one, all conns are down */
    size_t address_index;      /* to connect to next */
    size_t failed_count;       /* attempts in a row, while no connection is up */
    uint64_t growth_paused_ms; /* until then no connection is added to others */
    bool is_unreachable;       /* and that was logged */
    bool is_closing;
    uv_idle_t release; /* never started; its closing defers the end of the memory */
};

static void on_released(uv_handle_t *handle)
{
    struct http_client *client = handle->data;
    loop_remove_hook(&client->hook);
    net_set_free(&client->set);
    free(client);
}

static void release_if_over(struct http_client *client)
{
    uv_handle_t *handle = (uv_handle_t *)&client->release;
    if (client->is_closing && client->set.open_count == 0 && !uv_is_closing(handle))
        uv_close(handle, on_released);
}

static void answer_unsent(struct http_client *client)
{
    struct list_node *node;
    while ((node = list_take_first(&client->unsent)) != NULL) {
        struct http_call *call = LIST_ELEMENT(node, struct http_call, node);
        call->callback(call, STATUS_UNAVAILABLE, NULL);
    }
}

static void on_unsent_timer(struct timer *timer, void *context)
{
    (void)timer;
    answer_unsent(context);
}

/* By a timer, because it may have been submitted in this very turn. */
static void give_up(struct http_client *client, struct http_call *call)
{
    list_remove(&call->node);
    client->waiting_count--;
    list_append(&client->unsent, &call->node);
    if (!timer_is_active(&client->unsent_timer))
        timer_start(&client->loop->clock, &client->unsent_timer, 0);
}

static void give_up_all(struct http_client *client)
{
    LIST_EACH (node, &client->waiting)
        give_up(client, LIST_ELEMENT(node, struct http_call, node));
}

static uint64_t rest_ms(const struct loop *loop, uint64_t deadline_ms)
{
    uint64_t now_ms = clock_now_ms(&loop->clock);
    return deadline_ms > now_ms ? deadline_ms - now_ms : 0;
}

/* Gives up what has waited too long, and comes back for the next. */
static void watch_waiting(struct http_client *client)
{
    uint64_t now_ms = clock_now_ms(&client->loop->clock);
    uint64_t first_ms = UINT64_MAX;
    LIST_EACH (node, &client->waiting) {
        struct http_call *call = LIST_ELEMENT(node, struct http_call, node);
        if (call->deadline_ms <= now_ms)
            give_up(client, call);
        else if (call->deadline_ms < first_ms)
            first_ms = call->deadline_ms;
    }
    if (first_ms == UINT64_MAX)
        return;
    uint64_t delay_ms = first_ms - now_ms;
    timer_start(&client->loop->clock, &client->waiting_timer,
                delay_ms < WAITING_SLACK_MS ? WAITING_SLACK_MS : delay_ms);
}

static void on_waiting_timer(struct timer *timer, void *context)
{
    (void)timer;
    watch_waiting(context);
}

static struct client_spread spread_now(struct http_client *client)
{
    return client_conns_spread(&client->conns, clock_now_ms(&client->loop->clock));
}

static void on_up(void *owner)
{
    struct http_client *client = owner;
    client->failed_count = 0;
    if (client->is_unreachable)
        log_write(client->loop->log, LOG_INFO, NULL, "%s is reachable again",
                  client->origin.authority);
    client->is_unreachable = false;
}

static void use_addresses(struct http_client *client, const struct addrinfo *found)
{
    http_origin_set_addresses(&client->origin, found);
    client->address_index = 0;
    client->failed_count = 0;
}

/* Whatever can be tried was tried: nobody waits on. A name is looked up again for the next call, as
 * its service may have moved. */
static void on_unreachable(struct http_client *client, const char *reason)
{
    client->failed_count = 0;
    if (!client->origin.is_numeric)
        use_addresses(client, NULL);
    if (!client->is_unreachable)
        log_write(client->loop->log, LOG_WARN, NULL,
                  "%s is not reachable: %s; see whether it runs, and whether its URL is right "
                  "(--check-config shows it)",
                  client->origin.authority, reason);
    client->is_unreachable = true;
    give_up_all(client);
}

static void on_connect_failed(struct http_client *client, const char *reason)
{
    const struct client_spread spread = spread_now(client);
    if (spread.count + spread.stalled_count + spread.connecting_count != 0) {
        client->growth_paused_ms = clock_now_ms(&client->loop->clock) + GROWTH_PAUSE_MS;
        return;
    }
    /* Each address gets one attempt. */
    client->address_index = (client->address_index + 1) % client->origin.address_count;
    client->failed_count++;
    if (client->failed_count >= client->origin.address_count)
        on_unreachable(client, reason);
}

static void on_lookup_failed(struct http_client *client, const char *reason)
{
    char text[REASON_SIZE];
    snprintf(text, sizeof text, "its name can't be looked up: %s", reason);
    on_unreachable(client, text);
}

/* Should calls still wait, the end of this turn connects for them. */
static void on_lookup(void *context, const struct addrinfo *found, const char *reason)
{
    struct http_client *client = context;
    client->lookup = NULL;
    use_addresses(client, found);
    if (client->origin.address_count == 0)
        on_lookup_failed(client, reason != NULL ? reason : "it has no address");
}

static void start_lookup(struct http_client *client)
{
    const struct http_origin *origin = &client->origin;
    enum status status =
        lookup_start(client->loop, origin->host, origin->port, on_lookup, client, &client->lookup);
    if (status != STATUS_OK)
        on_lookup_failed(client, status_text(status));
}

static void on_ended(void *owner, bool was_up, const char *reason)
{
    struct http_client *client = owner;
    if (client->is_closing)
        release_if_over(client);
    else if (!was_up)
        on_connect_failed(client, reason);
}

static const struct client_conn_events conn_events = {.on_up = on_up, .on_ended = on_ended};

static void send_waiting(struct http_client *client, const struct client_spread *spread)
{
    uint64_t now_ms = clock_now_ms(&client->loop->clock);
    while (!list_is_empty(&client->waiting)) {
        struct http_call *call = LIST_ELEMENT(client->waiting.next, struct http_call, node);
        if (call->deadline_ms <= now_ms) {
            give_up(client, call);
            continue;
        }
        struct client_conn *conn = client_spread_choose(spread);
        if (conn == NULL)
            return;
        list_remove(&call->node);
        client->waiting_count--;
        client_conn_send(conn, call);
    }
}

static bool needs_connection(const struct http_client *client, const struct client_spread *spread)
{
    /* What is closing tells in a moment whether it was an attempt that failed. */
    if (client->lookup != NULL || spread->connecting_count != 0 || spread->closing_count != 0)
        return false;
    if (spread->count + spread->stalled_count == 0)
        return client->waiting_count != 0;
    return client_spread_should_grow(spread) &&
           clock_now_ms(&client->loop->clock) >= client->growth_paused_ms;
}

static void open_connection(struct http_client *client)
{
    struct client_conn *conn = client_conns_find_down(&client->conns);
    if (conn != NULL &&
        !client_conn_connect(conn, &client->set, &client->origin.addresses[client->address_index]))
        on_connect_failed(client, status_text(STATUS_NO_MEMORY));
}

/* The end of the turn: everything submitted in it leaves together. */
static void dispatch(void *context)
{
    struct http_client *client = context;
    if (client->is_closing)
        return;
    const struct client_spread spread = spread_now(client);
    send_waiting(client, &spread);
    if (needs_connection(client, &spread)) {
        if (client->origin.address_count == 0)
            start_lookup(client);
        else
            open_connection(client);
    }
    if (!list_is_empty(&client->waiting) && !timer_is_active(&client->waiting_timer))
        watch_waiting(client);
}

enum status http_client_open(struct loop *loop, const char *url, struct http_client **client)
{
    struct http_client *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->loop = loop;
    const char *reason;
    enum status status = http_origin_parse(url, &opened->origin, &reason);
    if (status != STATUS_OK) {
        log_write(loop->log, LOG_ERROR, NULL, "the other service's URL can't be read: %s", reason);
        free(opened);
        return status;
    }
    loop_add_hook(loop, LOOP_PHASE_NETWORK, &opened->hook, dispatch, opened);
    status = net_set_init(&opened->set, loop, (size_t)REQUEST_SIZE_MAX * HTTP_CLIENT_DEPTH_MAX,
                          WRITE_TIMEOUT_MS);
    if (status != STATUS_OK) {
        loop_remove_hook(&opened->hook);
        free(opened);
        return status;
    }
    client_conns_init(&opened->conns, loop, &opened->origin, &conn_events, opened);
    list_init(&opened->waiting);
    list_init(&opened->unsent);
    timer_init(&opened->waiting_timer, on_waiting_timer, opened);
    timer_init(&opened->unsent_timer, on_unsent_timer, opened);
    uv_idle_init(&loop->uv, &opened->release);
    opened->release.data = opened;
    *client = opened;
    return STATUS_OK;
}

void http_client_set_token(struct http_client *client, const char *token)
{
    assert(*token == '\0' || http_token_is_valid(token));
    client->origin.token = token;
}

enum status http_client_submit(struct http_client *client, struct http_call *call)
{
    assert(call->method == HTTP_METHOD_GET || call->method == HTTP_METHOD_POST ||
           call->method == HTTP_METHOD_PUT);
    assert(call->target[0] == '/' && call->body.size <= HTTP_BODY_SIZE_MAX);
    if (client->is_closing)
        return STATUS_STOPPING;
    if (client->waiting_count == HTTP_CLIENT_WAITING_COUNT_MAX)
        return STATUS_OVERLOADED;
    list_append(&client->waiting, &call->node);
    client->waiting_count++;
    /* Where the timer does not run, dispatch() starts it, should this call still wait then. */
    if (timer_is_active(&client->waiting_timer) &&
        call->deadline_ms < client->waiting_timer.deadline_ms)
        timer_start(&client->loop->clock, &client->waiting_timer,
                    rest_ms(client->loop, call->deadline_ms));
    return STATUS_OK;
}

void http_client_close(struct http_client *client)
{
    assert(!client->is_closing);
    client->is_closing = true;
    if (client->lookup != NULL)
        lookup_cancel(client->lookup);
    client_conns_close(&client->conns);
    list_move_all(&client->unsent, &client->waiting);
    client->waiting_count = 0;
    answer_unsent(client);
    timer_stop(&client->loop->clock, &client->waiting_timer);
    timer_stop(&client->loop->clock, &client->unsent_timer);
    release_if_over(client);
}
