#include "order/lists.h"

#include "order/codec.h"
#include "service/page.h"

enum {
    LIST_TIMEOUT_MS = 5000,
    /* Each name with every byte escaped, and the other fields. */
    BODY_SIZE_MAX = STORE_PAGE_COUNT_MAX * (6 * ORDER_ITEM_NAME_SIZE_MAX + 256) + 4096,
};

_Static_assert((int)PAGE_LIMIT_MAX <= (int)STORE_PAGE_COUNT_MAX, "the store can give such a page");

static const char *const status_names[] = {
#define STATUS_NAME(name) [ORDER_##name] = #name,
    ORDER_STATUS_MAP(STATUS_NAME)
#undef STATUS_NAME
};

static const struct page_words words = {
    .path = "/orders",
    .items = "orders",
    .status_names = status_names,
    .status_count = ORDER_STATUS_COUNT,
    .flag = "parked",
};

struct list {
    struct lists *lists;
    http_exchange_id exchange;
    struct page_query query;
};

void lists_init(struct lists *lists, struct clock *clock, const struct order_store *store,
                struct replier *replier)
{
    *lists = (struct lists){.clock = clock, .store = store, .replier = replier};
    slab_init(&lists->slab, sizeof(struct list), LIST_COUNT_MAX);
    buffer_init(&lists->scratch, BODY_SIZE_MAX);
}

void lists_free(struct lists *lists)
{
    slab_free(&lists->slab);
    buffer_free(&lists->scratch);
}

static void reply_scratch(struct lists *lists, http_exchange_id exchange, int status)
{
    reply_body(lists->replier, exchange, status, &lists->scratch);
}

static void on_page(void *context, enum status status, const struct store_page *page)
{
    struct list *list = context;
    struct lists *lists = list->lists;
    struct buffer *scratch = &lists->scratch;
    if (status != STATUS_OK) {
        reply_refusal(lists->replier, list->exchange, STATUS_UNAVAILABLE);
    } else {
        buffer_clear(scratch);
        page_write_start(&words, scratch);
        for (size_t i = 0; i < page->count; i++)
            codec_write_order(&page->orders[i], NULL, scratch);
        page_write_end(&words, &list->query, page->next_before_id, scratch);
        reply_scratch(lists, list->exchange, 200);
    }
    slab_put(&lists->slab, list);
}

static enum status submit(struct list *list)
{
    const struct lists *lists = list->lists;
    const struct order_store *store = lists->store;
    const struct page_query *query = &list->query;
    struct store_page_query wanted = {
        .before_id = query->before_id,
        .limit = query->limit,
        .has_status = query->status != PAGE_ANY_STATUS,
        .parked_only = query->has_flag,
    };
    if (wanted.has_status)
        wanted.status = (enum order_status)query->status;
    return store->operations->read_page(
        store->store, &wanted, clock_now_ms(lists->clock) + LIST_TIMEOUT_MS, list, on_page);
}

void list_answer(struct lists *lists, http_exchange_id exchange, const struct http_request *request)
{
    struct page_query query;
    struct page_faults faults = {0};
    page_query_read(&words, request->query, &query, &faults);
    if (faults.count != 0) {
        buffer_clear(&lists->scratch);
        page_faults_write(&words, &faults, &lists->scratch);
        reply_scratch(lists, exchange, 422);
        return;
    }
    struct list *list = slab_take(&lists->slab);
    enum status status = STATUS_OVERLOADED;
    if (list != NULL) {
        *list = (struct list){.lists = lists, .exchange = exchange, .query = query};
        status = submit(list);
        if (status != STATUS_OK)
            slab_put(&lists->slab, list);
    }
    if (status != STATUS_OK)
        reply_refusal(lists->replier, exchange, status);
}
