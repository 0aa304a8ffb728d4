#include "db/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/lookup.h"

enum { ADDRESS_COUNT_MAX = 16 };

struct db_resolver {
    struct loop *loop;
    const struct db_host *hosts;
    int host_count;
    int host_place;
    char addresses[ADDRESS_COUNT_MAX][DB_ADDRESS_SIZE]; /* of the current host */
    int address_count;
    int address_place;
    struct lookup *lookup; /* NULL: none under way */
    db_resolver_cb *callback;
    void *context;
};

struct db_resolver *db_resolver_open(struct loop *loop, const struct db_host *hosts, int host_count,
                                     db_resolver_cb *callback, void *context)
{
    struct db_resolver *resolver = malloc(sizeof *resolver);
    if (resolver == NULL)
        return NULL;
    *resolver = (struct db_resolver){.loop = loop,
                                     .hosts = hosts,
                                     .host_count = host_count,
                                     .callback = callback,
                                     .context = context};
    return resolver;
}

void db_resolver_close(struct db_resolver *resolver)
{
    if (resolver->lookup != NULL)
        lookup_cancel(resolver->lookup);
    free(resolver);
}

static bool is_numeric(const char *name)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static void keep_addresses(struct db_resolver *resolver, const struct addrinfo *found)
{
    resolver->address_count = 0;
    resolver->address_place = 0;
    for (; found != NULL && resolver->address_count < ADDRESS_COUNT_MAX; found = found->ai_next) {
        char *text = resolver->addresses[resolver->address_count];
        if (getnameinfo(found->ai_addr, found->ai_addrlen, text, DB_ADDRESS_SIZE, NULL, 0,
                        NI_NUMERICHOST) == 0)
            resolver->address_count++;
    }
}

static void on_lookup(void *context, const struct addrinfo *found, const char *reason)
{
    struct db_resolver *resolver = context;
    resolver->lookup = NULL;
    keep_addresses(resolver, found);
    if (reason == NULL && resolver->address_count == 0)
        reason = "the host has no address";
    resolver->callback(resolver->context, reason);
}

static enum status start_lookup(struct db_resolver *resolver, const char *name)
{
    enum status status =
        lookup_start(resolver->loop, name, NULL, on_lookup, resolver, &resolver->lookup);
    return status == STATUS_OK ? STATUS_UNAVAILABLE : status;
}

enum status db_resolver_find(struct db_resolver *resolver, const struct db_host **host,
                             const char **address)
{
    const struct db_host *current = &resolver->hosts[resolver->host_place];
    const char *name = current->name;
    *host = current;
    if (current->address != NULL)
        *address = current->address;
    else if (name == NULL || name[0] == '/' || name[0] == '@')
        *address = NULL;
    else if (is_numeric(name))
        *address = name;
    else if (resolver->address_place < resolver->address_count)
        *address = resolver->addresses[resolver->address_place];
    else
        return resolver->lookup != NULL ? STATUS_UNAVAILABLE : start_lookup(resolver, name);
    return STATUS_OK;
}

bool db_resolver_advance(struct db_resolver *resolver)
{
    if (++resolver->address_place < resolver->address_count)
        return true;
    resolver->address_count = 0;
    resolver->address_place = 0;
    resolver->host_place = (resolver->host_place + 1) % resolver->host_count;
    return resolver->host_place != 0;
}
