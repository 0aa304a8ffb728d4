#include "db/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* The first row whose prefix fits prevails, so single codes stand before their class. */
static const struct {
    const char *prefix;
    enum db_action action;
    const char *meaning;
} rules[] = {
    {"08", DB_RECONNECT, "connection exception"},
    {"0A", DB_RECONNECT, "a prepared plan no longer fits the schema"},
    {"21", DB_HALVE, "cardinality violation"},
    {"22", DB_HALVE, "data exception"},
    {"23", DB_HALVE, "constraint violation"},
    {"25", DB_RECONNECT, "the server is read-only, or the session's transaction is unfit"},
    {"26", DB_RECONNECT, "a prepared statement is gone"},
    {"28", DB_RECONNECT, "authorization is no longer valid"},
    {"40002", DB_HALVE, "constraint violation at commit"},
    {"40", DB_REPEAT, "deadlock or serialization failure"},
    {"42", DB_REFUSE, "the statement does not fit the schema or its rights"},
    {"44", DB_HALVE, "check option violation"},
    /* Memory and program limits mostly depend on what is sent, so that less of it may pass. */
    {"53200", DB_HALVE, "out of memory"},
    {"53", DB_REFUSE, "disk full or other resources exhausted"},
    {"54", DB_HALVE, "program limit exceeded"},
    {"55P03", DB_TIMED_OUT, "lock timeout"},
    {"57014", DB_TIMED_OUT, "statement timeout"},
    {"57P", DB_RECONNECT, "the server is stopping or starting"},
    {"58", DB_REFUSE, "system error on the server"},
    {"P0", DB_HALVE, "raised by a function"},
    {"XX", DB_HALVE, "internal error or corrupted data"},
};

struct db_verdict db_sqlstate_judge(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strncmp(sqlstate, rules[i].prefix, strlen(rules[i].prefix)) == 0)
            return (struct db_verdict){.action = rules[i].action, .meaning = rules[i].meaning};
    }
    return (struct db_verdict){.action = DB_HALVE, .meaning = "unexpected error"};
}
