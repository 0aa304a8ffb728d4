/* GET /payments: one page of the payments, newest first. */
#include "payment/codec.h"
#include "payment/handler_call.h"
#include "service/page.h"

_Static_assert((int)PAGE_LIMIT_MAX <= (int)PAYMENT_PAGE_COUNT_MAX,
               "the store can give such a page");

static const char *const status_names[] = {
#define STATUS_NAME(name) [PAYMENT_##name] = #name,
    PAYMENT_STATUS_MAP(STATUS_NAME)
#undef STATUS_NAME
};

static const struct page_words words = {
    .path = "/payments",
    .items = "payments",
    .status_names = status_names,
    .status_count = PAYMENT_STATUS_COUNT,
};

struct handler_list {
    struct handler *handler;
    http_exchange_id exchange;
    struct page_query query;
};

void handler_lists_init(struct slab *slab)
{
    slab_init(slab, sizeof(struct handler_list), HANDLER_LIST_COUNT_MAX);
}

static void on_page(void *context, enum status status, const struct payment_page *page)
{
    struct handler_list *list = context;
    struct handler *handler = list->handler;
    struct buffer *scratch = &handler->scratch;
    if (status != STATUS_OK) {
        handler_reply_failure(handler, list->exchange, STATUS_UNAVAILABLE);
    } else {
        buffer_clear(scratch);
        page_write_start(&words, scratch);
        for (size_t i = 0; i < page->count; i++)
            codec_write_payment(&page->payments[i], NULL, scratch);
        page_write_end(&words, &list->query, page->next_before_id, scratch);
        handler_reply_scratch(handler, list->exchange, 200);
    }
    slab_put(&handler->lists, list);
}

static enum status submit(struct handler_list *list)
{
    const struct handler_settings *settings = &list->handler->settings;
    const struct payment_store *store = settings->store;
    struct payment_page_query wanted = {
        .before_id = list->query.before_id,
        .limit = list->query.limit,
        .has_status = list->query.status != PAGE_ANY_STATUS,
    };
    if (wanted.has_status)
        wanted.status = (enum payment_status)list->query.status;
    return store->operations->read_page(store->store, &wanted,
                                        clock_now_ms(settings->clock) + HANDLER_CALL_TIMEOUT_MS,
                                        list, on_page);
}

void handler_list_payments(void *service, http_exchange_id exchange,
                           const struct http_request *request)
{
    struct handler *handler = service;
    struct page_query query;
    struct page_faults faults = {0};
    page_query_read(&words, request->query, &query, &faults);
    if (faults.count != 0) {
        buffer_clear(&handler->scratch);
        page_faults_write(&words, &faults, &handler->scratch);
        handler_reply_scratch(handler, exchange, 422);
        return;
    }
    struct handler_list *list = slab_take(&handler->lists);
    enum status status = STATUS_OVERLOADED;
    if (list != NULL) {
        *list = (struct handler_list){.handler = handler, .exchange = exchange, .query = query};
        status = submit(list);
        if (status != STATUS_OK)
            slab_put(&handler->lists, list);
    }
    if (status != STATUS_OK)
        handler_reply_failure(handler, exchange, status);
}
