#include "payment/metrics.h"

static const char *const operation_texts[] = {
#define OPERATION_TEXT(name, word) "operation=\"" word "\"",
    PAYMENT_OPERATION_MAP(OPERATION_TEXT)
#undef OPERATION_TEXT
};

static const char *const outcome_texts[] = {
#define OUTCOME_TEXT(name, word) "outcome=\"" word "\"",
    PAYMENT_OUTCOME_MAP(OUTCOME_TEXT)
#undef OUTCOME_TEXT
};

static const char *const fault_texts[] = {
#define FAULT_TEXT(name, word, text) "action=\"" word "\"",
    FAULT_ACTION_MAP(FAULT_TEXT)
#undef FAULT_TEXT
};

static const struct metrics_family families[] = {
    {.name = "payment_calls_total",
     .help = "Charges, voids and refunds that reached the records, by what is recorded then.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct payment_metrics, calls),
     .labels = {{operation_texts, PAYMENT_OPERATION_COUNT,
                 PAYMENT_OUTCOME_COUNT * sizeof(uint64_t)},
                {outcome_texts, PAYMENT_OUTCOME_COUNT, sizeof(uint64_t)}}},
    {.name = "payment_faults_total",
     .help = "Charges that met a rule of PAYMENT_FAULTS.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct payment_metrics, faults[FAULT_NONE + 1]),
     .labels = {{fault_texts + FAULT_NONE + 1, FAULT_ACTION_COUNT - FAULT_NONE - 1,
                 sizeof(uint64_t)}}},
    {.name = "payment_admission_limit",
     .help =
         "Charges that may be under way, so that they end in time; further ones are answered 503.",
     .kind = METRICS_GAUGE,
     .offset = offsetof(struct payment_metrics, admission.limit)},
    {.name = "payment_admitted_in_flight",
     .help = "Charges that are under way, without those that hang.",
     .kind = METRICS_GAUGE,
     .offset = offsetof(struct payment_metrics, admission.inside)},
    {.name = "payment_admission_refusals_total",
     .help = "Charges refused, as those under way take too long.",
     .kind = METRICS_COUNTER,
     .offset = offsetof(struct payment_metrics, admission.refusals)},
};

const struct metrics_group payment_metrics_group = {
    .families = families,
    .family_count = sizeof families / sizeof families[0],
    .values_size = sizeof(struct payment_metrics),
};
