#include "order/order.h"

#include <assert.h>
#include <string.h>

static const char *const status_names[ORDER_STATUS_COUNT] = {
#define ORDER_STATUS_NAME(name) [ORDER_##name] = #name,
    ORDER_STATUS_MAP(ORDER_STATUS_NAME)
#undef ORDER_STATUS_NAME
};

const char *order_status_name(enum order_status status)
{
    assert((unsigned)status < ORDER_STATUS_COUNT);
    return status_names[status];
}

bool order_status_is_final(enum order_status status)
{
    return status == ORDER_COMPLETED || status == ORDER_CANCELLED;
}

bool order_status_parse(const char *text, size_t size, enum order_status *status)
{
    for (int i = 0; i < ORDER_STATUS_COUNT; i++) {
        if (strlen(status_names[i]) == size && memcmp(status_names[i], text, size) == 0) {
            *status = (enum order_status)i;
            return true;
        }
    }
    return false;
}
