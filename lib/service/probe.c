#include "service/probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "net/address.h"

enum { REQUEST_SIZE_MAX = 256, STATUS_LINE_SIZE = sizeof "HTTP/1.1 200" };

static void make_reachable(struct net_address *address)
{
    struct in6_addr *ipv6 = &address->ipv6.sin6_addr;
    if (address->any.sa_family == AF_INET && address->ipv4.sin_addr.s_addr == htonl(INADDR_ANY))
        address->ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else if (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(ipv6))
        *ipv6 = in6addr_loopback;
}

static bool fail(char reason[PROBE_REASON_SIZE], const char *what)
{
    snprintf(reason, PROBE_REASON_SIZE, "%s: %s", what, strerror(errno));
    return false;
}

/* The timeouts hold for connecting too (socket(7)). */
static bool send_request(int connection, const struct net_address *address, const char *path,
                         char reason[PROBE_REASON_SIZE])
{
    const struct timeval timeout = {.tv_sec = PROBE_TIMEOUT_MS / 1000};
    char request[REQUEST_SIZE_MAX];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) != 0 ||
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0)
        return fail(reason, "no timeouts");
    if (connect(connection, &address->any, address->size) != 0)
        return fail(reason, "no connection");
    if (send(connection, request, (size_t)size, MSG_NOSIGNAL) != size)
        return fail(reason, "the request could not be sent");
    return true;
}

static bool read_status(int connection, char reason[PROBE_REASON_SIZE])
{
    char line[STATUS_LINE_SIZE] = "";
    ssize_t size = recv(connection, line, sizeof line - 1, MSG_WAITALL);
    if (size < 0)
        return fail(reason, "no answer");
    snprintf(reason, PROBE_REASON_SIZE, "it answered \"%s\"", line);
    return strcmp(line, "HTTP/1.1 200") == 0;
}

bool probe_ask(const char *listen, const char *path, char reason[PROBE_REASON_SIZE])
{
    struct net_address address;
    if (net_address_parse(listen, &address) != STATUS_OK || net_address_port(&address) == 0) {
        snprintf(reason, PROBE_REASON_SIZE, "LISTEN does not tell where to ask");
        return false;
    }
    make_reachable(&address);
    int connection = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return fail(reason, "no socket");
    bool is_good =
        send_request(connection, &address, path, reason) && read_status(connection, reason);
    close(connection);
    return is_good;
}
