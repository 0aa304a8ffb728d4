/* The body of an order, and of a charge. */
#include "fuzz/json_body.h"

#include "fuzz/fuzz.h"
#include "fuzz/json_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_text body = {.data = (const char *)data, .size = size};
    json_oracle_check_parse(body);
    json_body_check_order(body);
    json_body_check_charge(body);
    return 0;
}
