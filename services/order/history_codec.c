#include "order/history_codec.h"

#include "json/writer.h"

enum { RETRY_MS = 1000, STEP_MAX = 9 };

static void write_text_field(const char *key, struct history_text text, struct buffer *to)
{
    json_write_key(to, key);
    if (text.size == 0)
        json_write_null(to);
    else
        json_write_bytes(to, text.data, text.size);
}

static bool is_known(const uint8_t trace_id[TRACE_ID_BYTE_COUNT])
{
    for (size_t i = 0; i < TRACE_ID_BYTE_COUNT; i++) {
        if (trace_id[i] != 0)
            return true;
    }
    return false;
}

static void write_trace_field(const struct history_line *line, struct buffer *to)
{
    struct history_text text = {0};
    char id[TRACE_ID_SIZE + 1];
    if (is_known(line->trace_id)) {
        trace_format_id(line->trace_id, id);
        text = (struct history_text){.data = id, .size = TRACE_ID_SIZE};
    }
    write_text_field("trace_id", text, to);
}

void history_write_line(const struct history_line *line, struct buffer *to)
{
    json_write_object_start(to);
    write_text_field("at", line->at, to);
    write_text_field("status", line->status, to);
    write_text_field("reason", line->reason, to);
    write_trace_field(line, to);
    json_write_object_end(to);
}

static void write_position(const struct history_position *position, struct buffer *to)
{
    buffer_append_int(to, position->tx);
    buffer_append_byte(to, '-');
    buffer_append_int(to, position->order_id);
    buffer_append_byte(to, '-');
    buffer_append_int(to, position->step);
}

void history_write_retry_block(struct buffer *to)
{
    buffer_append_text(to, "retry: ");
    buffer_append_int(to, RETRY_MS);
    buffer_append_text(to, "\n\n");
}

void history_write_position_block(const struct history_position *position, struct buffer *to)
{
    buffer_append_text(to, "id: ");
    write_position(position, to);
    buffer_append_text(to, "\n\n");
}

/* What follows the id. */
static void write_order_event(const struct history_line *line, struct buffer *to)
{
    buffer_append_text(to, "\nevent: order\ndata: ");
    json_write_object_start(to);
    json_write_int_field(to, "order_id", line->position.order_id);
    write_text_field("at", line->at, to);
    write_text_field("from", line->from, to);
    write_text_field("status", line->status, to);
    write_text_field("reason", line->reason, to);
    write_trace_field(line, to);
    json_write_object_end(to);
    buffer_append_text(to, "\n\n");
}

void history_write_feed_block(const struct history_line *line, struct buffer *to)
{
    buffer_append_text(to, "id: ");
    write_position(&line->position, to);
    write_order_event(line, to);
}

void history_write_story_block(const struct history_line *line, struct buffer *to)
{
    buffer_append_text(to, "id: ");
    buffer_append_int(to, line->position.step);
    write_order_event(line, to);
}

static void write_edge(const struct history_edge *edge, struct buffer *to)
{
    json_write_object_start(to);
    write_text_field("from", edge->from, to);
    write_text_field("status", edge->status, to);
    write_text_field("reason", edge->reason, to);
    json_write_int_field(to, "count", edge->count);
    json_write_object_end(to);
}

void history_write_fold_block(const struct history_fold *fold,
                              const struct history_position *behind, struct buffer *to)
{
    buffer_append_text(to, "id: ");
    write_position(behind, to);
    buffer_append_text(to, "\nevent: folded\ndata: ");
    json_write_object_start(to);
    json_write_int_field(to, "count", fold->count);
    json_write_key(to, "edges");
    json_write_array_start(to);
    for (size_t i = 0; i < fold->edge_count; i++)
        write_edge(&fold->edges[i], to);
    json_write_array_end(to);
    json_write_object_end(to);
    buffer_append_text(to, "\n\n");
}

/* Takes a number up to `end`, or to the end of the text where it is 0; no more digits than needed,
 * so that a position has one form. */
static bool take_number(struct http_text *text, char end, int64_t max, int64_t *number)
{
    uint64_t value = 0;
    size_t size = 0;
    while (size < text->size && text->data[size] >= '0' && text->data[size] <= '9') {
        uint64_t digit = (uint64_t)(text->data[size++] - '0');
        if (value > ((uint64_t)max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    bool is_end = end == '\0' ? size == text->size : size < text->size && text->data[size] == end;
    if (size == 0 || !is_end || (size > 1 && text->data[0] == '0'))
        return false;
    *number = (int64_t)value;
    size_t taken = end == '\0' ? size : size + 1;
    text->data += taken;
    text->size -= taken;
    return true;
}

bool history_parse_position(struct http_text text, struct history_position *position)
{
    int64_t step;
    if (!take_number(&text, '-', INT64_MAX - 1, &position->tx) ||
        !take_number(&text, '-', INT64_MAX, &position->order_id) ||
        !take_number(&text, '\0', STEP_MAX, &step))
        return false;
    position->step = (int32_t)step;
    return true;
}

bool history_parse_step(struct http_text text, int32_t *step)
{
    int64_t number;
    if (!take_number(&text, '\0', STEP_MAX, &number))
        return false;
    *step = (int32_t)number;
    return true;
}
