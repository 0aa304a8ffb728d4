#include "fuzz/log_line.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/log.h"

/* jansson takes valid UTF-8 only. */
static bool is_utf8(struct http_text text)
{
    json_t *string = json_stringn(text.data, text.size);
    json_decref(string);
    return string != NULL;
}

/* ASCII's, and in valid UTF-8 those of Unicode's first row, C2 80 to C2 9F. */
static bool has_control(struct http_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool is_c1 = byte == 0xc2 && i + 1 < text.size && (unsigned char)text.data[i + 1] < 0xa0;
        if (byte < ' ' || byte == 0x7f || is_c1)
            return true;
    }
    return false;
}

static struct http_text write_line(struct log *log, enum log_format format, struct http_text text)
{
    log_init(log, "fuzz", LOG_INFO, format, -1);
    log_write(log, LOG_INFO, NULL, "%.*s", (int)text.size, text.data);
    const struct buffer *written = &log->buffer;
    assert(written->size != 0 && written->data[written->size - 1] == '\n');
    return (struct http_text){.data = written->data, .size = written->size - 1};
}

static void end_log(struct log *log)
{
    buffer_clear(&log->buffer); /* there is nobody to read it */
    log_free(log);
}

void log_line_check(struct http_text text)
{
    struct log log;
    if (text.size >= LOG_MESSAGE_SIZE_MAX || (text.size != 0 && memchr(text.data, '\0', text.size)))
        return; /* of these a part is logged */
    bool is_plain = is_utf8(text) && !has_control(text);
    struct http_text line = write_line(&log, LOG_FORMAT_TEXT, text);
    assert(is_utf8(line) && !has_control(line));
    assert(!is_plain || (line.size >= text.size &&
                         memcmp(line.data + line.size - text.size, text.data, text.size) == 0));
    end_log(&log);

    line = write_line(&log, LOG_FORMAT_JSON, text);
    assert(!has_control(line));
    json_t *tree = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *message = json_object_get(tree, "message");
    assert(json_is_string(message));
    assert(!is_plain || (json_string_length(message) == text.size &&
                         memcmp(json_string_value(message), text.data, text.size) == 0));
    json_decref(tree);
    end_log(&log);
}
