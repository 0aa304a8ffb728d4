/* suspects - the units of refused segments, which travel apart from all others until each of them
 * is cleared or found guilty, and later units of their keys.
 *
 * Place      below db/batch; knows no connection.
 * Ownership  Borrows its units.
 * Limits     A fixed table of counts: an innocent key may be taken for a suspect's, which costs its
 *            unit a detour and nothing else.
 *
 * A unit is a suspect while its group is not 0. What one of them waits for, such as a row that
 * somebody has locked, another unit of its key would wait for too, and hold up its segment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/unit.h"

enum { DB_SUSPECT_BUCKET_COUNT = 4096 };

struct db_suspects {
    struct list_node waiting; /* those of a group stand together */
    uint64_t last_group;
    uint64_t joined_group;                    /* of those that joined last */
    uint32_t counts[DB_SUSPECT_BUCKET_COUNT]; /* waiting or under way, by key */
};

void db_suspects_init(struct db_suspects *suspects);

/* Makes the units, which are in no list, suspects of new groups, `group_size` units each;
 * keeps_keys: where neighbours have the same key, the group goes on. */
void db_suspects_regroup(struct db_suspects *suspects, struct db_unit *const *units, size_t count,
                         size_t group_size, bool keeps_keys);

/* The unit's outcome is known. */
void db_suspects_release(struct db_suspects *suspects, struct db_unit *unit);

bool db_suspects_have_key(const struct db_suspects *suspects, int64_t key);

/* Lets a unit, which is in no list, wait behind the suspects, as one of them. */
void db_suspects_join(struct db_suspects *suspects, struct db_unit *unit);
