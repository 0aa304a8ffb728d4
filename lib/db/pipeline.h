/* pipeline - what the server still owes us for a segment, and what it has answered so far.
 *
 * Place      below db/conn; above libpq's PGresult only, does no I/O.
 * Ownership  Takes over every result that it is given.
 * Source     PostgreSQL manual, "Processing Results" of "Pipeline Mode".
 *
 * A statement is answered by a result and a NULL; the Sync by one result without a NULL, or, where
 * the commit itself fails, by an error and a NULL before that. Anything else means that we and
 * libpq disagree about what is under way, and the connection is no good any more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <libpq-fe.h>

#include "base/status.h"

enum { DB_SQLSTATE_SIZE = 6, DB_MESSAGE_SIZE = 256 };

/* An error's code and the first line of its text; both empty: none. */
struct db_error {
    char sqlstate[DB_SQLSTATE_SIZE];
    char message[DB_MESSAGE_SIZE];
};

enum expectation_kind { EXPECT_STATEMENT, EXPECT_SYNC };
enum expectation_stage { STAGE_RESULT, STAGE_END, STAGE_SYNC };

struct expectation {
    enum expectation_kind kind;
    enum expectation_stage stage;
    int place; /* of the statement; -1: nobody wants its result */
};

struct db_pipeline {
    struct expectation *expectations;
    size_t capacity;
    size_t count;
    size_t met_count;   /* the first ones, which have been answered */
    PGresult **results; /* by the statement's place */
    size_t result_count;
    bool has_error;   /* then `error` is the first one */
    int failed_place; /* -1: it came with the Sync */
    struct db_error error;
};

/* For at most each statement twice, as it is prepared and described, one more and a Sync under way.
 */
enum status db_pipeline_init(struct db_pipeline *pipeline,
                             size_t statement_count) STATUS_MUST_CHECK;
void db_pipeline_free(struct db_pipeline *pipeline);

/* Forgets expectations, results and the error. */
void db_pipeline_clear(struct db_pipeline *pipeline);

void db_pipeline_expect_statement(struct db_pipeline *pipeline, int place);
void db_pipeline_expect_sync(struct db_pipeline *pipeline);

static inline bool db_pipeline_is_waiting(const struct db_pipeline *pipeline)
{
    return pipeline->met_count < pipeline->count;
}

/* Something was expected, and all of it has come. */
static inline bool db_pipeline_is_answered(const struct db_pipeline *pipeline)
{
    return pipeline->count != 0 && pipeline->met_count == pipeline->count;
}

/* Feeds what PQgetResult() gives, NULL too, while db_pipeline_is_waiting(). False: it is none of
 * what was expected. */
bool db_pipeline_take(struct db_pipeline *pipeline, PGresult *result);

void db_error_set(struct db_error *error, const PGresult *result);
