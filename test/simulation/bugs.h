/* bugs - rules that a run can be told to break, to show that the simulation notices.
 *
 * Place   below the twins; knows nobody. The services themselves stay as they are: each bug is in a
 *         twin, as if an adapter or a database had it. */
#pragma once

#include <stdbool.h>

#define SIM_BUG_MAP(X)                                                                             \
    X(NONE, "none", "nothing is broken")                                                           \
    X(NO_TOMBSTONE, "no-tombstone", "a void answers VOIDED and writes no row")                     \
    X(REWRITABLE, "rewritable", "a charge overwrites what is recorded")                            \
    X(FAULT_IS_DECLINED, "fault-is-declined", "a plain 500 is taken for a refusal")                \
    X(UNKNOWN_IS_DECLINED, "unknown-is-declined", "a lost answer is taken for a refusal")          \
    X(UNKNOWN_IS_NOT_SENT, "unknown-is-not-sent", "a lost answer is taken for never sent")         \
    X(BLIND_MOVE, "blind-move", "a move looks at neither status nor epoch")                        \
    X(REFUND_IS_PAID, "refund-is-paid", "a refund's answer is taken for PAID: a conflict")         \
    X(LOST_COMMIT, "lost-commit", "an insert is acknowledged and lost")                            \
    X(KEY_NOT_UNIQUE, "key-not-unique", "a key that is taken is no hindrance to an insert")        \
    X(ATTEMPTS_NOT_COUNTED, "attempts-not-counted", "a claim leaves the attempts as they are")     \
    X(RELEASE_KEEPS_ATTEMPTS, "release-keeps-attempts", "a hand-back leaves the attempts")

enum sim_bug {
#define SIM_BUG_ENUM(name, word, text) BUG_##name,
    SIM_BUG_MAP(SIM_BUG_ENUM)
#undef SIM_BUG_ENUM
        BUG_COUNT
};

/* False where no bug has this name. */
bool bug_parse(const char *word, enum sim_bug *bug);
/* Static texts. */
const char *bug_word(enum sim_bug bug);
const char *bug_text(enum sim_bug bug);
