#include "json/writer.h"

static void write_comma_where_due(struct buffer *to)
{
    if (to->size == 0)
        return;
    char last = to->data[to->size - 1];
    /* Any other byte ends a value. White space ends what stands before the JSON text. */
    if (last != '{' && last != '[' && last != ':' && last != ' ' && last != '\n')
        buffer_append_byte(to, ',');
}

void json_write_object_start(struct buffer *to)
{
    write_comma_where_due(to);
    buffer_append_byte(to, '{');
}

void json_write_object_end(struct buffer *to)
{
    buffer_append_byte(to, '}');
}

void json_write_array_start(struct buffer *to)
{
    write_comma_where_due(to);
    buffer_append_byte(to, '[');
}

void json_write_array_end(struct buffer *to)
{
    buffer_append_byte(to, ']');
}

void json_write_key(struct buffer *to, const char *key)
{
    write_comma_where_due(to);
    buffer_append_byte(to, '"');
    buffer_append_text(to, key);
    buffer_append_text(to, "\":");
}

void json_write_int(struct buffer *to, int64_t value)
{
    write_comma_where_due(to);
    buffer_append_int(to, value);
}

void json_write_bool(struct buffer *to, bool value)
{
    write_comma_where_due(to);
    buffer_append_text(to, value ? "true" : "false");
}

void json_write_null(struct buffer *to)
{
    write_comma_where_due(to);
    buffer_append_text(to, "null");
}

static bool needs_escape(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

static void write_escape(struct buffer *to, char byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char short_escapes[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                         ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\'};
    unsigned char code = (unsigned char)byte;
    char escape[] = {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 0xf]};
    size_t size = sizeof escape;
    if (short_escapes[code] != '\0') {
        escape[1] = short_escapes[code];
        size = 2;
    }
    buffer_append(to, escape, size);
}

void json_write_bytes(struct buffer *to, const char *text, size_t size)
{
    write_comma_where_due(to);
    buffer_append_byte(to, '"');
    size_t run_start = 0;
    for (size_t i = 0; i < size; i++) {
        if (!needs_escape(text[i]))
            continue;
        buffer_append(to, text + run_start, i - run_start);
        write_escape(to, text[i]);
        run_start = i + 1;
    }
    buffer_append(to, text + run_start, size - run_start);
    buffer_append_byte(to, '"');
}

void json_write_string(struct buffer *to, const char *text)
{
    json_write_bytes(to, text, strlen(text));
}

void json_write_int_field(struct buffer *to, const char *key, int64_t value)
{
    json_write_key(to, key);
    json_write_int(to, value);
}

void json_write_string_field(struct buffer *to, const char *key, const char *text)
{
    json_write_key(to, key);
    json_write_string(to, text);
}
