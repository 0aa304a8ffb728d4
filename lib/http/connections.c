#include "http/connections.h"

#include <assert.h>
#include <sys/resource.h>

enum {
    /* Open files for everything that is no client: database connections, calls, logs. */
    OTHER_FILES_COUNT = 64,
    CONNECTION_COUNT_MIN = 16
};

_Static_assert((int)HTTP_SESSION_COUNT_MAX <= (int)NET_CONNECTION_COUNT_MAX,
               "a set has room for them all");

size_t http_connections_possible_count(void)
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

/* An evicted one's socket is closed already; only its memory is still in use. */
static bool is_full(const struct http_server *server)
{
    return server->session_count - server->evicted_count >= server->session_count_max;
}

bool http_connections_have_room(const struct http_server *server)
{
    return !is_full(server) || (server->evicted_count < HTTP_EVICTED_COUNT_MAX &&
                                !list_is_empty(&server->idle_deadlines.running));
}

void http_connections_make_room(struct http_server *server)
{
    if (!is_full(server))
        return;
    assert(http_connections_have_room(server));
    http_session_evict(
        LIST_ELEMENT(server->idle_deadlines.running.next, struct http_session, deadline.node));
    metrics_add(&server->metrics->endings[HTTP_ENDING_EVICTED], 1);
    tally_count(&server->evictions);
}
