#include "db/pipeline.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status db_pipeline_init(struct db_pipeline *pipeline, size_t statement_count)
{
    *pipeline =
        (struct db_pipeline){.capacity = statement_count * 2 + 2, .result_count = statement_count};
    pipeline->expectations = calloc(pipeline->capacity, sizeof *pipeline->expectations);
    pipeline->results = calloc(pipeline->capacity, sizeof *pipeline->results);
    if (pipeline->expectations == NULL || pipeline->results == NULL)
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

void db_pipeline_free(struct db_pipeline *pipeline)
{
    if (pipeline->results != NULL)
        db_pipeline_clear(pipeline);
    free(pipeline->expectations);
    free(pipeline->results);
}

void db_pipeline_clear(struct db_pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->result_count; i++) {
        PQclear(pipeline->results[i]);
        pipeline->results[i] = NULL;
    }
    pipeline->count = 0;
    pipeline->met_count = 0;
    pipeline->has_error = false;
    pipeline->error = (struct db_error){{0}, {0}};
}

static void expect(struct db_pipeline *pipeline, enum expectation_kind kind, int place)
{
    assert(pipeline->count < pipeline->capacity);
    pipeline->expectations[pipeline->count++] =
        (struct expectation){.kind = kind, .stage = STAGE_RESULT, .place = place};
}

void db_pipeline_expect_statement(struct db_pipeline *pipeline, int place)
{
    assert(place < (int)pipeline->result_count);
    expect(pipeline, EXPECT_STATEMENT, place);
}

void db_pipeline_expect_sync(struct db_pipeline *pipeline)
{
    expect(pipeline, EXPECT_SYNC, -1);
}

static void keep_result(struct db_pipeline *pipeline, PGresult *result, int place)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        if (place >= 0) {
            pipeline->results[place] = result;
            return;
        }
        break;
    case PGRES_PIPELINE_ABORTED:
        break;
    default:
        if (!pipeline->has_error) {
            pipeline->has_error = true;
            pipeline->failed_place = place;
            db_error_set(&pipeline->error, result);
        }
    }
    PQclear(result);
}

static bool take_sync(struct db_pipeline *pipeline, const struct expectation *head)
{
    if (head->kind != EXPECT_SYNC || head->stage == STAGE_END)
        return false;
    pipeline->met_count++;
    return true;
}

static bool take_end(struct db_pipeline *pipeline, struct expectation *head)
{
    if (head->stage != STAGE_END)
        return false;
    if (head->kind == EXPECT_STATEMENT)
        pipeline->met_count++;
    else
        head->stage = STAGE_SYNC;
    return true;
}

bool db_pipeline_take(struct db_pipeline *pipeline, PGresult *result)
{
    assert(db_pipeline_is_waiting(pipeline));
    struct expectation *head = &pipeline->expectations[pipeline->met_count];
    if (result == NULL)
        return take_end(pipeline, head);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        return take_sync(pipeline, head);
    }
    if (head->stage != STAGE_RESULT) {
        PQclear(result);
        return false;
    }
    head->stage = STAGE_END;
    keep_result(pipeline, result, head->place);
    /* Between the statements and the commit's own answer there is nothing but an error. */
    return head->kind == EXPECT_STATEMENT || pipeline->has_error;
}

void db_error_set(struct db_error *error, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message == NULL)
        message = PQresultErrorMessage(result);
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate != NULL ? sqlstate : "");
    snprintf(error->message, sizeof error->message, "%.*s", (int)strcspn(message, "\n"), message);
}
