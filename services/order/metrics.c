#include "order/metrics.h"

#include <assert.h>
#include <string.h>

#define WORDS(words)                                                                               \
    {                                                                                              \
        .texts = (words), .count = sizeof(words) / sizeof(words)[0], .stride = sizeof(uint64_t)    \
    }
#define AT(member) offsetof(struct order_metrics, member)

static const char *const edge_texts[] = {
#define EDGE_TEXT(from, to, reason) "from=\"" #from "\",to=\"" #to "\",reason=\"" #reason "\"",
    ORDER_EDGE_MAP(EDGE_TEXT)
#undef EDGE_TEXT
};

static const char *const outcome_texts[] = {
#define OUTCOME_TEXT(name, word) "outcome=\"" word "\"",
    SAGA_OUTCOME_MAP(OUTCOME_TEXT)
#undef OUTCOME_TEXT
};

static const char *const write_texts[] = {
    [ORDER_WRITE_CREATE] = "operation=\"create\"",
    [ORDER_WRITE_MOVE] = "operation=\"move\"",
};

static const char *const operation_texts[] = {
#define OPERATION_TEXT(name, word) "operation=\"" word "\"",
    PAYMENT_VERB_MAP(OPERATION_TEXT)
#undef OPERATION_TEXT
};

static const char *const result_texts[] = {
#define RESULT_TEXT(name, word) "result=\"" word "\"",
    PAYMENT_RESULT_MAP(RESULT_TEXT)
#undef RESULT_TEXT
};

static const struct metrics_family families[] = {
    {.name = "order_moves_total",
     .help = "Moves of an order's status that were written, as its history has them.",
     .kind = METRICS_COUNTER,
     .offset = AT(moves),
     .labels = {WORDS(edge_texts)}},
    {.name = "order_saga_duration_seconds",
     .help = "From an order's insert or claim until its worker let go of it, by outcome.",
     .kind = METRICS_HISTOGRAM,
     .divisor = METRICS_NS_PER_S,
     .offset = AT(saga_ns),
     .labels = {{outcome_texts, SAGA_OUTCOME_COUNT, sizeof(struct metrics_histogram)}},
     .bounds = &metrics_latency_bounds_ns},
    {.name = "order_sagas_in_flight",
     .help = "Sagas that run now.",
     .kind = METRICS_GAUGE,
     .offset = AT(sagas)},
    {.name = "order_adopted_sagas_in_flight",
     .help = "Sagas that run now and that no client waits for: recovered orders.",
     .kind = METRICS_GAUGE,
     .offset = AT(adopted_sagas)},
    {.name = "order_sagas_limit",
     .help = "Sagas that may run at once; further orders are answered 503.",
     .kind = METRICS_GAUGE,
     .offset = AT(saga_count_max)},
    {.name = "order_admission_limit",
     .help = "New orders that may be under way, so that they end in time; further ones are "
             "answered 503.",
     .kind = METRICS_GAUGE,
     .offset = AT(admission.limit)},
    {.name = "order_admitted_in_flight",
     .help = "New orders that are under way, without those that hang.",
     .kind = METRICS_GAUGE,
     .offset = AT(admission.inside)},
    {.name = "order_admission_refusals_total",
     .help = "New orders refused, as those under way take too long.",
     .kind = METRICS_COUNTER,
     .offset = AT(admission.refusals)},
    {.name = "order_watchers",
     .help = "Clients that watch events live.",
     .kind = METRICS_GAUGE,
     .offset = AT(watchers)},
    {.name = "order_watchers_limit",
     .help = "Clients that may watch events live; further ones are answered 503.",
     .kind = METRICS_GAUGE,
     .offset = AT(watcher_count_max)},
    {.name = "order_recovered_total",
     .help = "Orders that recovery has claimed, as nobody had cared for them in time.",
     .kind = METRICS_COUNTER,
     .offset = AT(recovered_orders)},
    {.name = "order_last_claims_total",
     .help = "Orders claimed for the last time: they are parked unless they end now.",
     .kind = METRICS_COUNTER,
     .offset = AT(last_claims)},
    {.name = "order_parked",
     .help = "Orders that are parked, at the last look at the database; at most 100 are counted.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_MAX,
     .offset = AT(parked_orders)},
    {.name = "order_saga_conflicts_total",
     .help = "Events that make no sense in the state of their saga: a bug, here or over there.",
     .kind = METRICS_COUNTER,
     .offset = AT(conflicts)},
    {.name = "order_unknown_writes_total",
     .help = "Writes of an order that may or may not have happened; they are tried again.",
     .kind = METRICS_COUNTER,
     .offset = AT(unknown_writes),
     .labels = {WORDS(write_texts)}},
    {.name = "order_payment_calls_total",
     .help = "Calls to the payment service that have ended, by what they told.",
     .kind = METRICS_COUNTER,
     .offset = AT(payment_calls),
     .labels = {{operation_texts, PAYMENT_VERB_COUNT, PAYMENT_RESULT_COUNT * sizeof(uint64_t)},
                WORDS(result_texts)}},
    {.name = "order_payment_call_duration_seconds",
     .help = "From a call to the payment service to its answer or its end without one.",
     .kind = METRICS_HISTOGRAM,
     .divisor = METRICS_NS_PER_S,
     .offset = AT(payment_ns),
     .labels = {{operation_texts, PAYMENT_VERB_COUNT, sizeof(struct metrics_histogram)}},
     .bounds = &metrics_latency_bounds_ns},
    {.name = "order_payment_open_breakers",
     .help = "Processes whose circuit breaker in front of the payment service is open.",
     .kind = METRICS_GAUGE,
     .offset = AT(open_breakers)},
    {.name = "order_payment_breaker_openings_total",
     .help = "How often a circuit breaker has opened.",
     .kind = METRICS_COUNTER,
     .offset = AT(breaker_openings)},
    {.name = "order_payment_breaker_refusals_total",
     .help = "Calls to the payment service that an open circuit breaker has refused.",
     .kind = METRICS_COUNTER,
     .offset = AT(breaker_refusals)},
};

const struct metrics_group order_metrics_group = {
    .families = families,
    .family_count = sizeof families / sizeof families[0],
    .values_size = sizeof(struct order_metrics),
};

struct edge {
    int from;
    enum order_status to;
    const char *reason;
};

static const struct edge edges[ORDER_EDGE_COUNT] = {
#define EDGE(from, to, reason) {ORDER_##from, ORDER_##to, #reason},
    ORDER_EDGE_MAP(EDGE)
#undef EDGE
};

void order_metrics_count_move(struct order_metrics *metrics, int from, enum order_status to,
                              const char *reason)
{
    int edge = 0;
    while (edges[edge].from != from || edges[edge].to != to ||
           strcmp(edges[edge].reason, reason) != 0) {
        edge++;
        assert(edge < ORDER_EDGE_COUNT);
    }
    metrics_add(&metrics->moves[edge], 1);
}

static enum saga_outcome outcome_of(enum saga_state state)
{
    switch (state) {
#define OUTCOME_OF(name, word)                                                                     \
    case SAGA_##name:                                                                              \
        return SAGA_OUTCOME_##name;
        SAGA_OUTCOME_MAP(OUTCOME_OF)
#undef OUTCOME_OF
    default:
        assert(false && "not final");
        return SAGA_OUTCOME_ABANDONED;
    }
}

void order_metrics_count_saga(struct order_metrics *metrics, enum saga_state state,
                              uint64_t duration_ms)
{
    metrics_observe_ns(&metrics->saga_ns[outcome_of(state)], duration_ms * METRICS_NS_PER_MS);
}

void order_metrics_count_payment(struct order_metrics *metrics, enum payment_verb verb,
                                 enum payment_result result, uint64_t duration_ns)
{
    metrics_add(&metrics->payment_calls[verb][result], 1);
    metrics_observe_ns(&metrics->payment_ns[verb], duration_ns);
}
