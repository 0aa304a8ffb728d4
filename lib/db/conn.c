#include "db/conn.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/conn_private.h"

/* Further reads of one turn over TLS, where decrypted bytes can wait unseen by the poll. */
enum { TLS_READ_COUNT_MAX = 4 };

static void on_timer(struct timer *timer, void *context)
{
    struct db_conn *conn = context;
    (void)timer;
    switch (conn->state) {
    case CONN_CONNECTING:
        db_conn_lose(conn, "no connection in time");
        break;
    case CONN_MIGRATING:
        db_conn_lose(conn, "the schema was not up to date in time");
        break;
    default:
        db_conn_lose(conn, "no answer in time");
    }
}

struct db_conn *db_conn_open(const struct db_conn_settings *settings, int number,
                             const struct db_conn_events *events, void *owner)
{
    struct db_conn *conn = malloc(sizeof *conn);
    if (conn == NULL)
        return NULL;
    *conn =
        (struct db_conn){.settings = settings, .number = number, .events = events, .owner = owner};
    timer_init(&conn->timer, on_timer, conn);
    if (db_pipeline_init(&conn->pipeline, settings->statement_count) != STATUS_OK) {
        db_conn_close(conn);
        return NULL;
    }
    return conn;
}

int db_conn_number(const struct db_conn *conn)
{
    return conn->number;
}

bool db_conn_is_down(const struct db_conn *conn)
{
    return conn->state == CONN_DOWN;
}

bool db_conn_is_free(const struct db_conn *conn)
{
    return conn->state == CONN_READY && conn->drop_reason == NULL;
}

void db_conn_set_state(struct db_conn *conn, enum conn_state state)
{
    static const char *const names[] = {
        [CONN_DOWN] = "down",           [CONN_CONNECTING] = "connecting",
        [CONN_MIGRATING] = "migrating", [CONN_PREPARING] = "preparing",
        [CONN_READY] = "ready",         [CONN_BUSY] = "busy",
    };
    bool is_routine = conn->state >= CONN_READY && state >= CONN_READY;
    if (!is_routine)
        log_write(conn->settings->loop->log, LOG_DEBUG, NULL,
                  "database %s: connection %d: %s -> %s", conn->settings->name, conn->number,
                  names[conn->state], names[state]);
    assert(state != CONN_READY || conn->pipeline.count == 0);
    assert(state != CONN_READY || PQpipelineStatus(conn->pg) == PQ_PIPELINE_ON);
    conn->state = state;
}

static void write_reason(const struct db_conn *conn, const char *reason, char *text, size_t size)
{
    const struct db_error *error = &conn->last_words;
    if (conn->pipeline.has_error)
        error = &conn->pipeline.error;
    const char *detail = error->message[0] != '\0' ? error->message : PQerrorMessage(conn->pg);
    snprintf(text, size, "%s%s%.*s%s%s", reason, detail[0] != '\0' ? ": " : "",
             (int)strcspn(detail, "\n"), detail, error->sqlstate[0] != '\0' ? " " : "",
             error->sqlstate);
}

static void end_session(struct db_conn *conn)
{
    db_conn_close_poll(conn);
    timer_stop(&conn->settings->loop->clock, &conn->timer);
    db_pipeline_clear(&conn->pipeline);
    conn->last_words = (struct db_error){{0}, {0}};
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->drop_reason = NULL;
    db_conn_set_state(conn, CONN_DOWN);
}

void db_conn_lose(struct db_conn *conn, const char *reason)
{
    char text[DB_MESSAGE_SIZE * 2];
    write_reason(conn, reason, text, sizeof text);
    end_session(conn);
    conn->events->on_down(conn->owner, conn, text);
}

void db_conn_close(struct db_conn *conn)
{
    if (conn->state != CONN_DOWN)
        end_session(conn);
    db_pipeline_free(&conn->pipeline);
    free(conn);
}

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

void db_conn_close_poll(struct db_conn *conn)
{
    if (conn->poll == NULL)
        return;
    uv_poll_stop(conn->poll);
    uv_close((uv_handle_t *)conn->poll, on_poll_closed);
    conn->poll = NULL;
    conn->poll_mask = 0;
}

/* False: the connection is no good any more. */
static bool read_answers(struct db_conn *conn, bool is_good)
{
    for (int i = 0; i < TLS_READ_COUNT_MAX; i++) {
        /* A failure is only noted: what came before it may hold the server's last words. */
        if (PQconsumeInput(conn->pg) == 0)
            is_good = false;
        while (db_pipeline_is_waiting(&conn->pipeline) && PQisBusy(conn->pg) == 0) {
            if (!db_pipeline_take(&conn->pipeline, PQgetResult(conn->pg)))
                return false;
        }
        if (!is_good || !db_pipeline_is_waiting(&conn->pipeline) || !PQsslInUse(conn->pg))
            break;
    }
    /* Between segments this parses notices, by which a server says that it is stopping. */
    if (!db_pipeline_is_waiting(&conn->pipeline))
        PQisBusy(conn->pg);
    return is_good;
}

static void finish_segment(struct db_conn *conn)
{
    const struct db_answer answer = {
        .results = conn->pipeline.results,
        .is_committed = !conn->pipeline.has_error,
        .error = &conn->pipeline.error,
        .failed_place = conn->pipeline.failed_place,
    };
    conn->events->on_answer(conn->owner, conn, &answer);
    db_pipeline_clear(&conn->pipeline);
    db_conn_set_state(conn, CONN_READY);
}

/* Everything a session at work does on readiness. Events run last, and after the poll handle of a
 * broken socket is closed: they may open descriptors. */
static void serve(struct db_conn *conn, bool is_good)
{
    is_good = read_answers(conn, is_good);
    bool is_answered = db_pipeline_is_answered(&conn->pipeline);
    int unsent = is_good ? PQflush(conn->pg) : 0;
    if (unsent < 0 || PQstatus(conn->pg) == CONNECTION_BAD || PQsocket(conn->pg) < 0)
        is_good = false;
    if (is_answered && is_good && PQtransactionStatus(conn->pg) != PQTRANS_IDLE)
        is_good = false;
    if (is_good)
        db_conn_set_poll_mask(conn, unsent == 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);
    else
        db_conn_close_poll(conn);
    if (is_answered) {
        timer_stop(&conn->settings->loop->clock, &conn->timer);
        if (conn->state == CONN_PREPARING)
            db_conn_finish_preparing(conn);
        else
            finish_segment(conn);
    }
    if (conn->state == CONN_DOWN)
        return;
    if (!is_good)
        db_conn_lose(conn, "connection lost");
    else if (conn->state == CONN_READY && conn->drop_reason != NULL)
        db_conn_lose(conn, conn->drop_reason);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct db_conn *conn = poll->data;
    (void)events;
    (void)loop_turn_ns(conn->settings->loop);
    if (conn->state == CONN_CONNECTING)
        db_conn_continue_connecting(conn);
    else if (conn->state == CONN_MIGRATING)
        db_conn_continue_migrating(conn, status == 0);
    else
        serve(conn, status == 0);
}

bool db_conn_open_poll(struct db_conn *conn, int mask)
{
    db_conn_close_poll(conn);
    uv_poll_t *poll = malloc(sizeof *poll);
    if (poll == NULL || uv_poll_init(&conn->settings->loop->uv, poll, PQsocket(conn->pg)) != 0) {
        free(poll);
        return false;
    }
    poll->data = conn;
    conn->poll = poll;
    db_conn_set_poll_mask(conn, mask);
    return true;
}

/* Each uv_poll_start() costs system calls, even with an unchanged mask. */
void db_conn_set_poll_mask(struct db_conn *conn, int mask)
{
    if (mask == conn->poll_mask)
        return;
    uv_poll_start(conn->poll, mask, on_poll);
    conn->poll_mask = mask;
}

bool db_conn_send_statement(struct db_conn *conn, int statement_place, const char *const *values,
                            const int *sizes)
{
    static const int formats[DB_COLUMN_COUNT_MAX] = {1, 1, 1, 1, 1, 1, 1, 1};
    const struct db_statement *statement = conn->settings->statements[statement_place];
    if (conn->state == CONN_READY)
        db_conn_set_state(conn, CONN_BUSY);
    assert(conn->state == CONN_BUSY);
    db_pipeline_expect_statement(&conn->pipeline, statement_place);
    if (PQsendQueryPrepared(conn->pg, statement->name, statement->column_count, values, sizes,
                            formats, 1) == 0) {
        db_conn_lose(conn, "a statement could not be sent");
        return false;
    }
    return true;
}

bool db_conn_send_sync(struct db_conn *conn)
{
    assert(conn->state == CONN_BUSY || conn->state == CONN_PREPARING);
    db_pipeline_expect_sync(&conn->pipeline);
    int unsent = PQpipelineSync(conn->pg) == 1 ? PQflush(conn->pg) : -1;
    if (unsent < 0 || PQstatus(conn->pg) == CONNECTION_BAD || PQsocket(conn->pg) < 0) {
        db_conn_lose(conn, "a segment could not be sent");
        return false;
    }
    db_conn_set_poll_mask(conn, unsent == 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);
    timer_start(&conn->settings->loop->clock, &conn->timer, conn->settings->answer_timeout_ms);
    return true;
}

void db_conn_drop(struct db_conn *conn, const char *reason)
{
    conn->drop_reason = reason;
    if (conn->state == CONN_READY)
        db_conn_lose(conn, reason);
}
