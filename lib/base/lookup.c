#include "base/lookup.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Its own allocation, as it can't be relied on to end when whoever started it does. */
struct lookup {
    uv_getaddrinfo_t request;
    lookup_cb *callback; /* NULL: cancelled */
    void *context;
};

static void on_ended(uv_getaddrinfo_t *request, int uv_error, struct addrinfo *found)
{
    struct lookup *lookup = LIST_ELEMENT(request, struct lookup, request);
    if (lookup->callback != NULL && uv_error == 0)
        lookup->callback(lookup->context, found, NULL);
    else if (lookup->callback != NULL)
        lookup->callback(lookup->context, NULL, uv_strerror(uv_error));
    uv_freeaddrinfo(found);
    free(lookup);
}

/* The first call starts libuv's threads, and they inherit its mask: signals are for the loop's. */
static int start_masked(struct loop *loop, struct lookup *lookup, const char *name,
                        const char *port)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV,
    };
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = uv_getaddrinfo(&loop->uv, &lookup->request, on_ended, name, port, &hints);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

enum status lookup_start(struct loop *loop, const char *name, const char *port, lookup_cb *callback,
                         void *context, struct lookup **lookup)
{
    struct lookup *started = malloc(sizeof *started);
    if (started == NULL)
        return STATUS_SYSTEM;
    started->callback = callback;
    started->context = context;
    if (start_masked(loop, started, name, port) != 0) {
        free(started);
        return STATUS_SYSTEM;
    }
    *lookup = started;
    return STATUS_OK;
}

void lookup_cancel(struct lookup *lookup)
{
    lookup->callback = NULL;
    /* Refused where a thread has begun it; then on_ended() frees it when that has ended. */
    uv_cancel((uv_req_t *)&lookup->request);
}
