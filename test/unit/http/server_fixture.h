/* server_fixture - the server behind a real socket on loopback, and a client to talk to it.
 *
 * Place   server tests -> [server_fixture] -> http/server.
 *
 * Client and server share one thread, so the client never blocks, and every wait runs the loop. */
#pragma once

#include "http/session.h" /* more than server.h: the limits that no setting changes */

#define HOST "Host: a\r\n"

enum { PENDING_COUNT_MAX = 64, LARGE_SIZE = 3 * 1024 * 1024 };

struct fixture {
    struct log log;
    struct loop loop;
    struct http_server *server;
    http_exchange_id pending[PENDING_COUNT_MAX]; /* what GET /later has left unanswered */
    size_t pending_count;
    struct buffer received; /* NUL-terminated after each await_ */
    uint64_t skipped_ms;    /* added to the loop's clock */
};

int set_up(void **state);
int tear_down(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Answers 200 with the body "<number>". */
void reply_number(struct fixture *fixture, http_exchange_id exchange, int64_t number);

/* What GET /large answers, byte by byte. */
char large_byte(size_t place);

void run_once(struct fixture *fixture);
/* Lets the clock's time pass without waiting for it. */
void advance(struct fixture *fixture, uint64_t delay_ms);

int connect_client(struct fixture *fixture);
void send_text(int client, const char *text);
/* GET, without a body. */
void ask(int client, const char *path);
/* True where nothing has come yet. */
bool hears_nothing(int client);

/* Each forgets what was received before, and fails the test after WAIT_MS. */
void await_end(struct fixture *fixture, int client, const char *end);
void await_close(struct fixture *fixture, int client);
void await_pending(struct fixture *fixture, size_t count);

/* How often it stands in the log, which is emptied. */
int take_log_count(struct fixture *fixture, const char *text);

void assert_has(const struct fixture *fixture, const char *text);
void assert_has_not(const struct fixture *fixture, const char *text);
