/* faults - which charges fail on purpose, and how: a table of rules by amount. PURE.
 *
 * Place      settings, handler_charge -> [faults].  Knows no clock, no I/O, no memory; the handler
 *            performs the action.
 * Limits     FAULT_RULE_COUNT_MAX rules, FAULT_DELAY_MS_MAX for a delay.
 * Units      *_ms: milliseconds.
 *
 * As text: rules "amount=action", separated by commas, without blanks; "none" for no rules. An
 * amount stands in one rule at most. Only charges are affected: never a void, a refund or a read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAULT_RULE_COUNT_MAX = 64, FAULT_DELAY_MS_MAX = 600000 };

/* Name, the word in a rule, what happens to a charge. */
#define FAULT_ACTION_MAP(X)                                                                        \
    X(NONE, "", "charged as usual")                                                                \
    X(ERROR, "500", "answered 500, nothing is recorded")                                           \
    X(DECLINE, "decline", "recorded as FAILED, answered 402")                                      \
    X(HANG, "hang", "never answered, nothing is recorded")                                         \
    X(DELAY, "delay", "delay:MS: waits, then is charged as usual")                                 \
    X(COMMIT_ERROR, "commit-500", "recorded as usual, answered 500")                               \
    X(COMMIT_DROP, "commit-drop", "recorded as usual, then the connection is cut")                 \
    X(DROP, "drop", "the connection is cut, nothing is recorded")

enum fault_action {
#define FAULT_ACTION_ENUM(name, word, text) FAULT_##name,
    FAULT_ACTION_MAP(FAULT_ACTION_ENUM)
#undef FAULT_ACTION_ENUM
        FAULT_ACTION_COUNT
};

/* Static: the word in a rule. */
const char *fault_action_word(enum fault_action action);

struct fault_rule {
    int32_t amount;
    enum fault_action action;
    uint32_t delay_ms; /* FAULT_DELAY only */
};

struct faults {
    struct fault_rule rules[FAULT_RULE_COUNT_MAX];
    size_t count;
};

/* What is wrong with a text: the rule as it stands there, and a static reason. */
struct faults_problem {
    const char *rule;
    size_t rule_size;
    const char *reason;
};

/* An empty text means the same as "none". False: *problem tells why, and *faults is of no use. */
bool faults_parse(const char *text, struct faults *faults, struct faults_problem *problem);

/* The rule for a charge of this amount; its action is FAULT_NONE where there is none. */
struct fault_rule faults_find(const struct faults *faults, int32_t amount);
