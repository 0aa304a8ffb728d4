/* codec - JSON <-> structs of the order service.
 *
 * Place   handler -> [codec] -> lib/json.
 * Thread  the loop thread only. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"
#include "order/driver.h"
#include "json/fields.h"

/* Fills the command's item, quantity and price from a request's body. The item's name lives as long
 * as *tree, which the caller frees with json_decref() (NULL is fine). With any fault, the command
 * is of no use. */
void codec_read_command(struct http_text body, struct driver_command *command, json_t **tree,
                        struct json_faults *faults);

/* {"item_name":…,"quantity":…,"price":…,"id":…,"status":…}, with "detail" first if not NULL. */
void codec_write_order(const struct order *order, const char *detail, struct buffer *to);

/* What an audit has told; borrows the tree that it was read from. */
struct codec_audit {
    struct json_text summary;
    int64_t violation_count;
};

/* {"summary":…,"violation_count":…}; the caller frees the tree. With any fault, it is of no use. */
void codec_read_audit(struct http_text body, struct codec_audit *audit, json_t **tree,
                      struct json_faults *faults);

/* {"audit":{"at":…,"summary":…,"violation_count":…}} */
void codec_write_audit(const struct codec_audit *audit, const char *at, struct buffer *to);
