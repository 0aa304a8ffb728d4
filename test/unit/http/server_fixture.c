#include "unit/http/server_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 10 * 1000 };

static struct fixture *the_fixture; /* only for the clock, whose context is the loop */

static uint64_t now_ms(void *context)
{
    const struct loop *loop = context;
    return uv_now(&loop->uv) + the_fixture->skipped_ms;
}

void reply_number(struct fixture *fixture, http_exchange_id exchange, int64_t number)
{
    char body[32];
    int size = snprintf(body, sizeof body, "<%d>", (int)number);
    struct http_response response = {.status = 200, .body = {.data = body, .size = (size_t)size}};
    http_reply(fixture->server, exchange, &response);
}

static void handle_now(void *service, http_exchange_id exchange, const struct http_request *request)
{
    reply_number(service, exchange, request->path_id);
}

static void handle_later(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct fixture *fixture = service;
    (void)request;
    assert_true(fixture->pending_count < PENDING_COUNT_MAX);
    fixture->pending[fixture->pending_count++] = exchange;
}

static void handle_never(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct fixture *fixture = service;
    (void)request;
    http_leave_unanswered(fixture->server, exchange);
}

static void handle_echo(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct fixture *fixture = service;
    struct http_response response = {.status = 200, .body = request->body};
    http_reply(fixture->server, exchange, &response);
}

char large_byte(size_t place)
{
    return (char)('!' +
                  place % 89); /* a prime, so that no shift by a buffer's size looks the same */
}

static void handle_large(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct fixture *fixture = service;
    (void)request;
    struct buffer body;
    buffer_init(&body, LARGE_SIZE);
    char *bytes = buffer_reserve(&body, LARGE_SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE_SIZE; i++)
        bytes[i] = large_byte(i);
    struct http_response response = {.status = 200, .body = {.data = bytes, .size = LARGE_SIZE}};
    http_reply(fixture->server, exchange, &response);
    buffer_free(&body);
}

static const struct http_route routes[] = {
    {HTTP_METHOD_GET, "/now/{id}", handle_now, .takes_json = false},
    {HTTP_METHOD_GET, "/later", handle_later, .takes_json = false},
    {HTTP_METHOD_GET, "/never", handle_never, .takes_json = false},
    {HTTP_METHOD_POST, "/echo", handle_echo, .takes_json = true},
    {HTTP_METHOD_GET, "/large", handle_large, .takes_json = false},
    {HTTP_METHOD_GET, "/open", handle_now, .is_open = true},
};

int set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    the_fixture = &fixture;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    log_init(&fixture.log, "test", LOG_WARN, LOG_FORMAT_TEXT, STDERR_FILENO);
    if (loop_init(&fixture.loop, &fixture.log) != STATUS_OK)
        return -1;
    fixture.loop.clock.now_ms = now_ms;
    buffer_init(&fixture.received, (size_t)2 * LARGE_SIZE);
    struct http_server_settings settings = {
        .listen = "127.0.0.1:0",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .service = &fixture,
    };
    *state = &fixture;
    if (http_server_open(&fixture.loop, &settings, &fixture.server) != STATUS_OK)
        return -1;
    return http_server_listen(fixture.server) == STATUS_OK ? 0 : -1;
}

int tear_down(void **state)
{
    struct fixture *fixture = *state;
    http_server_close(fixture->server);
    enum status status = loop_close(&fixture->loop);
    buffer_free(&fixture->received);
    log_free(&fixture->log);
    return status == STATUS_OK ? 0 : -1;
}

void run_once(struct fixture *fixture)
{
    uv_run(&fixture->loop.uv, UV_RUN_NOWAIT);
}

int connect_client(struct fixture *fixture)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)http_server_port(fixture->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
    return client;
}

void send_text(int client, const char *text)
{
    assert_int_equal(send(client, text, strlen(text), 0), strlen(text));
}

void ask(int client, const char *path)
{
    char text[128];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n" HOST "\r\n", path);
    send_text(client, text);
}

int take_log_count(struct fixture *fixture, const char *text)
{
    int count = 0;
    struct buffer *lines = &fixture->log.buffer;
    buffer_append_byte(lines, '\0');
    const char *rest = lines->data;
    for (; (rest = strstr(rest, text)) != NULL; rest++)
        count++;
    buffer_clear(lines);
    return count;
}

/* False at the end of the stream. */
static bool receive(struct fixture *fixture, int client)
{
    char bytes[16384];
    ssize_t size = recv(client, bytes, sizeof bytes, 0);
    if (size < 0) {
        assert_int_equal(errno, EAGAIN); /* a reset would have lost the reply */
        return true;
    }
    buffer_append(&fixture->received, bytes, (size_t)size);
    return size != 0;
}

static bool ends_with(const struct buffer *received, const char *end)
{
    size_t size = strlen(end);
    return received->size >= size && memcmp(received->data + received->size - size, end, size) == 0;
}

/* Forgets what was received before. */
void await_end(struct fixture *fixture, int client, const char *end)
{
    buffer_clear(&fixture->received);
    uint64_t deadline_ms = uv_hrtime() / 1000000 + WAIT_MS;
    while (!ends_with(&fixture->received, end)) {
        run_once(fixture);
        assert_true(receive(fixture, client));
        assert_true(uv_hrtime() / 1000000 < deadline_ms);
    }
    buffer_append_byte(&fixture->received, '\0');
}

void await_close(struct fixture *fixture, int client)
{
    buffer_clear(&fixture->received);
    uint64_t deadline_ms = uv_hrtime() / 1000000 + WAIT_MS;
    do {
        run_once(fixture);
        assert_true(uv_hrtime() / 1000000 < deadline_ms);
    } while (receive(fixture, client));
    buffer_append_byte(&fixture->received, '\0');
    close(client);
}

void await_pending(struct fixture *fixture, size_t count)
{
    uint64_t deadline_ms = uv_hrtime() / 1000000 + WAIT_MS;
    while (fixture->pending_count < count) {
        run_once(fixture);
        assert_true(uv_hrtime() / 1000000 < deadline_ms);
    }
    assert_int_equal(fixture->pending_count, count);
}

void assert_has(const struct fixture *fixture, const char *text)
{
    if (strstr(fixture->received.data, text) == NULL)
        fail_msg("no \"%s\" in:\n%s", text, fixture->received.data);
}

void assert_has_not(const struct fixture *fixture, const char *text)
{
    if (strstr(fixture->received.data, text) != NULL)
        fail_msg("\"%s\" in:\n%s", text, fixture->received.data);
}

void advance(struct fixture *fixture, uint64_t delay_ms)
{
    fixture->skipped_ms += delay_ms;
    clock_run_due(&fixture->loop.clock);
}

bool hears_nothing(int client)
{
    return recv(client, (char[1]){0}, 1, 0) == -1 && errno == EAGAIN;
}
