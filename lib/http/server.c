#include "http/server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/connections.h"

enum { DETAIL_SIZE_MAX = 256 };

static void free_server(struct http_server *server)
{
    deadline_queue_stop(&server->head_deadlines);
    deadline_queue_stop(&server->body_deadlines);
    deadline_queue_stop(&server->idle_deadlines);
    deadline_queue_stop(&server->stuck_deadlines);
    tally_stop(&server->slow_senders);
    tally_stop(&server->slow_readers);
    tally_stop(&server->evictions);
    tally_stop(&server->intruders);
    http_exchange_table_free(&server->exchanges);
    slab_free(&server->session_slab);
    net_set_free(&server->set);
    free(server);
}

static void free_if_closed(struct http_server *server)
{
    if (server->is_closing && server->session_count == 0 && !server->has_listener)
        free_server(server);
}

static void on_accepted(void *owner, int socket)
{
    struct http_server *server = owner;
    http_connections_make_room(server);
    http_session_open(server, socket);
}

static bool has_room(void *owner)
{
    return http_connections_have_room(owner);
}

static void on_listener_closed(void *owner)
{
    struct http_server *server = owner;
    server->has_listener = false;
    free_if_closed(server);
}

static void on_session_closed(struct http_server *server)
{
    if (server->has_listener)
        net_listener_resume(&server->listener);
    free_if_closed(server);
}

static const struct net_listener_events listener_events = {
    .on_accepted = on_accepted,
    .has_room = has_room,
    .on_closed = on_listener_closed,
};

static const char *listen_advice(int uv_error)
{
    switch (uv_error) {
    case UV_EADDRINUSE:
        return "; stop what listens there (ss -ltnp shows it), or choose another port";
    case UV_EADDRNOTAVAIL:
        return "; no interface has that address: choose another one, or 0.0.0.0 for all";
    case UV_EACCES:
        return "; a port below 1024 is not for every user: choose another one";
    default:
        return "";
    }
}

static void log_cannot_listen(const struct http_server *server, int uv_error)
{
    log_write(server->loop->log, LOG_ERROR, NULL, "Can't listen on %s: %s%s",
              server->settings.listen, uv_strerror(uv_error), listen_advice(uv_error));
}

static enum status take_address(struct http_server *server)
{
    struct log *log = server->loop->log;
    const char *text = server->settings.listen;
    struct net_address address;
    if (net_address_parse(text, &address) != STATUS_OK) {
        log_write(log, LOG_ERROR, NULL, "Can't listen on \"%s\": it is not host:port", text);
        return STATUS_INVALID;
    }
    if (server->settings.shares_port && net_address_port(&address) == 0) {
        log_write(log, LOG_ERROR, NULL,
                  "Can't share port 0 of \"%s\": each instance would get another one", text);
        return STATUS_INVALID;
    }
    int uv_error;
    enum status status =
        net_listener_open(&server->listener, server->loop, &address, server->settings.shares_port,
                          &listener_events, server, &uv_error);
    if (status != STATUS_OK)
        log_cannot_listen(server, uv_error);
    return status;
}

static uint64_t or_default(uint64_t timeout_ms, uint64_t default_ms)
{
    return timeout_ms != 0 ? timeout_ms : default_ms;
}

static void init_deadlines(struct http_server *server)
{
    const struct http_server_settings *settings = &server->settings;
    struct clock *clock = &server->loop->clock;
    uint64_t idle_ms = or_default(settings->idle_timeout_ms, HTTP_IDLE_MS);
    deadline_queue_init(&server->head_deadlines, clock,
                        or_default(settings->head_timeout_ms, HTTP_HEAD_MS),
                        http_session_on_head_late);
    deadline_queue_init(&server->body_deadlines, clock,
                        or_default(settings->body_timeout_ms, HTTP_BODY_MS),
                        http_session_on_body_late);
    deadline_queue_init(&server->idle_deadlines, clock, idle_ms, http_session_on_idle);
    deadline_queue_init(&server->stuck_deadlines, clock, idle_ms, http_session_on_stuck);
}

static void init_tallies(struct http_server *server)
{
    struct clock *clock = &server->loop->clock;
    struct log *log = server->loop->log;
    tally_init(&server->slow_senders, clock, log, "Client ended: its request did not come in time");
    tally_init(&server->slow_readers, clock, log, "Client ended: it does not read its answers");
    tally_init(&server->evictions, clock, log,
               "Idle client ended: there are as many connections as there can be");
    tally_init(&server->intruders, clock, log,
               "Request refused: it has no valid bearer token (401)");
}

static size_t session_count_max(const struct http_server *server)
{
    size_t wanted = server->settings.connection_count_max;
    size_t possible = http_connections_possible_count();
    if (wanted > possible)
        log_write(server->loop->log, LOG_WARN, NULL,
                  "%zu connections are wanted, but the limit on open files allows %zu", wanted,
                  possible);
    return wanted == 0 || wanted > possible ? possible : wanted;
}

enum status http_server_open(struct loop *loop, const struct http_server_settings *settings,
                             struct http_server **server)
{
    struct http_server *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->loop = loop;
    opened->settings = *settings;
    if (opened->settings.tokens == NULL)
        opened->settings.tokens = "";
    opened->session_count_max = session_count_max(opened);
    opened->on_session_closed = on_session_closed;
    opened->metrics = settings->metrics != NULL ? settings->metrics : &opened->own_metrics;
    metrics_set(&opened->metrics->connection_count_max, opened->session_count_max);
    if (net_set_init(&opened->set, loop, HTTP_OUTPUT_SIZE_MAX,
                     or_default(settings->write_timeout_ms, HTTP_WRITE_MS)) != STATUS_OK) {
        free(opened);
        return STATUS_NO_MEMORY;
    }
    list_init(&opened->sessions);
    slab_init(&opened->session_slab, sizeof(struct http_session), HTTP_SESSION_COUNT_MAX);
    http_exchange_table_init(&opened->exchanges,
                             (size_t)HTTP_CONNECTION_COUNT_MAX * HTTP_PIPELINE_DEPTH_MAX,
                             HTTP_OUTPUT_SIZE_MAX);
    init_deadlines(opened);
    init_tallies(opened);
    enum status status = take_address(opened);
    if (status != STATUS_OK) {
        free_server(opened);
        return status;
    }
    opened->has_listener = true;
    *server = opened;
    return STATUS_OK;
}

enum status http_server_listen(struct http_server *server)
{
    if (server->is_draining)
        return STATUS_OK;
    int uv_error;
    enum status status = net_listener_start(&server->listener, &uv_error);
    if (status != STATUS_OK)
        log_cannot_listen(server, uv_error);
    return status;
}

void http_reply(struct http_server *server, http_exchange_id exchange,
                const struct http_response *response)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found != NULL)
        http_session_reply(found, response);
}

bool http_is_waiting(const struct http_server *server, http_exchange_id exchange)
{
    return http_exchange_find(&server->exchanges, exchange) != NULL;
}

void http_reply_error(struct http_server *server, http_exchange_id exchange, int status,
                      const char *headers, const char *detail)
{
    static const char start[] = "{\"detail\":\"";
    static const char end[] = "\"}";
    char body[DETAIL_SIZE_MAX];
    size_t end_at = sizeof start - 1 + strlen(detail);
    assert(end_at + sizeof end <= sizeof body);
    memcpy(body, start, sizeof start);
    memcpy(body + sizeof start - 1, detail, strlen(detail) + 1);
    memcpy(body + end_at, end, sizeof end);
    struct http_response response = {
        .status = status,
        .headers = headers,
        .body = {.data = body, .size = end_at + sizeof end - 1},
    };
    http_reply(server, exchange, &response);
}

void http_abandon(struct http_server *server, http_exchange_id exchange)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found != NULL)
        http_session_abandon(found);
}

void http_leave_unanswered(struct http_server *server, http_exchange_id exchange)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found != NULL)
        http_session_leave_unanswered(found);
}

void http_server_drain(struct http_server *server)
{
    if (server->is_draining)
        return;
    server->is_draining = true;
    net_listener_close(&server->listener);
    LIST_EACH (node, &server->sessions)
        http_session_drain(LIST_ELEMENT(node, struct http_session, node));
}

size_t http_server_unfinished_count(const struct http_server *server)
{
    size_t count = server->exchanges.taken_count;
    LIST_EACH (node, &server->sessions) {
        const struct http_session *session = LIST_ELEMENT(node, struct http_session, node);
        if (net_conn_unsent_size(session->conn) != 0)
            count++;
    }
    return count;
}

const struct http_metrics *http_server_metrics(const struct http_server *server)
{
    return server->metrics;
}

int http_server_port(const struct http_server *server)
{
    struct net_address address = net_listener_address(&server->listener);
    return net_address_port(&address);
}

void http_server_close(struct http_server *server)
{
    server->is_closing = true;
    net_listener_close(&server->listener);
    LIST_EACH (node, &server->sessions)
        LIST_ELEMENT(node, struct http_session, node)->is_finished = true; /* no more requests */
    net_set_flush(&server->set);
    LIST_EACH (node, &server->sessions)
        net_conn_close(LIST_ELEMENT(node, struct http_session, node)->conn);
    free_if_closed(server);
}
