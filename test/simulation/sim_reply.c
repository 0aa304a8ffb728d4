/* Twin of order/reply.h, as far as order/replay.c needs it: the client is told without HTTP. */
#include "order/reply.h"

#include "simulation/clients.h"

static void tell(struct replier *replier, http_exchange_id exchange, enum client_replay replay,
                 const struct order *order)
{
    struct instance *instance = LIST_ELEMENT(replier, struct instance, replier);
    clients_replay(instance, exchange, replay, order);
}

void reply_outcome(struct replier *replier, http_exchange_id exchange, const char *headers,
                   const struct order *order)
{
    (void)headers;
    tell(replier, exchange, REPLAY_OUTCOME, order);
}

/* An order that its customer took back, with words of its own. */
void reply_order(struct replier *replier, http_exchange_id exchange, int status,
                 const char *headers, const char *detail, const struct order *order)
{
    (void)status;
    (void)headers;
    (void)detail;
    tell(replier, exchange, REPLAY_TAKEN_BACK, order);
}

void reply_running(struct replier *replier, http_exchange_id exchange, const struct order *order)
{
    tell(replier, exchange, REPLAY_RUNNING, order);
}

void reply_key_reused(struct replier *replier, http_exchange_id exchange)
{
    tell(replier, exchange, REPLAY_OTHER_BODY, NULL);
}

void reply_refusal(struct replier *replier, http_exchange_id exchange, enum status status)
{
    (void)status;
    tell(replier, exchange, REPLAY_REFUSED, NULL);
}
