/* client_bench - what each test of the http client needs: loop, peer, client, and calls whose
 * outcome is kept.
 *
 * Place      client tests -> [client_bench] -> client_peer, http/client. */
#pragma once

#include "client_peer.h"
#include "http/client.h"

enum { BENCH_CALL_COUNT = 700, BENCH_BODY_SIZE_MAX = 255, BENCH_DEADLINE_MS = 8000 };

struct bench;

struct bench_call {
    struct http_call call; /* first, so that the callback finds the rest */
    struct bench *bench;
    size_t turn;  /* of its submit */
    size_t place; /* 1 for the first that was answered; 0 until then */
    enum status status;
    int answer_status;
    char body[BENCH_BODY_SIZE_MAX + 1];
    void (*then)(struct bench_call *call); /* runs inside the callback; may be NULL */
};

struct bench {
    struct log log;
    struct loop loop;
    struct loop_hook hook;
    uv_timer_t guard;
    struct peer peer;
    struct http_client *client; /* NULL once the test has closed it */
    struct bench_call calls[BENCH_CALL_COUNT];
    size_t answered_count;
    size_t wanted_count;
    size_t wanted_connection_count;
    bool (*is_reached)(struct bench *bench);
    size_t turn;
    uint64_t held_ms;       /* what the clock tells while it is held */
    bool is_closing_client; /* only then a call may be answered in the turn of its submit */
};

/* For cmocka_unit_test_setup_teardown(): *state is the bench, with a peer that refuses. */
int bench_setup(void **state);
int bench_teardown(void **state);

/* The peer accepts from now on and gives each request to the script. */
void bench_serve(struct bench *bench, peer_script *script);

/* GET /<index> with BENCH_DEADLINE_MS, or POST with a body. */
void bench_get(struct bench *bench, size_t index);
void bench_get_within(struct bench *bench, size_t index, uint64_t patience_ms);
enum status bench_submit(struct bench *bench, size_t index);

/* Runs the loop until that many calls in all have been answered, or until `is_reached`. */
void bench_run_until_answered(struct bench *bench, size_t count);
void bench_run_until(struct bench *bench, bool (*is_reached)(struct bench *bench));

/* As soon as one connection is in use, the client opens a second one. */
void bench_run_until_connections(struct bench *bench, size_t count);

/* From now on the loop's clock stands still but for what passes by hand. */
void bench_hold_clock(struct bench *bench);
void bench_pass(struct bench *bench, uint64_t duration_ms);

void bench_close_client(struct bench *bench);
/* Instead of the client that bench_setup() has opened. */
void bench_open_client(struct bench *bench, const char *url);

/* Scripts: 200 with the body "hi"; nothing at all. */
extern const char answer_ok_text[];
peer_script answer_ok;
peer_script stay_silent;

void assert_answered(const struct bench *bench, size_t index, int status, const char *body);
void assert_failed(const struct bench *bench, size_t index, enum status status);
/* With the script answer_ok, whatever became of the calls before. */
void assert_next_call_succeeds(struct bench *bench);
