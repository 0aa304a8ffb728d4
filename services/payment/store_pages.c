#include "payment/store_pages.h"

#include <assert.h>
#include <string.h>

#include "payment/store_row.h"

#define TEXT_OF(number)   #number
#define DIGITS_OF(number) TEXT_OF(number)
#define LOOK_COUNT_MAX    DIGITS_OF(PAYMENT_PAGE_LOOK_COUNT_MAX)

enum { COLUMN_PAYMENT = 1, COLUMN_ID = 2, COLUMN_IS_LOOK_END = 6 };

/* The newest payments of any status, or of one. No index has the status, so the look ends after
 * LOOK_COUNT_MAX payments; the last one of them comes back in any case, to tell where. */
const struct db_statement payment_page_statement = {
    .name = "payment_page",
    .sql = "SELECT u.key, p.order_id, p.id, p.uid, p.amount::int4, p.status::text,"
           " (p.place = " LOOK_COUNT_MAX ")::int4"
           " FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::text[])"
           " AS u (key, before_id, count, status),"
           " LATERAL (SELECT * FROM ("
           " SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM ("
           " SELECT * FROM payments WHERE id < u.before_id ORDER BY id DESC"
           " LIMIT " LOOK_COUNT_MAX ") AS newest) AS numbered"
           " WHERE u.status IS NULL OR status = u.status OR place = " LOOK_COUNT_MAX
           " ORDER BY id DESC LIMIT u.count) AS p"
           " ORDER BY u.key, p.id DESC",
    .column_count = 4,
    .columns = {DB_INT8, DB_INT8, DB_INT4, DB_TEXT},
    .result_column_count = 7,
    .result_columns = {DB_INT8, DB_INT8, DB_INT8, DB_UUID, DB_INT4, DB_TEXT, DB_INT4},
};

struct page_call {
    struct payment_store_pages *pages;
    struct db_unit unit;
    struct payment_page_query query;
    void *context;
    payment_page_cb *callback;
};

void payment_store_pages_init(struct payment_store_pages *pages, struct db_batch *reader)
{
    pages->reader = reader;
    pages->last_key = 0;
    slab_init(&pages->calls, sizeof(struct page_call), PAYMENT_STORE_PAGES_COUNT_MAX);
}

void payment_store_pages_free(struct payment_store_pages *pages)
{
    slab_free(&pages->calls);
}

/* One row more than asked for tells that there are more. The last payment that the database looked
 * at comes back even where it does not have the status. */
static struct payment_page take_page(struct payment_store_pages *pages,
                                     const struct payment_page_query *query,
                                     const struct db_rows *rows)
{
    struct payment_page page = {.payments = pages->page};
    int shown_count = rows->count < query->limit ? rows->count : query->limit;
    for (int row = 0; row < shown_count; row++) {
        struct payment *payment = &pages->page[page.count];
        payment_row_decode(rows, row, COLUMN_PAYMENT, payment);
        if (!query->has_status || payment->status == query->status)
            page.count++;
    }
    int last = shown_count - 1;
    bool has_more = rows->count > shown_count ||
                    (last >= 0 && db_row_int4(rows, last, COLUMN_IS_LOOK_END) != 0);
    if (has_more)
        page.next_before_id = db_row_int8(rows, last, COLUMN_ID);
    return page;
}

static void on_page(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct page_call *call = unit->context;
    struct payment_store_pages *pages = call->pages;
    payment_page_cb *callback = call->callback;
    void *context = call->context;
    struct payment_page page = {0};
    if (status == STATUS_OK)
        page = take_page(pages, &call->query, rows);
    slab_put(&pages->calls, call);
    callback(context, status, &page);
}

enum status payment_store_pages_read(struct payment_store_pages *pages,
                                     const struct payment_page_query *query, uint64_t deadline_ms,
                                     void *context, payment_page_cb *callback)
{
    assert(query->limit >= 1 && query->limit <= PAYMENT_PAGE_COUNT_MAX);
    struct page_call *call = slab_take(&pages->calls);
    if (call == NULL)
        return STATUS_OVERLOADED;
    int64_t key = ++pages->last_key;
    *call = (struct page_call){
        .pages = pages, .query = *query, .context = context, .callback = callback};
    call->unit = (struct db_unit){
        .statement = &payment_page_statement,
        .key = key,
        .values = {{.integer = key},
                   {.integer = query->before_id},
                   {.integer = query->limit + 1},
                   {.is_null = true}},
        .deadline_ms = deadline_ms,
        .callback = on_page,
        .context = call,
    };
    if (query->has_status) {
        const char *name = payment_status_name(query->status);
        call->unit.values[3] =
            (struct db_value){.bytes = name, .byte_count = (uint32_t)strlen(name)};
    }
    enum status status = db_batch_submit(pages->reader, &call->unit);
    if (status != STATUS_OK)
        slab_put(&pages->calls, call);
    return status;
}
