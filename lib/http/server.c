#include "http/server.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "http/session.h"

enum {
    DETAIL_SIZE_MAX = 256,
    /* Open files for everything that is no client: database connections, calls, logs. */
    OTHER_FILES_COUNT = 64,
    CONNECTION_COUNT_MIN = 16
};

_Static_assert((int)HTTP_CONNECTION_COUNT_MAX <= (int)NET_CONNECTION_COUNT_MAX,
               "a set has room for them all");

/* As many as the system lets us open, after asking it for more. */
static size_t connection_count_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return CONNECTION_COUNT_MIN;
    rlim_t soft_limit = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        limit.rlim_cur = soft_limit;
    if (limit.rlim_cur < OTHER_FILES_COUNT + CONNECTION_COUNT_MIN)
        return CONNECTION_COUNT_MIN;
    rlim_t count = limit.rlim_cur - OTHER_FILES_COUNT;
    return count < HTTP_CONNECTION_COUNT_MAX ? (size_t)count : HTTP_CONNECTION_COUNT_MAX;
}

static void free_server(struct http_server *server)
{
    deadline_queue_stop(&server->request_deadlines);
    deadline_queue_stop(&server->idle_deadlines);
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
    http_session_open(server, socket);
    if (server->session_count >= server->session_count_max)
        net_listener_pause(&server->listener);
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
    .on_closed = on_listener_closed,
};

static void log_cannot_listen(const struct http_server *server, int uv_error)
{
    log_write(server->loop->log, LOG_ERROR, NULL, "Can't listen on %s: %s", server->settings.listen,
              uv_strerror(uv_error));
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

enum status http_server_open(struct loop *loop, const struct http_server_settings *settings,
                             struct http_server **server)
{
    struct http_server *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->loop = loop;
    opened->settings = *settings;
    opened->session_count_max = connection_count_max();
    opened->on_session_closed = on_session_closed;
    if (net_set_init(&opened->set, loop, HTTP_OUTPUT_SIZE_MAX) != STATUS_OK) {
        free(opened);
        return STATUS_NO_MEMORY;
    }
    list_init(&opened->sessions);
    slab_init(&opened->session_slab, sizeof(struct http_session), HTTP_CONNECTION_COUNT_MAX);
    http_exchange_table_init(&opened->exchanges,
                             (size_t)HTTP_CONNECTION_COUNT_MAX * HTTP_PIPELINE_DEPTH_MAX,
                             HTTP_OUTPUT_SIZE_MAX);
    deadline_queue_init(&opened->request_deadlines, &loop->clock, HTTP_REQUEST_MS,
                        http_session_on_request_late);
    deadline_queue_init(&opened->idle_deadlines, &loop->clock, HTTP_IDLE_MS, http_session_on_idle);
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

void http_reply_error(struct http_server *server, http_exchange_id exchange, int status,
                      const char *headers, const char *detail)
{
    char body[DETAIL_SIZE_MAX];
    int size = snprintf(body, sizeof body, "{\"detail\":\"%s\"}", detail);
    assert(size > 0 && (size_t)size < sizeof body);
    struct http_response response = {
        .status = status,
        .headers = headers,
        .body = {.data = body, .size = (size_t)size},
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
