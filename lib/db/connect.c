#include <stdio.h>
#include <string.h>

#include "db/conn_private.h"

enum {
    CONNECT_TIMEOUT_MS = 3000,
    SCRIPT_BEGIN_TIMEOUT_MS = 3000, /* from then on, the script may take schema_timeout_ms */
    SCRIPT_SIZE_MAX = 1024 * 1024,
};

enum { VERSION_WITH_TRANSACTION_TIMEOUT = 170000, SETTING_SIZE = 64 };

static void restart_timer(struct db_conn *conn, uint64_t delay_ms)
{
    timer_start(&conn->settings->loop->clock, &conn->timer, delay_ms);
}

/* Errors that come between segments, such as that of a server that stops, come only this way. */
static void on_notice(void *context, const PGresult *notice)
{
    struct db_conn *conn = context;
    if (conn->state == CONN_MIGRATING)
        restart_timer(conn, conn->settings->schema_timeout_ms);
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    bool is_error =
        severity != NULL && (strcmp(severity, "ERROR") == 0 || strcmp(severity, "FATAL") == 0 ||
                             strcmp(severity, "PANIC") == 0);
    if (is_error)
        db_error_set(&conn->last_words, notice);
    bool is_warning = severity != NULL && strcmp(severity, "WARNING") == 0;
    log_write(conn->settings->loop->log, is_warning ? LOG_WARN : LOG_DEBUG, NULL,
              "database %s: connection %d: the server says: %s", conn->settings->name, conn->number,
              message != NULL ? message : "");
}

void db_conn_connect(struct db_conn *conn, const char *const *keywords, const char *const *values)
{
    conn->pg = PQconnectStartParams(keywords, values, 0);
    db_conn_set_state(conn, CONN_CONNECTING);
    if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
        db_conn_lose(conn, "no attempt could be started");
        return;
    }
    PQsetNoticeReceiver(conn->pg, on_notice, conn);
    restart_timer(conn, CONNECT_TIMEOUT_MS);
    if (!db_conn_open_poll(conn, UV_WRITABLE))
        db_conn_lose(conn, "its socket can't be polled");
}

static bool send_prepares(struct db_conn *conn)
{
    for (size_t i = 0; i < conn->settings->statement_count; i++) {
        const struct db_statement *statement = conn->settings->statements[i];
        Oid types[DB_COLUMN_COUNT_MAX];
        for (int column = 0; column < statement->column_count; column++)
            types[column] = db_type_array_oid(statement->columns[column]);
        db_pipeline_expect_statement(&conn->pipeline, -1);
        db_pipeline_expect_statement(&conn->pipeline, (int)i);
        if (PQsendPrepare(conn->pg, statement->name, statement->sql, statement->column_count,
                          types) == 0 ||
            PQsendDescribePrepared(conn->pg, statement->name) == 0)
            return false;
    }
    return true;
}

/* statement_timeout starts anew with each statement of a segment; this bounds the whole. It can't
 * be a connection parameter, as older servers would refuse it. */
static bool send_transaction_timeout(struct db_conn *conn)
{
    char setting[SETTING_SIZE];
    if (PQserverVersion(conn->pg) < VERSION_WITH_TRANSACTION_TIMEOUT)
        return true;
    snprintf(setting, sizeof setting, "SET transaction_timeout = %llu",
             (unsigned long long)conn->settings->answer_timeout_ms);
    db_pipeline_expect_statement(&conn->pipeline, -1);
    return PQsendQueryParams(conn->pg, setting, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* The first statement whose result would be misread, as after a change of a column's type; NULL:
 * none. The server keeps a prepared statement to the types that it described: it rather refuses to
 * run it (0A000). */
static const struct db_statement *find_unreadable(const struct db_conn *conn)
{
    for (size_t i = 0; i < conn->settings->statement_count; i++) {
        const struct db_statement *statement = conn->settings->statements[i];
        if (!db_statement_can_read(statement, conn->pipeline.results[i]))
            return statement;
    }
    return NULL;
}

void db_conn_finish_preparing(struct db_conn *conn)
{
    if (conn->pipeline.has_error) {
        db_conn_lose(conn, "a statement could not be prepared");
        return;
    }
    const struct db_statement *unreadable = find_unreadable(conn);
    if (unreadable != NULL) {
        char reason[DB_MESSAGE_SIZE];
        snprintf(reason, sizeof reason, "the result of %s has not the columns that it should have",
                 unreadable->name);
        db_conn_lose(conn, reason);
        return;
    }
    db_pipeline_clear(&conn->pipeline);
    db_conn_set_state(conn, CONN_READY);
    conn->events->on_up(conn->owner, conn);
}

static void start_preparing(struct db_conn *conn)
{
    db_conn_set_state(conn, CONN_PREPARING);
    if (PQenterPipelineMode(conn->pg) == 0 || !send_transaction_timeout(conn) ||
        !send_prepares(conn)) {
        db_conn_lose(conn, "the statements could not be sent");
        return;
    }
    db_conn_send_sync(conn);
}

/* libpq keeps a send that failed to itself until reading fails too (fe-misc.c, pqSendSome), which a
 * lack of memory may never cause. So the script begins with a notice, which the server does not
 * keep back until the script is over: it tells that the script has arrived.
 *
 * The server must not wait for another instance that migrates longer than we wait for it: each
 * further attempt would leave one more backend waiting there. */
static bool send_schema_script(struct db_conn *conn)
{
    struct buffer script;
    buffer_init(&script, SCRIPT_SIZE_MAX);
    buffer_append_text(&script, "SET LOCAL client_min_messages = notice;\n"
                                "DO 'BEGIN RAISE NOTICE ''the schema script begins''; END';\n"
                                "SET LOCAL lock_timeout = ");
    buffer_append_int(&script, (int64_t)conn->settings->schema_timeout_ms);
    buffer_append_text(&script, ";\n");
    buffer_append_text(&script, conn->settings->schema_script);
    buffer_append_byte(&script, '\0');
    bool is_sent = !script.failed && PQsendQuery(conn->pg, script.data) == 1;
    buffer_free(&script);
    return is_sent;
}

static void start_migrating(struct db_conn *conn)
{
    db_conn_set_state(conn, CONN_MIGRATING);
    int unsent = send_schema_script(conn) ? PQflush(conn->pg) : -1;
    if (unsent < 0) {
        db_conn_lose(conn, "the schema script could not be sent");
        return;
    }
    db_conn_set_poll_mask(conn, unsent == 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);
    restart_timer(conn, SCRIPT_BEGIN_TIMEOUT_MS);
}

static void start_session(struct db_conn *conn)
{
    if (PQsetnonblocking(conn->pg, 1) != 0 || !db_conn_open_poll(conn, UV_READABLE)) {
        db_conn_lose(conn, "its socket can't be polled");
        return;
    }
    if (conn->settings->schema_script != NULL)
        start_migrating(conn);
    else
        start_preparing(conn);
}

void db_conn_continue_connecting(struct db_conn *conn)
{
    db_conn_close_poll(conn);
    PostgresPollingStatusType wanted = PQconnectPoll(conn->pg);
    if (wanted == PGRES_POLLING_OK)
        start_session(conn);
    else if (wanted == PGRES_POLLING_FAILED)
        db_conn_lose(conn, "no connection");
    else if (!db_conn_open_poll(conn, wanted == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE))
        db_conn_lose(conn, "its socket can't be polled");
}

/* True: the script is over. */
static bool read_script_results(struct db_conn *conn)
{
    while (PQisBusy(conn->pg) == 0) {
        PGresult *result = PQgetResult(conn->pg);
        if (result == NULL)
            return true;
        if (PQresultStatus(result) == PGRES_FATAL_ERROR)
            db_error_set(&conn->last_words, result);
        PQclear(result);
    }
    return false;
}

void db_conn_continue_migrating(struct db_conn *conn, bool is_good)
{
    /* Even of a broken socket: the server's last words may be there. */
    if (PQconsumeInput(conn->pg) == 0)
        is_good = false;
    bool is_over = read_script_results(conn);
    int unsent = is_good ? PQflush(conn->pg) : -1;
    if (unsent < 0 || PQstatus(conn->pg) == CONNECTION_BAD || PQsocket(conn->pg) < 0)
        db_conn_lose(conn, "connection lost while the schema was brought up to date");
    else if (!is_over)
        db_conn_set_poll_mask(conn, unsent == 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);
    else if (conn->last_words.sqlstate[0] != '\0')
        db_conn_lose(conn, "the schema could not be brought up to date");
    else
        start_preparing(conn);
}
