/* page - lists, newest first, one page after the other: what a request's query asks for, and the
 * object that answers it.
 *
 * Place      a service's handler -> [page] -> http/query, json/writer.
 * Ownership  Faults borrow the request's query. Words are static.
 * Errors     page_query_read() finds every fault in one pass; with any, the query is of no use.
 * Limits     PAGE_LIMIT_MAX items; PAGE_FAULT_COUNT_MAX faults, further ones are not listed.
 *
 * The parameters are `limit`, `before` (only ids below it), `status`, and the list's own flag. Any
 * other one, or one that stands twice, is a fault. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"

enum {
    PAGE_LIMIT_MAX = 100,
    PAGE_LIMIT_DEFAULT = 20,
    PAGE_FAULT_COUNT_MAX = 16,
    PAGE_ANY_STATUS = -1,
};

/* What one list is called. */
struct page_words {
    const char *path;                /* "/orders" */
    const char *items;               /* "orders", the answer's key */
    const char *const *status_names; /* in the order of the service's enum */
    int status_count;
    const char *flag; /* a parameter that may only be "true"; NULL: there is none */
};

struct page_query {
    int64_t before_id; /* INT64_MAX: from the newest on */
    int32_t limit;
    int status; /* its place in status_names, or PAGE_ANY_STATUS */
    bool has_flag;
};

enum page_fault_kind {
    PAGE_FAULT_UNKNOWN,
    PAGE_FAULT_REPEATED,
    PAGE_FAULT_NOT_INT,
    PAGE_FAULT_TOO_SMALL,
    PAGE_FAULT_TOO_GREAT,
    PAGE_FAULT_NOT_STATUS,
    PAGE_FAULT_NOT_TRUE,
};

struct page_fault {
    enum page_fault_kind kind;
    struct http_text name; /* an unknown one stands as it was sent, cut */
    int64_t limit;
};

/* Start with {0}. */
struct page_faults {
    struct page_fault items[PAGE_FAULT_COUNT_MAX];
    size_t count;
};

void page_query_read(const struct page_words *words, struct http_text text,
                     struct page_query *query, struct page_faults *faults);

/* {"detail":[{"loc":["query","limit"],"msg":…,"type":…}]} */
void page_faults_write(const struct page_words *words, const struct page_faults *faults,
                       struct buffer *to);

/* {"orders":[…],"next":"/orders?…"}: the caller writes the items in between. next_before_id: what
 * `before` is for the next page; 0: this one is the last. */
void page_write_start(const struct page_words *words, struct buffer *to);
void page_write_end(const struct page_words *words, const struct page_query *query,
                    int64_t next_before_id, struct buffer *to);
