/* A bug on purpose: an integer may be less than the minimum. */
#include "json/fields.h"

void __real_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults);
void __wrap_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults);

void __wrap_json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                          int64_t *value, struct json_faults *faults)
{
    (void)minimum;
    __real_json_body_int(body, field, INT64_MIN, maximum, value, faults);
}
