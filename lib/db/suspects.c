#include "db/suspects.h"

#include <assert.h>

static size_t bucket_of(int64_t key)
{
    return (uint64_t)key % DB_SUSPECT_BUCKET_COUNT;
}

void db_suspects_init(struct db_suspects *suspects)
{
    *suspects = (struct db_suspects){.last_group = 0};
    list_init(&suspects->waiting);
}

static void set_group(struct db_suspects *suspects, struct db_unit *unit, uint64_t group)
{
    if (unit->group == 0)
        suspects->counts[bucket_of(unit->key)]++;
    unit->group = group;
}

void db_suspects_regroup(struct db_suspects *suspects, struct db_unit *const *units, size_t count,
                         size_t group_size, bool keeps_keys)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_kept = keeps_keys && i != 0 && units[i]->key == units[i - 1]->key;
        if (room == 0 && !is_kept) {
            suspects->last_group++;
            room = group_size;
        }
        set_group(suspects, units[i], suspects->last_group);
        if (room != 0)
            room--;
    }
}

void db_suspects_release(struct db_suspects *suspects, struct db_unit *unit)
{
    if (unit->group == 0)
        return;
    size_t bucket = bucket_of(unit->key);
    assert(suspects->counts[bucket] != 0);
    suspects->counts[bucket]--;
    unit->group = 0;
}

bool db_suspects_have_key(const struct db_suspects *suspects, int64_t key)
{
    return suspects->counts[bucket_of(key)] != 0;
}

void db_suspects_join(struct db_suspects *suspects, struct db_unit *unit)
{
    const struct list_node *last = suspects->waiting.previous;
    bool is_behind_joined =
        !list_is_empty(&suspects->waiting) &&
        LIST_ELEMENT(last, struct db_unit, node)->group == suspects->joined_group;
    if (!is_behind_joined)
        suspects->joined_group = ++suspects->last_group;
    set_group(suspects, unit, suspects->joined_group);
    list_append(&suspects->waiting, &unit->node);
}
