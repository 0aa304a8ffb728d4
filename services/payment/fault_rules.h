/* fault_rules - the faults that are in force: those of the settings; in a demo, those that whoever
 * plays with it has set last, at whichever instance.
 *
 * Place      settings, handler_charge, handler_demo -> [fault_rules] -> faults,
 *            service/shared_text.
 * Thread     the loop thread of each instance.
 * Ownership  The parent of the instances opens them before they are forked, and closes them. */
#pragma once

#include "payment/faults.h"
#include "service/shared_text.h"

struct fault_rules {
    struct faults faults; /* what `version` of the shared text says */
    uint64_t version;
    struct shared_text *shared; /* NULL: they can't be changed */
    struct buffer text;         /* NUL-terminated */
};

/* False: out of memory. `text` must be good. */
bool fault_rules_open(struct fault_rules *rules, const char *text, bool can_change);
void fault_rules_close(struct fault_rules *rules);

/* Valid until the next call. */
const struct faults *fault_rules_now(struct fault_rules *rules);

/* As in faults_parse(); for rules that can change. */
const char *fault_rules_text(struct fault_rules *rules);

/* False: *problem tells why, and nothing is changed. */
bool fault_rules_set(struct fault_rules *rules, const char *text, struct faults_problem *problem);
