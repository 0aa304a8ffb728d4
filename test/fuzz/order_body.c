#include "fuzz/json_body.h"

#include <assert.h>

#include "fuzz/json_oracle.h"
#include "order/codec.h"

enum { WRITTEN_SIZE_MAX = 6 * ORDER_ITEM_NAME_SIZE_MAX + 1024 };

static void check_ranges(const struct driver_command *command)
{
    size_t character_count = 0;
    for (size_t i = 0; i < command->item_name_size; i++) {
        unsigned char byte = (unsigned char)command->item_name[i];
        assert(byte != '\0');
        character_count += byte < 0x80 || byte >= 0xc0;
    }
    assert(character_count >= 1 && character_count <= ORDER_ITEM_NAME_CHARS_MAX);
    assert(command->item_name_size <= ORDER_ITEM_NAME_SIZE_MAX);
    assert(command->quantity >= 1 && command->price >= 0);
}

static void check_written(const struct driver_command *command)
{
    const struct order order = {
        .id = INT64_MAX,
        .item_name = command->item_name,
        .item_name_size = command->item_name_size,
        .quantity = command->quantity,
        .price = command->price,
        .status = ORDER_CANCELLED,
    };
    struct buffer written;
    buffer_init(&written, WRITTEN_SIZE_MAX);
    codec_write_order(&order, "Payment failed", &written);
    json_t *tree = json_oracle_read(&written);
    assert(json_oracle_int(tree, "id") == order.id);
    assert(json_oracle_has_text(tree, "status", (struct http_text){"CANCELLED", 9}));
    json_decref(tree);

    /* An answer is an order's body, too. */
    struct driver_command again = {0};
    struct json_faults faults = {0};
    codec_read_command((struct http_text){written.data, written.size}, &again, &tree, &faults);
    assert(faults.count == 0);
    assert(again.item_name_size == command->item_name_size && again.price == command->price &&
           again.quantity == command->quantity &&
           memcmp(again.item_name, command->item_name, again.item_name_size) == 0);
    json_decref(tree);
    buffer_free(&written);
}

void json_body_check_order(struct http_text body)
{
    struct driver_command command = {0};
    struct json_faults faults = {0};
    json_t *tree = NULL;
    codec_read_command(body, &command, &tree, &faults);
    json_oracle_check_faults(&faults);
    if (faults.count == 0) {
        check_ranges(&command);
        check_written(&command);
    }
    json_decref(tree);
}
