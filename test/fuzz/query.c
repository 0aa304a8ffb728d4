/* A request's query: parameters are taken and decoded as a second, simpler reader does it; what a
 * list is asked for is in range, and the link to its next page asks for the same. */
#include <assert.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "fuzz/json_oracle.h"
#include "http/query.h"
#include "service/page.h"

enum { WRITTEN_SIZE_MAX = 64 * 1024 };

static const char *const status_names[] = {"PENDING", "COMPLETED", "CANCELLED"};
static const struct page_words lists[] = {
    {"/orders", "orders", status_names, 3, "unfinished"},
    {"/payments", "payments", status_names, 2, NULL},
};

/* Room that ends where its memory ends, so that a sanitizer sees a byte beyond it. */
struct room {
    char *memory;
    char *bytes;
};

static struct room make_room(size_t size)
{
    char *memory = malloc(size + 1);
    assert(memory != NULL);
    return (struct room){.memory = memory, .bytes = memory + 1};
}

/* What lib/http lets pass in a target. */
static bool is_query(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] <= ' ' || data[i] > '~' || data[i] == '#')
            return false;
    }
    return true;
}

/* Each byte escaped: decoded it must be the same again. */
static void check_escaped(struct http_text text)
{
    static const char digits[] = "0123456789ABCDEF";
    struct buffer escaped;
    struct http_text decoded;
    buffer_init(&escaped, 3 * text.size);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        buffer_append_byte(&escaped, '%');
        buffer_append_byte(&escaped, digits[byte >> 4]);
        buffer_append_byte(&escaped, digits[byte & 0xf]);
    }
    struct room room = make_room(text.size);
    bool is_good = http_query_decode((struct http_text){escaped.data, escaped.size}, room.bytes,
                                     text.size, &decoded);
    assert(is_good && decoded.size == text.size && !escaped.failed);
    assert(text.size == 0 || memcmp(decoded.data, text.data, text.size) == 0);
    free(room.memory);
    buffer_free(&escaped);
}

static void check_decode(struct http_text text)
{
    struct http_text decoded;
    struct room room = make_room(text.size);
    if (http_query_decode(text, room.bytes, text.size, &decoded)) {
        assert(decoded.data == room.bytes && decoded.size <= text.size);
        check_escaped(decoded);
        /* One byte less is too little. */
        struct room less = make_room(decoded.size == 0 ? 0 : decoded.size - 1);
        assert(decoded.size == 0 ||
               !http_query_decode(text, less.bytes, decoded.size - 1, &decoded));
        free(less.memory);
    } else {
        assert(memchr(text.data, '%', text.size) != NULL);
    }
    free(room.memory);
}

/* The parameters, joined again, are the query without its empty ones. */
static void check_parameters(struct http_text query)
{
    struct http_parameter parameter;
    struct http_text rest = query;
    const char *at = query.data;
    while (http_query_take(&rest, &parameter)) {
        struct http_text name = parameter.name;
        struct http_text value = parameter.value;
        for (; at < name.data; at++)
            assert(*at == '&');
        assert(at == name.data && name.size + value.size <= query.size);
        assert(name.size == 0 || memchr(name.data, '=', name.size) == NULL);
        assert(name.size == 0 || memchr(name.data, '&', name.size) == NULL);
        assert(value.size == 0 || memchr(value.data, '&', value.size) == NULL);
        assert(value.data == name.data + name.size || value.data[-1] == '=');
        at = value.data + value.size;
        check_decode(name);
        check_decode(value);
    }
    for (; at < query.data + query.size; at++)
        assert(*at == '&');
}

static void check_next_page(const struct page_words *words, const struct page_query *query)
{
    struct buffer written;
    struct page_query next;
    struct page_faults faults = {0};
    buffer_init(&written, WRITTEN_SIZE_MAX);
    page_write_start(words, &written);
    page_write_end(words, query, query->before_id, &written);
    json_t *tree = json_oracle_read(&written);
    const char *mark = strchr(json_string_value(json_object_get(tree, "next")), '?');
    assert(mark != NULL);
    page_query_read(words, (struct http_text){mark + 1, strlen(mark + 1)}, &next, &faults);
    assert(faults.count == 0 && next.before_id == query->before_id && next.limit == query->limit &&
           next.status == query->status && next.has_flag == query->has_flag);
    json_decref(tree);
    buffer_free(&written);
}

static void check_page(const struct page_words *words, struct http_text text)
{
    struct page_query query;
    struct page_faults faults = {0};
    struct buffer written;
    buffer_init(&written, WRITTEN_SIZE_MAX);
    page_query_read(words, text, &query, &faults);
    page_faults_write(words, &faults, &written);
    json_t *tree = json_oracle_read(&written);
    assert(json_array_size(json_object_get(tree, "detail")) == faults.count);
    if (faults.count == 0) {
        assert(query.limit >= 1 && query.limit <= PAGE_LIMIT_MAX && query.before_id >= 1);
        assert(query.status >= PAGE_ANY_STATUS && query.status < words->status_count);
        assert(!query.has_flag || words->flag != NULL);
        check_next_page(words, &query);
    }
    json_decref(tree);
    buffer_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_text query = {.data = (const char *)data, .size = size};
    if (!is_query(data, size))
        return 0;
    check_parameters(query);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        check_page(&lists[i], query);
    return 0;
}
