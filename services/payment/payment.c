#include "payment/payment.h"

#include <assert.h>
#include <string.h>

static const char *const status_names[PAYMENT_STATUS_COUNT] = {
#define PAYMENT_STATUS_NAME(name) [PAYMENT_##name] = #name,
    PAYMENT_STATUS_MAP(PAYMENT_STATUS_NAME)
#undef PAYMENT_STATUS_NAME
};

const char *payment_status_name(enum payment_status status)
{
    assert((unsigned)status < PAYMENT_STATUS_COUNT);
    return status_names[status];
}

bool payment_status_parse(const char *text, size_t size, enum payment_status *status)
{
    for (int i = 0; i < PAYMENT_STATUS_COUNT; i++) {
        if (strlen(status_names[i]) == size && memcmp(status_names[i], text, size) == 0) {
            *status = (enum payment_status)i;
            return true;
        }
    }
    return false;
}
