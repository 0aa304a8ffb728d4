#include "http/exchange.h"

#include <assert.h>
#include <stdlib.h>

enum { CHUNK_EXCHANGE_COUNT = 256, KEPT_REPLY_SIZE_MAX = 4096 };

/* The upper half of an id is the generation, which starts at 1, so that no id is 0. */
static const unsigned generation_shift = 32;
static const uint64_t one_generation = UINT64_C(1) << 32;

void http_exchange_table_init(struct http_exchange_table *table, size_t count_max,
                              size_t reply_size_max)
{
    *table = (struct http_exchange_table){
        .chunk_count_max = (count_max + CHUNK_EXCHANGE_COUNT - 1) / CHUNK_EXCHANGE_COUNT,
        .reply_size_max = reply_size_max,
    };
    list_init(&table->free);
}

void http_exchange_table_free(struct http_exchange_table *table)
{
    assert(table->taken_count == 0);
    for (size_t i = 0; i < table->chunk_count; i++) {
        for (size_t j = 0; j < CHUNK_EXCHANGE_COUNT; j++)
            buffer_free(&table->chunks[i][j].reply);
        free(table->chunks[i]);
    }
    free(table->chunks);
    *table = (struct http_exchange_table){0};
}

static bool add_chunk(struct http_exchange_table *table)
{
    if (table->chunk_count == table->chunk_count_max)
        return false;
    if (table->chunks == NULL)
        table->chunks = calloc(table->chunk_count_max, sizeof(struct http_exchange *));
    if (table->chunks == NULL)
        return false;
    struct http_exchange *chunk = calloc(CHUNK_EXCHANGE_COUNT, sizeof *chunk);
    if (chunk == NULL)
        return false;
    uint64_t first = table->chunk_count * CHUNK_EXCHANGE_COUNT;
    table->chunks[table->chunk_count++] = chunk;
    for (size_t i = 0; i < CHUNK_EXCHANGE_COUNT; i++) {
        chunk[i].id = one_generation + first + i;
        buffer_init(&chunk[i].reply, table->reply_size_max);
        list_append(&table->free, &chunk[i].node);
    }
    return true;
}

struct http_exchange *http_exchange_take(struct http_exchange_table *table)
{
    if (list_is_empty(&table->free) && !add_chunk(table))
        return NULL;
    struct list_node *node = list_take_first(&table->free);
    struct http_exchange *exchange = LIST_ELEMENT(node, struct http_exchange, node);
    exchange->session = NULL;
    exchange->place = 0;
    exchange->is_counted = false;
    exchange->is_head = false;
    exchange->is_replied = false;
    exchange->is_http_1_0 = false;
    exchange->is_streaming = false;
    exchange->on_gone = NULL;
    table->taken_count++;
    return exchange;
}

struct http_exchange *http_exchange_find(const struct http_exchange_table *table,
                                         http_exchange_id id)
{
    uint64_t slot = id & (one_generation - 1);
    if (slot / CHUNK_EXCHANGE_COUNT >= table->chunk_count)
        return NULL;
    struct http_exchange *exchange =
        &table->chunks[slot / CHUNK_EXCHANGE_COUNT][slot % CHUNK_EXCHANGE_COUNT];
    return exchange->id == id ? exchange : NULL;
}

void http_exchange_put(struct http_exchange_table *table, struct http_exchange *exchange)
{
    assert(table->taken_count != 0);
    list_remove(&exchange->node);
    table->taken_count--;
    exchange->id += one_generation;
    if (exchange->id >> generation_shift == 0) /* after 2^32 requests in one slot */
        exchange->id += one_generation;
    buffer_clear(&exchange->reply);
    if (exchange->reply.capacity > KEPT_REPLY_SIZE_MAX)
        buffer_free(&exchange->reply);
    list_prepend(&table->free, &exchange->node); /* its memory is warm */
}
