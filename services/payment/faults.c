#include "payment/faults.h"

#include <assert.h>
#include <string.h>

_Static_assert(FAULT_RULE_COUNT_MAX == 64 && FAULT_DELAY_MS_MAX == 600000,
               "the texts below say so");

static const char *const words[FAULT_ACTION_COUNT] = {
#define FAULT_ACTION_WORD(name, word, text) [FAULT_##name] = (word),
    FAULT_ACTION_MAP(FAULT_ACTION_WORD)
#undef FAULT_ACTION_WORD
};

const char *fault_action_word(enum fault_action action)
{
    assert((unsigned)action < FAULT_ACTION_COUNT);
    return words[action];
}

/* Digits only, at least one. */
static bool parse_number(const char *text, size_t size, int64_t maximum, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + (text[i] - '0');
        if (*number > maximum)
            return false;
    }
    return size != 0;
}

static enum fault_action find_action(const char *word, size_t size)
{
    for (int i = FAULT_NONE + 1; i < FAULT_ACTION_COUNT; i++) {
        if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0)
            return (enum fault_action)i;
    }
    return FAULT_NONE;
}

/* NULL, or what is wrong. */
static const char *parse_action(const char *text, size_t size, struct fault_rule *rule)
{
    const char *colon = memchr(text, ':', size);
    size_t word_size = colon == NULL ? size : (size_t)(colon - text);
    rule->action = find_action(text, word_size);
    if (rule->action == FAULT_NONE)
        return "the action is not known";
    if (rule->action != FAULT_DELAY)
        return colon == NULL ? NULL : "only delay takes a number";
    int64_t delay_ms;
    if (colon == NULL ||
        !parse_number(colon + 1, size - word_size - 1, FAULT_DELAY_MS_MAX, &delay_ms))
        return "delay needs its milliseconds, at most 600000: delay:300";
    rule->delay_ms = (uint32_t)delay_ms;
    return NULL;
}

static const char *parse_rule(const char *text, size_t size, struct faults *faults)
{
    struct fault_rule rule = {0};
    const char *equals = memchr(text, '=', size);
    if (equals == NULL)
        return "a rule is amount=action";
    size_t amount_size = (size_t)(equals - text);
    int64_t amount;
    if (!parse_number(text, amount_size, INT32_MAX, &amount))
        return "the amount is not a whole number from 0 to 2147483647";
    rule.amount = (int32_t)amount;
    if (faults_find(faults, rule.amount).action != FAULT_NONE)
        return "the amount has a rule already";
    const char *reason = parse_action(equals + 1, size - amount_size - 1, &rule);
    if (reason != NULL)
        return reason;
    if (faults->count == FAULT_RULE_COUNT_MAX)
        return "there are more than 64 rules";
    faults->rules[faults->count++] = rule;
    return NULL;
}

bool faults_parse(const char *text, struct faults *faults, struct faults_problem *problem)
{
    *faults = (struct faults){0};
    if (*text == '\0' || strcmp(text, "none") == 0)
        return true;
    for (;;) {
        size_t size = strcspn(text, ",");
        const char *reason = parse_rule(text, size, faults);
        if (reason != NULL) {
            *problem = (struct faults_problem){.rule = text, .rule_size = size, .reason = reason};
            return false;
        }
        if (text[size] == '\0')
            return true;
        text += size + 1;
    }
}

struct fault_rule faults_find(const struct faults *faults, int32_t amount)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->rules[i].amount == amount)
            return faults->rules[i];
    }
    return (struct fault_rule){.amount = amount, .action = FAULT_NONE};
}
