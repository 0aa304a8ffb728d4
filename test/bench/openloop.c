/* openloop - posts orders at given rates, whether or not the ones before are answered.
 *
 * Usage   openloop PORT CONNECTIONS RATE:SECONDS…, each RATE:SECONDS a phase
 * Output  JSON: what became of the orders of each phase, with latencies from the moment at which an
 *         order was due, not from that at which it could be sent; and for each half second of the
 *         run how many orders were due, and how many of them got 200 in time.
 * Limits  127.0.0.1 only; SLOT_COUNT_MAX half seconds.
 *
 * What is due in a millisecond goes onto some SEND_COUNT connections that wait for nothing, in
 * batches, each pipelined; where there is none, behind what another one waits for, up to
 * PIPELINE_DEPTH. Beyond that an order waits to be sent, and its time runs. One thread, and one
 * system call for a batch and one for its answers, so that the service is measured and not this
 * program. Larger batches would be cheaper still, but whoever is refused behind an order of its
 * batch is told so after that order. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PIPELINE_DEPTH = 16,
    BATCH_COUNT_MAX = 8,
    SEND_COUNT = 32,
    PART_SIZE_MAX = 2048, /* of an answer that is not whole yet */
    PHASE_COUNT_MAX = 8,
    SLOT_US = 500 * 1000,
    SLOT_COUNT_MAX = 512,
    IN_TIME_US = 200 * 1000,
    PATIENCE_US = 20 * 1000 * 1000, /* for the last answers */
    EVENT_COUNT = 512,
    READ_SIZE = 64 * 1024,
    US_PER_S = 1000 * 1000
};

enum fate { FATE_OK, FATE_REFUSED, FATE_OTHER, FATE_COUNT };

struct latencies {
    uint32_t *us;
    size_t count;
};

struct phase {
    double rate;
    double seconds;
    uint64_t start_us;
    uint64_t due_count;
    struct latencies latencies[FATE_COUNT];
};

struct connection {
    int socket; /* -1: lost */
    size_t first;
    size_t waiting_count;
    uint64_t numbers[PIPELINE_DEPTH]; /* of the orders that wait, a ring from `first` on */
    size_t part_size;
    char part[PART_SIZE_MAX];
};

struct slot {
    uint64_t due_count;
    uint64_t in_time_count;
};

/* Orders are numbered over all phases. */
struct load {
    struct phase phases[PHASE_COUNT_MAX];
    size_t phase_count;
    uint64_t total_count;
    uint64_t due_count;
    uint64_t sent_count;
    uint64_t ended_count;
    uint64_t lost_count; /* with their connection */
    struct slot slots[SLOT_COUNT_MAX];
    struct connection *connections;
    size_t connection_count;
    struct connection **idle; /* a stack: the one that was used last is warm */
    size_t idle_count;
    size_t next_busy;
    int epoll;
};

#define ORDER                                                                                      \
    "POST /orders/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"              \
    "Content-Length: 46\r\n\r\n{\"item_name\":\"Apple\",\"quantity\":1,\"price\":100}"

static const char batch[] = ORDER ORDER ORDER ORDER ORDER ORDER ORDER ORDER;

_Static_assert(sizeof batch - 1 == BATCH_COUNT_MAX * (sizeof ORDER - 1), "so many in a batch");

static void fail(const char *what)
{
    fprintf(stderr, "openloop: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        fail("memory");
    return memory;
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * US_PER_S + (uint64_t)now.tv_nsec / 1000;
}

static struct phase *phase_of(struct load *load, uint64_t *number)
{
    struct phase *phase = load->phases;
    for (; *number >= phase->due_count; phase++)
        *number -= phase->due_count;
    return phase;
}

static uint64_t due_us(struct load *load, uint64_t number)
{
    const struct phase *phase = phase_of(load, &number);
    return phase->start_us + (uint64_t)((double)number * US_PER_S / phase->rate);
}

static struct slot *slot_at(struct load *load, uint64_t time_us)
{
    size_t slot = (size_t)((time_us - load->phases[0].start_us) / SLOT_US);
    return &load->slots[slot < SLOT_COUNT_MAX ? slot : SLOT_COUNT_MAX - 1];
}

static void count_answer(struct load *load, uint64_t number, enum fate fate, uint64_t at_us)
{
    uint64_t begin_us = due_us(load, number);
    uint64_t latency_us = at_us - begin_us;
    struct latencies *latencies = &phase_of(load, &number)->latencies[fate];
    latencies->us[latencies->count++] = latency_us < UINT32_MAX ? (uint32_t)latency_us : UINT32_MAX;
    load->ended_count++;
    if (fate == FATE_OK && latency_us < IN_TIME_US)
        slot_at(load, begin_us)->in_time_count++;
}

static enum fate fate_of(const char *head, size_t size)
{
    if (memcmp(head, "HTTP/1.1 200", 12) == 0)
        return FATE_OK;
    bool is_refused = memcmp(head, "HTTP/1.1 503", 12) == 0 &&
                      memmem(head, size, "\r\nRetry-After: ", 15) != NULL;
    return is_refused ? FATE_REFUSED : FATE_OTHER;
}

/* Every answer has a Content-Length. 0: it is not whole. */
static size_t answer_size(const char *data, size_t size, enum fate *fate)
{
    static const char length_name[] = "\r\nContent-Length: ";
    const char *end = memmem(data, size, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    size_t head_size = (size_t)(end - data) + 4;
    const char *length = memmem(data, head_size, length_name, sizeof length_name - 1);
    if (length == NULL)
        return 0;
    *fate = fate_of(data, head_size);
    size_t whole_size = head_size + strtoul(length + sizeof length_name - 1, NULL, 10);
    return whole_size <= size ? whole_size : 0;
}

static size_t take_answers(struct load *load, struct connection *connection, const char *data,
                           size_t size)
{
    uint64_t at_us = now_us();
    size_t used = 0;
    while (connection->waiting_count != 0) {
        enum fate fate;
        size_t answer = answer_size(data + used, size - used, &fate);
        if (answer == 0)
            break;
        used += answer;
        count_answer(load, connection->numbers[connection->first], fate, at_us);
        connection->first = (connection->first + 1) % PIPELINE_DEPTH;
        connection->waiting_count--;
    }
    if (connection->waiting_count == 0)
        load->idle[load->idle_count++] = connection;
    return used;
}

static void lose(struct load *load, struct connection *connection)
{
    close(connection->socket);
    connection->socket = -1;
    load->lost_count += connection->waiting_count;
    load->ended_count += connection->waiting_count;
    connection->waiting_count = 0;
}

static void receive(struct load *load, struct connection *connection)
{
    static char data[PART_SIZE_MAX + READ_SIZE];
    memcpy(data, connection->part, connection->part_size);
    ssize_t got = recv(connection->socket, data + connection->part_size, READ_SIZE, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            lose(load, connection);
        return;
    }
    size_t size = connection->part_size + (size_t)got;
    size_t used = take_answers(load, connection, data, size);
    connection->part_size = size - used;
    if (connection->part_size > PART_SIZE_MAX)
        lose(load, connection);
    else
        memcpy(connection->part, data + used, connection->part_size);
}

/* NULL: all have as many as they may. */
static struct connection *choose(struct load *load)
{
    while (load->idle_count != 0) {
        struct connection *connection = load->idle[--load->idle_count];
        if (connection->socket >= 0)
            return connection;
    }
    for (size_t tried = 0; tried < load->connection_count; tried++) {
        struct connection *connection =
            &load->connections[load->next_busy++ % load->connection_count];
        if (connection->socket >= 0 && connection->waiting_count < PIPELINE_DEPTH)
            return connection;
    }
    return NULL;
}

static bool send_batch(struct load *load, size_t count_max)
{
    struct connection *connection = choose(load);
    if (connection == NULL)
        return false;
    size_t count = 0;
    while (count < count_max && load->sent_count < load->due_count &&
           connection->waiting_count < PIPELINE_DEPTH) {
        size_t last = (connection->first + connection->waiting_count++) % PIPELINE_DEPTH;
        connection->numbers[last] = load->sent_count++;
        count++;
    }
    /* So little always fits into the socket. */
    size_t size = count * (sizeof ORDER - 1);
    if (send(connection->socket, batch, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size)
        lose(load, connection);
    return true;
}

static void send_due(struct load *load)
{
    uint64_t at_us = now_us();
    while (load->due_count < load->total_count) {
        uint64_t begin_us = due_us(load, load->due_count);
        if (begin_us > at_us)
            break;
        slot_at(load, begin_us)->due_count++;
        load->due_count++;
    }
    size_t count_max = (size_t)(load->due_count - load->sent_count) / SEND_COUNT + 1;
    if (count_max > BATCH_COUNT_MAX)
        count_max = BATCH_COUNT_MAX;
    while (load->sent_count < load->due_count && send_batch(load, count_max)) {
    }
}

static void connect_all(struct load *load, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int on = 1;
    load->epoll = epoll_create1(0);
    load->connections = allocate(load->connection_count, sizeof *load->connections);
    load->idle = allocate(load->connection_count, sizeof(struct connection *));
    for (size_t i = 0; i < load->connection_count; i++) {
        struct connection *connection = &load->connections[i];
        connection->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connection->socket < 0 ||
            connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0)
            fail("connect");
        setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->socket, &event) != 0)
            fail("epoll");
        load->idle[load->idle_count++] = connection;
    }
}

static void run(struct load *load)
{
    struct epoll_event events[EVENT_COUNT];
    uint64_t start_us = now_us();
    for (size_t i = 0; i < load->phase_count; i++) {
        load->phases[i].start_us = start_us;
        start_us += (uint64_t)(load->phases[i].seconds * US_PER_S);
    }
    while (load->ended_count < load->total_count && now_us() < start_us + PATIENCE_US) {
        send_due(load);
        int count = epoll_wait(load->epoll, events, EVENT_COUNT, 1);
        for (int i = 0; i < count; i++)
            receive(load, events[i].data.ptr);
    }
}

static void read_phase(struct load *load, const char *text)
{
    if (load->phase_count == PHASE_COUNT_MAX)
        fail("too many phases");
    struct phase *phase = &load->phases[load->phase_count++];
    char *colon;
    char *end = NULL;
    phase->rate = strtod(text, &colon);
    if (*colon == ':')
        phase->seconds = strtod(colon + 1, &end);
    if (end == NULL || *end != '\0' || !(phase->rate > 0) || !(phase->seconds > 0))
        fail(text);
    phase->due_count = (uint64_t)(phase->rate * phase->seconds);
    load->total_count += phase->due_count;
    for (int fate = 0; fate < FATE_COUNT; fate++)
        phase->latencies[fate].us = allocate(phase->due_count + 1, sizeof(uint32_t));
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void print_latencies(const char *name, struct latencies *latencies)
{
    size_t count = latencies->count;
    qsort(latencies->us, count, sizeof(uint32_t), compare);
    size_t half = count / 2;
    size_t most = count * 99 / 100;
    size_t last = count == 0 ? 0 : count - 1;
    const uint32_t *us = latencies->us;
    printf("\"%s\":{\"count\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}", name, count,
           us[half] / 1e3, us[most] / 1e3, us[last] / 1e3);
}

static void print(struct load *load)
{
    static const char *const names[] = {"ok", "refused", "other"};
    printf("{\"lost\":%llu,\"unanswered\":%llu,\"phases\":[", (unsigned long long)load->lost_count,
           (unsigned long long)(load->total_count - load->ended_count));
    for (size_t i = 0; i < load->phase_count; i++) {
        struct phase *phase = &load->phases[i];
        printf("%s{\"rate\":%.0f,\"seconds\":%.3f,\"due\":%llu", i == 0 ? "" : ",", phase->rate,
               phase->seconds, (unsigned long long)phase->due_count);
        for (int fate = 0; fate < FATE_COUNT; fate++) {
            printf(",");
            print_latencies(names[fate], &phase->latencies[fate]);
        }
        printf("}");
    }
    printf("],\"slots\":[");
    for (size_t i = 0; i < SLOT_COUNT_MAX && load->slots[i].due_count != 0; i++)
        printf("%s[%llu,%llu]", i == 0 ? "" : ",", (unsigned long long)load->slots[i].due_count,
               (unsigned long long)load->slots[i].in_time_count);
    printf("]}\n");
}

int main(int argc, char **argv)
{
    static struct load load;
    if (argc < 4) {
        fprintf(stderr, "usage: openloop PORT CONNECTIONS RATE:SECONDS...\n");
        return 2;
    }
    load.connection_count = strtoul(argv[2], NULL, 10);
    for (int i = 3; i < argc; i++)
        read_phase(&load, argv[i]);
    connect_all(&load, (uint16_t)strtoul(argv[1], NULL, 10));
    run(&load);
    print(&load);
    return 0;
}
