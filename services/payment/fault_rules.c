#include "payment/fault_rules.h"

#include <assert.h>

static bool set_shared(struct fault_rules *rules, const char *text)
{
    return shared_text_set(rules->shared, text, strlen(text) + 1);
}

static void parse_good(struct fault_rules *rules, const char *text)
{
    struct faults_problem problem;
    bool is_good = faults_parse(text, &rules->faults, &problem);
    assert(is_good);
    (void)is_good;
}

bool fault_rules_open(struct fault_rules *rules, const char *text, bool can_change)
{
    *rules = (struct fault_rules){0};
    parse_good(rules, text);
    buffer_init(&rules->text, SHARED_TEXT_SIZE_MAX);
    if (!can_change)
        return true;
    rules->shared = shared_text_open();
    if (rules->shared == NULL)
        return false;
    if (buffer_reserve(&rules->text, SHARED_TEXT_SIZE_MAX) != NULL && set_shared(rules, text))
        return true;
    fault_rules_close(rules);
    return false;
}

void fault_rules_close(struct fault_rules *rules)
{
    if (rules->shared != NULL)
        shared_text_close(rules->shared);
    buffer_free(&rules->text);
    *rules = (struct fault_rules){0};
}

static void refresh(struct fault_rules *rules)
{
    if (rules->version == shared_text_version(rules->shared))
        return;
    buffer_clear(&rules->text);
    rules->version = shared_text_read(rules->shared, &rules->text);
    assert(!rules->text.failed && rules->text.size != 0);
    parse_good(rules, rules->text.data);
}

const struct faults *fault_rules_now(struct fault_rules *rules)
{
    if (rules->shared != NULL)
        refresh(rules);
    return &rules->faults;
}

const char *fault_rules_text(struct fault_rules *rules)
{
    refresh(rules);
    return rules->text.data;
}

bool fault_rules_set(struct fault_rules *rules, const char *text, struct faults_problem *problem)
{
    struct faults faults;
    if (!faults_parse(text, &faults, problem))
        return false;
    if (set_shared(rules, *text == '\0' ? "none" : text))
        return true;
    *problem = (struct faults_problem){.rule = text, .reason = "the rules are too long"};
    return false;
}
