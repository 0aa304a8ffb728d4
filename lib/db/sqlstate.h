/* sqlstate - what to do with a segment that the server refused, by the error's code.
 *
 * Place   below db/batch; knows no connection.
 * Source  PostgreSQL manual, "PostgreSQL Error Codes".
 *
 * All of it is about errors that came WITH the segment's Sync: the transaction surely was rolled
 * back. A connection that dies before its Sync is another matter, whatever error came last. */
#pragma once

enum db_action {
    DB_HALVE,     /* some unit is to blame: halve until it stands alone, then refuse it */
    DB_TIMED_OUT, /* likewise, but the one that stands alone is repeated: a lock may be gone */
    DB_REPEAT,    /* a race was lost: the same segment again, a few times */
    DB_RECONNECT, /* the session is unfit: a fresh connection, then the same segment a few times */
    DB_REFUSE,    /* halving would not help: refuse the failed statement's units */
};

struct db_verdict {
    enum db_action action;
    const char *meaning; /* static, for the log */
};

/* `sqlstate`: five characters; anything else counts as unknown, which is DB_HALVE. */
struct db_verdict db_sqlstate_judge(const char *sqlstate);
