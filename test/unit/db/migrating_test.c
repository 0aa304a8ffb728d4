#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>

#include <cmocka.h>

#include "db/pool.h"

/* A server that the test plays between turns of the loop. */
enum { PATIENCE_MS = 5000, BYTES_SIZE = 64 * 1024 };

/* As in db/connect.c. */
enum { SCRIPT_BEGIN_TIMEOUT_MS = 3000 };

struct fixture {
    struct log log;
    int log_file;
    struct loop loop;
    struct prng prng;
    struct db_pool *pool;
    int listener;
    int peer;
    char url[128];
    char received[BYTES_SIZE];
    size_t received_size;
};

/* Authentication OK, what target_session_attrs wants to know, ready for a query. */
static const char greeting[] = "R\0\0\0\10\0\0\0\0"
                               "S\0\0\0\30server_version\00015.0\0"
                               "S\0\0\0\27in_hot_standby\0off\0"
                               "S\0\0\0\46default_transaction_read_only\0off\0"
                               "Z\0\0\0\5I";

static const char notice[] = "N\0\0\0\33SNOTICE\0VNOTICE\0Mhere\0\0";
static const char part_of_answer[] = "C\0\0\0\10SET";
static const char end_of_answer[] = "Z\0\0\0\5I";

static const char end_of_startup[] = "\0\0";
static const char end_of_script[] = "$migration$;\n\0";
static const char sync_message[] = "S\0\0\0\4";

static void open_listener(struct fixture *fixture)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    fixture->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fixture->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fixture->listener, 1), 0);
    assert_int_equal(getsockname(fixture->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(fixture->url, sizeof fixture->url, "postgresql://me@127.0.0.1:%d/any?sslmode=disable",
             ntohs(address.sin_port));
}

static void turn(struct fixture *fixture)
{
    uv_run(&fixture->loop.uv, UV_RUN_NOWAIT);
}

/* Runs turns until the client has sent something that ends with `end`, and forgets what it sent
 * before. */
static void await_bytes(struct fixture *fixture, const char *end, size_t end_size)
{
    char *bytes = fixture->received;
    size_t size = 0;
    uint64_t end_ns = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000 * 1000;
    while (size < end_size || memcmp(bytes + size - end_size, end, end_size) != 0) {
        assert_true(uv_hrtime() < end_ns);
        turn(fixture);
        ssize_t count = recv(fixture->peer, bytes + size, BYTES_SIZE - size, MSG_DONTWAIT);
        size += count > 0 ? (size_t)count : 0;
    }
    fixture->received_size = size;
}

static void await_client(struct fixture *fixture)
{
    uint64_t end_ns = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000 * 1000;
    fixture->peer = -1;
    while (fixture->peer < 0) {
        assert_true(uv_hrtime() < end_ns);
        turn(fixture);
        fixture->peer = accept(fixture->listener, NULL, NULL);
    }
}

static void await_log(struct fixture *fixture, const char *text)
{
    char *all = fixture->received;
    uint64_t end_ns = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000 * 1000;
    ssize_t size = 0;
    while (memmem(all, (size_t)size, text, strlen(text)) == NULL) {
        if (uv_hrtime() > end_ns)
            fail_msg("waited in vain for \"%s\" in\n%.*s", text, (int)size, all);
        turn(fixture);
        log_flush(&fixture->log);
        size = pread(fixture->log_file, all, BYTES_SIZE, 0);
    }
}

static void send_bytes(const struct fixture *fixture, const char *bytes, size_t size)
{
    assert_int_equal(send(fixture->peer, bytes, size, MSG_NOSIGNAL), size);
}

static int set_up(void **state)
{
    static const struct db_migration migration = {.number = 1, .name = "1", .sql = "SELECT 1"};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->log_file = memfd_create("log", MFD_CLOEXEC);
    open_listener(fixture);
    log_init(&fixture->log, "test", LOG_DEBUG, LOG_FORMAT_TEXT, fixture->log_file);
    assert_int_equal(loop_init(&fixture->loop, &fixture->log), STATUS_OK);
    prng_seed(&fixture->prng, 1);
    const struct db_pool_settings settings = {.url = fixture->url,
                                              .name = "fixture",
                                              .connection_count = 1,
                                              .migrations = &migration,
                                              .migration_count = 1,
                                              .answer_timeout_ms = 4000};
    assert_int_equal(db_pool_open(&fixture->loop, &fixture->prng, &settings, &fixture->pool),
                     STATUS_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    db_pool_close(fixture->pool);
    assert_int_equal(loop_close(&fixture->loop), STATUS_OK);
    close(fixture->listener);
    log_free(&fixture->log);
    close(fixture->log_file);
    free(fixture);
    return 0;
}

/* Leaves the client waiting for the answer to its script. */
static void greet(struct fixture *fixture)
{
    await_client(fixture);
    await_bytes(fixture, end_of_startup, sizeof end_of_startup - 1);
    send_bytes(fixture, greeting, sizeof greeting - 1);
    await_bytes(fixture, end_of_script, sizeof end_of_script - 1);
}

/* The bytes and the reset arrive in one turn: the poll reports an error, and there is something to
 * read. */
static void test_reset_behind_good_bytes_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    greet(fixture);
    send_bytes(fixture, part_of_answer, sizeof part_of_answer);
    assert_int_equal(setsockopt(fixture->peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(fixture->peer);
    await_log(fixture, "connection lost while the schema was brought up to date");
}

static void check_lock_timeout(const struct fixture *fixture, const char *setting)
{
    assert_non_null(memmem(fixture->received, fixture->received_size, setting, strlen(setting)));
}

/* Only the first may have much to do, or to wait for. */
static void test_later_connections_wait_less_for_the_schema(void **state)
{
    struct fixture *fixture = *state;
    greet(fixture);
    check_lock_timeout(fixture, "SET LOCAL lock_timeout = 600000;");
    send_bytes(fixture, part_of_answer, sizeof part_of_answer);
    send_bytes(fixture, end_of_answer, sizeof end_of_answer - 1);
    await_bytes(fixture, sync_message, sizeof sync_message - 1);
    send_bytes(fixture, end_of_answer, sizeof end_of_answer - 1);
    await_log(fixture, "connection 1 of 1 is up");
    close(fixture->peer);
    greet(fixture);
    check_lock_timeout(fixture, "SET LOCAL lock_timeout = 10000;");
    close(fixture->peer);
}

static void run_for(struct fixture *fixture, uint64_t duration_ms)
{
    uint64_t end_ns = uv_hrtime() + duration_ms * 1000 * 1000;
    while (uv_hrtime() < end_ns)
        turn(fixture);
}

/* As if the script had never left: libpq need not tell. */
static void test_silent_server_is_left_soon(void **state)
{
    struct fixture *fixture = *state;
    greet(fixture);
    await_log(fixture, "the schema was not up to date in time");
    close(fixture->peer);
}

static void test_server_that_has_begun_may_take_its_time(void **state)
{
    struct fixture *fixture = *state;
    greet(fixture);
    send_bytes(fixture, notice, sizeof notice - 1);
    await_log(fixture, "the server says: here");
    run_for(fixture, SCRIPT_BEGIN_TIMEOUT_MS + 500);
    send_bytes(fixture, part_of_answer, sizeof part_of_answer);
    send_bytes(fixture, end_of_answer, sizeof end_of_answer - 1);
    await_bytes(fixture, sync_message, sizeof sync_message - 1);
    close(fixture->peer);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_reset_behind_good_bytes_is_noticed),
        TEST(test_later_connections_wait_less_for_the_schema),
        TEST(test_silent_server_is_left_soon),
        TEST(test_server_that_has_begun_may_take_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
