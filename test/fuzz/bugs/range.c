/* A bug on purpose: an integer may be greater than the maximum. */
#include "json/fields.h"

void __real_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults);
void __wrap_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults);

void __wrap_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults)
{
    (void)maximum;
    __real_json_body_int(body, field, minimum, INT64_MAX, value, faults);
}
