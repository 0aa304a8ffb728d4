#include "net/listener.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

static void on_readable(uv_poll_t *poll, int status, int events);

static void watch(struct net_listener *listener)
{
    if (!listener->is_started || listener->is_closing || listener->is_paused ||
        timer_is_active(&listener->retry))
        return;
    uv_poll_start(&listener->poll, UV_READABLE, on_readable);
}

static void on_retry(struct timer *timer, void *context)
{
    (void)timer;
    watch(context);
}

static void starve(struct net_listener *listener, int error)
{
    uint64_t now_ms = clock_now_ms(&listener->loop->clock);
    if (now_ms >= listener->silent_until_ms) {
        log_write(listener->loop->log, LOG_WARN, NULL, "Can't accept connections: %s",
                  uv_strerror(-error));
        listener->silent_until_ms = now_ms + NET_LISTENER_WARNING_MS;
    }
    uv_poll_stop(&listener->poll);
    timer_start(&listener->loop->clock, &listener->retry, NET_LISTENER_RETRY_MS);
}

static void accept_waiting(struct net_listener *listener, int count_max)
{
    for (int count = 0; count < count_max && !listener->is_paused; count++) {
        if (!listener->events->has_room(listener->owner)) {
            net_listener_pause(listener);
            return;
        }
        int socket = accept4(listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            listener->events->on_accepted(listener->owner, socket);
            if (listener->is_closing)
                return;
        } else if (errno == EAGAIN) {
            return;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            starve(listener, errno);
            return;
        } /* else that client has gone already; there may be another */
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    accept_waiting(poll->data, NET_LISTENER_BURST_MAX);
}

static bool set_flag(int socket, int level, int option)
{
    int on = 1;
    return setsockopt(socket, level, option, &on, sizeof on) == 0;
}

/* The descriptor, or the error number, negative. TCP_NODELAY is inherited by what it accepts. */
static int open_socket(const struct net_address *address, bool shares_port)
{
    int found = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (found < 0)
        return -errno;
    if (set_flag(found, SOL_SOCKET, SO_REUSEADDR) && set_flag(found, IPPROTO_TCP, TCP_NODELAY) &&
        (!shares_port || set_flag(found, SOL_SOCKET, SO_REUSEPORT)) &&
        bind(found, &address->any, address->size) == 0)
        return found;
    int error = errno;
    close(found);
    return -error;
}

enum status net_listener_open(struct net_listener *listener, struct loop *loop,
                              const struct net_address *address, bool shares_port,
                              const struct net_listener_events *events, void *owner, int *uv_error)
{
    *listener = (struct net_listener){.loop = loop, .events = events, .owner = owner};
    int opened = open_socket(address, shares_port);
    *uv_error = opened < 0 ? opened : 0;
    if (opened < 0)
        return STATUS_SYSTEM;
    *uv_error = uv_poll_init(&loop->uv, &listener->poll, opened);
    if (*uv_error != 0) {
        close(opened);
        return STATUS_SYSTEM;
    }
    listener->socket = opened;
    listener->poll.data = listener;
    timer_init(&listener->retry, on_retry, listener);
    return STATUS_OK;
}

enum status net_listener_start(struct net_listener *listener, int *uv_error)
{
    assert(!listener->is_started);
    *uv_error = listen(listener->socket, NET_LISTENER_BACKLOG) == 0 ? 0 : -errno;
    if (*uv_error != 0)
        return STATUS_SYSTEM;
    listener->is_started = true;
    watch(listener);
    return STATUS_OK;
}

struct net_address net_listener_address(const struct net_listener *listener)
{
    struct net_address address = {.size = sizeof address.ipv6};
    int outcome = getsockname(listener->socket, &address.any, &address.size);
    assert(outcome == 0);
    return address;
}

void net_listener_pause(struct net_listener *listener)
{
    if (listener->is_paused || listener->is_closing)
        return;
    listener->is_paused = true;
    uv_poll_stop(&listener->poll);
}

void net_listener_resume(struct net_listener *listener)
{
    if (!listener->is_paused)
        return;
    listener->is_paused = false;
    watch(listener);
}

static void on_uv_closed(uv_handle_t *handle)
{
    struct net_listener *listener = handle->data;
    listener->events->on_closed(listener->owner);
}

void net_listener_close(struct net_listener *listener)
{
    if (listener->is_closing)
        return;
    /* Closing resets whoever waits in the backlog: they connected in time, so take them first. */
    if (listener->is_started)
        accept_waiting(listener, NET_LISTENER_BACKLOG);
    listener->is_closing = true;
    timer_stop(&listener->loop->clock, &listener->retry);
    uv_poll_stop(&listener->poll);
    close(listener->socket);
    uv_close((uv_handle_t *)&listener->poll, on_uv_closed);
}
