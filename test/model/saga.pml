/* saga.pml - the order/payment/recovery protocol, for Spin: is it right whatever fails, and whenever?
 *
 * One order; two workers (sagas of any instances of order-service) that create, recover and cancel it; the
 * order database, one row; the payment service, one write-once register; and the network between them.
 *
 * What may go wrong, at any point, up to FAULT_COUNT times in a run:
 *   - a worker crashes; what it has sent stays under way. The payment service crashes; what is under way to
 *     it and from it is lost;
 *   - a call can't connect, is lost, is given up and arrives late, arrives twice; an answer is lost; a plain
 *     500, with or without effect;
 *   - a database write surely fails, commits unseen, is lost unseen, or commits late, after its worker has
 *     given it up or died; the look at a row fails; a claim or a cancel commits unseen;
 *   - an order is claimed though its worker still lives.
 * Besides, at no cost: the payment declines; has another order's payment under the number; answers every
 * charge with 500. The customer cancels once, or never. Budget, lease and deadline end at any moment.
 *
 * What is checked in every reachable state:
 *   I1  the register is written once; only a refund changes it               write_register()
 *   I2  a COMPLETED order's register is PAID                                  check()
 *   I3  a CANCELLED order holds no money: the register is FAILED, VOIDED, REFUNDED or another order's, or
 *       empty and the history says never_sent; and it stays so                check()
 *   I4  an order makes legal moves only, and by the last who claimed it       move()
 *   I5  the order ends once faults stop: there is no cycle of states (pan -l), so each run comes to where
 *       nothing can move any more; and there the order is final               init
 *   No event meets a state without a line for it (step()); a client is told what is durable (tell()).
 *
 * The table is that of services/order/saga.c: check_table.py compares them, check_model.py makes sure that
 * every line is used.
 *
 * Bounds: 2 workers; FAULT_COUNT faults; one late copy of each kind of request, which may arrive any number of
 * times for a fault each; one late write of each worker; one cancel. Left out: several orders, the clients'
 * Idempotency-Key, a database that loses what it has acknowledged.
 *
 * Each BUG_* breaks one rule on purpose; the checker must find it (CMakeLists.txt tells by which invariant). */

#ifndef FAULT_COUNT
#define FAULT_COUNT 3
#endif

/* Tells at the end of the check which lines of the table were used; no part of the state. */
c_decl {
    \#include <stdio.h>
    static char is_used[1000];
    __attribute__((destructor)) static void tell_used(void)
    {
        for (int line = 0; line < 1000; line++) {
            if (is_used[line])
                printf("table line used: %d\n", line);
        }
    }
}

mtype = { NONE,
    /* states of a saga; COMPLETED and CANCELLED also of the order, REFUNDED etc. also of the register */
    IDLE, CREATING, CHARGING, VOIDING, COMPLETING, COMPENSATING, REVOKING, REFUNDING,
    COMPLETED, CANCELLED, ABANDONED, SUPERSEDED, RELEASED,
    /* events */
    START, CREATED, CREATED_UNWANTED, CREATE_REFUSED, CREATE_UNKNOWN, CLAIMED, RETRY, PAID, DECLINED, VOIDED,
    REFUNDED, MISMATCH, FAULT, UNKNOWN, BUDGET_SPENT, NEVER_SENT, STORED, STORE_FAILED, OVERTAKEN, LEASE_ENDING,
    /* effects; AWAIT is the second half of CHARGE, VOID and REFUND, LOOK that of STORE */
    CREATE, CHARGE, VOID, REFUND, STORE, BACKOFF, RELEASE, ANSWER, AWAIT, LOOK,
    /* the order's other statuses */
    PENDING, CANCELLING,
    /* a call that found a row, and reads it next; an answer that was cut */
    READ, RESET
};

byte faults;   /* still allowed */
bool posted, may_cancel, always_fails;

/* The order database: its one row. */
mtype status = NONE;
byte epoch;
byte claim_count; /* the truth that the epoch is to tell */
bool says_never_sent;
bool has_moved;

/* The payment database: the register. FAILED is called DECLINED, another order's row MISMATCH. */
mtype recorded = NONE;

/* What is under way. call and answer: for a worker that waits; late_*: for nobody. */
mtype call[2] = NONE, answer[2] = NONE;
bool late_charge, late_void, late_refund, late_create;
mtype late_move_from[2] = NONE, late_move_to[2] = NONE;
byte late_move_epoch[2], late_move_claim[2];
bool late_move_never_sent[2];

/* The workers. */
mtype state[2] = IDLE, effect[2] = NONE, known_status[2] = NONE;
byte known_epoch[2], known_claim[2];
bool was_sent[2], has_failed[2], never_sent[2];

#define IS_TERMINAL (status == COMPLETED || status == CANCELLED)
#define IS_UNFINISHED (status == PENDING || status == CANCELLING)
#define IS_OWNED ((state[0] != IDLE && known_epoch[0] == epoch) || (state[1] != IDLE && known_epoch[1] == epoch))

inline fault() { faults > 0 -> faults-- }

/* I2 and I3; whatever changes the status or the register calls it. */
inline check()
{
    assert(status != COMPLETED || recorded == PAID);
    assert(status != CANCELLED || recorded == DECLINED || recorded == VOIDED || recorded == REFUNDED ||
           recorded == MISMATCH || (recorded == NONE && says_never_sent))
}

/* The compare-and-set on the order's row. */
inline move(from, to, at_epoch, at_claim, is_never_sent)
{
    has_moved = false;
    if
#ifdef BUG_STALE_EPOCH
    :: true ->
#else
    :: status == from && epoch == at_epoch ->
#endif
        assert((status == PENDING && (to == COMPLETED || to == CANCELLED)) ||
               (status == CANCELLING && to == CANCELLED));
        assert(claim_count == at_claim);
        status = to;
        printf("order database: %e\n", status);
        says_never_sent = is_never_sent;
        has_moved = true;
        check()
    :: else
    fi
}

/* The table: one line for each that is not a conflict. */
#define ON(from, event, to, what) \
    :: state[me] == from && happened == event -> c_code { is_used[__LINE__] = 1; }; \
        printf("worker %d: %e %e -> %e %e\n", me, from, event, to, what); next = to; effect[me] = what

inline step(event)
{
    d_step {
        happened = event;
        if
        ON(CREATING, START, CREATING, CREATE)
        ON(CREATING, CREATED, CHARGING, CHARGE)
        ON(CREATING, CREATED_UNWANTED, COMPENSATING, STORE)
        ON(CREATING, CREATE_REFUSED, ABANDONED, ANSWER)
        ON(CREATING, CREATE_UNKNOWN, CREATING, BACKOFF)
        ON(CREATING, RETRY, CREATING, CREATE)
        ON(CHARGING, RETRY, CHARGING, CHARGE)
        ON(CHARGING, PAID, COMPLETING, STORE)
        ON(CHARGING, DECLINED, COMPENSATING, STORE)
        ON(CHARGING, VOIDED, COMPENSATING, STORE)
        ON(CHARGING, REFUNDED, COMPENSATING, STORE)
        ON(CHARGING, MISMATCH, COMPENSATING, STORE)
        ON(CHARGING, FAULT, VOIDING, VOID)
#ifdef BUG_UNKNOWN_CANCELS
        :: state[me] == CHARGING && happened == UNKNOWN -> next = COMPENSATING; effect[me] = STORE
#else
        ON(CHARGING, UNKNOWN, CHARGING, BACKOFF)
#endif
#ifdef BUG_BUDGET_SPENT_COMPLETES
        :: state[me] == CHARGING && happened == BUDGET_SPENT -> next = COMPLETING; effect[me] = STORE
#else
        ON(CHARGING, BUDGET_SPENT, VOIDING, VOID)
#endif
        ON(CHARGING, NEVER_SENT, COMPENSATING, STORE)
        ON(CHARGING, LEASE_ENDING, RELEASED, RELEASE)
        ON(VOIDING, CLAIMED, VOIDING, VOID)
        ON(VOIDING, RETRY, VOIDING, VOID)
        ON(VOIDING, PAID, COMPLETING, STORE)
        ON(VOIDING, DECLINED, COMPENSATING, STORE)
        ON(VOIDING, VOIDED, COMPENSATING, STORE)
        ON(VOIDING, REFUNDED, COMPENSATING, STORE)
        ON(VOIDING, MISMATCH, COMPENSATING, STORE)
        ON(VOIDING, FAULT, VOIDING, BACKOFF)
        ON(VOIDING, UNKNOWN, VOIDING, BACKOFF)
        ON(VOIDING, LEASE_ENDING, RELEASED, RELEASE)
        ON(COMPLETING, RETRY, COMPLETING, STORE)
        ON(COMPLETING, STORED, COMPLETED, ANSWER)
        ON(COMPLETING, STORE_FAILED, COMPLETING, BACKOFF)
        ON(COMPLETING, OVERTAKEN, SUPERSEDED, ANSWER)
        ON(COMPLETING, LEASE_ENDING, RELEASED, RELEASE)
        ON(COMPENSATING, RETRY, COMPENSATING, STORE)
        ON(COMPENSATING, STORED, CANCELLED, ANSWER)
        ON(COMPENSATING, STORE_FAILED, COMPENSATING, BACKOFF)
        ON(COMPENSATING, OVERTAKEN, SUPERSEDED, ANSWER)
        ON(COMPENSATING, LEASE_ENDING, RELEASED, RELEASE)
        ON(REVOKING, CLAIMED, REVOKING, VOID)
        ON(REVOKING, RETRY, REVOKING, VOID)
#ifdef BUG_NO_REFUND
        :: state[me] == REVOKING && happened == PAID -> next = COMPENSATING; effect[me] = STORE
#else
        ON(REVOKING, PAID, REFUNDING, REFUND)
#endif
        ON(REVOKING, DECLINED, COMPENSATING, STORE)
        ON(REVOKING, VOIDED, COMPENSATING, STORE)
        ON(REVOKING, REFUNDED, COMPENSATING, STORE)
        ON(REVOKING, MISMATCH, COMPENSATING, STORE)
        ON(REVOKING, FAULT, REVOKING, BACKOFF)
        ON(REVOKING, UNKNOWN, REVOKING, BACKOFF)
        ON(REVOKING, LEASE_ENDING, RELEASED, RELEASE)
        ON(REFUNDING, RETRY, REFUNDING, REFUND)
        ON(REFUNDING, REFUNDED, COMPENSATING, STORE)
        ON(REFUNDING, FAULT, REFUNDING, BACKOFF)
        ON(REFUNDING, UNKNOWN, REFUNDING, BACKOFF)
        ON(REFUNDING, LEASE_ENDING, RELEASED, RELEASE)
        :: else -> assert(false) /* a conflict */
        fi;
        has_failed[me] = has_failed[me] && next == state[me];
        state[me] = next;
        never_sent[me] = never_sent[me] || event == NEVER_SENT || event == CREATED_UNWANTED;
        happened = NONE;
        next = NONE
    }
}

inline work_on(in_state, event)
{
    state[me] = in_state;
    known_epoch[me] = epoch;
    known_claim[me] = claim_count;
    known_status[me] = status;
    step(event)
}

inline let_go()
{
    printf("worker %d: lets go\n", me);
    state[me] = IDLE;
    effect[me] = NONE;
    known_status[me] = NONE;
    known_epoch[me] = 0;
    known_claim[me] = 0;
    was_sent[me] = false;
    has_failed[me] = false;
    never_sent[me] = false
}

inline post()
{
    posted = true;
    state[me] = CREATING;
    known_status[me] = PENDING;
    step(START)
}

/* Recovery's claim. Without a fault only what nobody works on is due. */
inline claim()
{
    if
    :: !IS_OWNED
    :: IS_OWNED -> fault()
    fi;
#ifndef BUG_CLAIM_KEEPS_EPOCH
    epoch++;
#endif
    claim_count++;
    printf("order database: claimed, epoch %d\n", epoch);
    if
    :: status == PENDING -> work_on(VOIDING, CLAIMED)
    :: status == CANCELLING -> work_on(REVOKING, CLAIMED)
    :: fault() /* committed unseen */
    fi
}

inline cancel()
{
    may_cancel = false;
    epoch++;
    claim_count++;
    status = CANCELLING;
    printf("order database: CANCELLING, epoch %d\n", epoch);
    if
    :: work_on(REVOKING, CLAIMED)
    :: fault() /* committed unseen */
    fi
}

inline insert()
{
    status = (status == NONE -> PENDING : status);
    printf("order database: inserted, now %e\n", status)
}

inline create()
{
    if
    :: insert();
        if
        :: step(CREATED)
        :: step(CREATED_UNWANTED)
        fi
    :: fault();
        if
        :: !has_failed[me] -> step(CREATE_REFUSED)
        :: else -> step(CREATE_UNKNOWN)
        fi
    :: fault();
        if
        :: insert()
        :: late_create = true
        fi;
        has_failed[me] = true;
        step(CREATE_UNKNOWN)
    fi
}

/* No definite answer. */
inline give_up_on_call()
{
    if
    :: step(UNKNOWN)
    :: state[me] == CHARGING && was_sent[me] -> step(BUDGET_SPENT)
    :: state[me] == CHARGING && !was_sent[me] -> step(NEVER_SENT)
    fi
}

inline send()
{
    if
    :: call[me] = effect[me];
        effect[me] = AWAIT
#ifdef BUG_FAULTS_NEVER_STOP
    :: give_up_on_call()
#else
    :: fault();
        give_up_on_call()
#endif
    fi
}

/* Nobody waits for the call any more: it is lost, or will arrive late. */
inline abandon_call()
{
    if
    :: call[me] == CHARGE -> late_charge = true
    :: call[me] == VOID -> late_void = true
    :: call[me] == REFUND -> late_refund = true
    :: true
    fi;
    call[me] = NONE;
    answer[me] = NONE
}

inline hear()
{
    was_sent[me] = true;
    if
    :: answer[me] == RESET -> answer[me] = NONE; give_up_on_call()
    :: answer[me] != RESET && answer[me] != NONE -> happened = answer[me]; answer[me] = NONE; step(happened)
    :: fault(); abandon_call(); give_up_on_call() /* a timeout */
    fi
}

#define WANTED (state[me] == COMPLETING -> COMPLETED : CANCELLED)

/* A write that matched no row goes on as a look at the row. */
inline store()
{
    to = WANTED;
    if
    :: move(known_status[me], to, known_epoch[me], known_claim[me], never_sent[me]);
        if
        :: has_moved -> step(STORED)
        :: !has_moved -> effect[me] = LOOK
        fi
    :: fault();
        if
        :: move(known_status[me], to, known_epoch[me], known_claim[me], never_sent[me]) /* unseen */
        :: true /* lost */
        :: late_move_to[me] == NONE ->
            late_move_to[me] = to;
            late_move_from[me] = known_status[me];
            late_move_epoch[me] = known_epoch[me];
            late_move_claim[me] = known_claim[me];
            late_move_never_sent[me] = never_sent[me]
        fi;
        step(STORE_FAILED)
    fi;
    has_moved = false;
    to = NONE
}

inline look()
{
    if
    :: status == WANTED && epoch == known_epoch[me] -> step(STORED)
    :: status != WANTED || epoch != known_epoch[me] -> step(OVERTAKEN)
    :: fault(); step(STORE_FAILED)
    fi
}

inline back_off()
{
    if
    :: step(RETRY)
    :: state[me] == CHARGING && was_sent[me] -> step(BUDGET_SPENT)
    :: state[me] == CHARGING && !was_sent[me] -> step(NEVER_SENT)
    :: state[me] != CREATING -> step(LEASE_ENDING)
    fi
}

/* The client is told what is durable, and nothing else. */
inline tell()
{
    assert(state[me] != COMPLETED || status == COMPLETED || !may_cancel);
    assert(state[me] != CANCELLED || status == CANCELLED);
    let_go()
}

proctype worker(byte me)
{
    mtype happened = NONE, next = NONE, to = NONE;
end:
    do
    :: atomic { state[me] == IDLE && !posted && me == 0 -> post() }
#ifndef BUG_NO_RECOVERY
    :: atomic { state[me] == IDLE && IS_UNFINISHED && (faults > 0 || !IS_OWNED) -> claim() }
#endif
    :: atomic { state[me] == IDLE && may_cancel && (status == PENDING || status == COMPLETED) -> cancel() }
    :: atomic { effect[me] == CREATE -> create() }
    :: atomic { effect[me] == CHARGE || effect[me] == VOID || effect[me] == REFUND -> send() }
    :: atomic { effect[me] == AWAIT && (answer[me] != NONE || faults > 0) -> hear() }
    :: atomic { effect[me] == STORE -> store() }
    :: atomic { effect[me] == LOOK -> look() }
    :: atomic { effect[me] == BACKOFF -> back_off() }
    :: atomic { effect[me] == RELEASE -> let_go() }
    :: atomic { effect[me] == ANSWER -> tell() }
    :: atomic { state[me] != IDLE && faults > 0 -> printf("worker %d: crashes\n", me); faults--; abandon_call(); let_go() }
    od
}

/* The only writer of the register. */
inline write_register(what)
{
    assert(recorded == NONE || (recorded == PAID && what == REFUNDED));
    recorded = what
}

/* One statement of the payment database, and the row that is there then. */
inline record(request)
{
    if
#ifdef BUG_NO_UNIQUE_INDEX
    :: (recorded == NONE || recorded == PAID) && request == CHARGE ->
#else
    :: recorded == NONE && request == CHARGE ->
#endif
        if
        :: write_register(PAID)
        :: write_register(DECLINED)
        fi
#ifdef BUG_VOID_OVERWRITES
    :: (recorded == NONE || recorded == PAID) && request == VOID ->
#else
    :: recorded == NONE && request == VOID ->
#endif
#ifdef BUG_NO_TOMBSTONE
        skip
#else
        write_register(VOIDED)
#endif
    :: recorded == PAID && request == REFUND -> write_register(REFUNDED)
    :: else
    fi;
    printf("payment: %e, now %e\n", request, recorded);
    check()
}

/* Writes, and tells what it wrote; where a row was already there, it is read by a statement of its own. */
inline serve(worker_id)
{
    was_there = recorded;
    record(call[worker_id]);
    if
    :: recorded != was_there || recorded == NONE ->
        answer[worker_id] = (recorded == NONE -> VOIDED : recorded);
        call[worker_id] = NONE
    :: else ->
        call[worker_id] = READ
    fi;
    was_there = NONE
}

inline receive(worker_id)
{
    if
    :: call[worker_id] == CHARGE && always_fails -> call[worker_id] = NONE; answer[worker_id] = FAULT
    :: !(call[worker_id] == CHARGE && always_fails) -> serve(worker_id)
    :: fault(); /* 500 without effect */
        call[worker_id] = NONE;
        answer[worker_id] = FAULT
    :: fault(); /* 500 with effect */
        record(call[worker_id]);
        call[worker_id] = NONE;
        answer[worker_id] = FAULT
    :: fault(); /* the request is there twice */
        if
        :: call[worker_id] == CHARGE -> late_charge = true
        :: call[worker_id] == VOID -> late_void = true
        :: call[worker_id] == REFUND -> late_refund = true
        fi;
    fi
}

inline read(worker_id)
{
    call[worker_id] = NONE;
    answer[worker_id] = recorded
}

inline keep_or_not(late)
{
    if
    :: late = false
    :: fault()
    fi
}

proctype payment()
{
    mtype was_there = NONE;
end:
    do
    :: atomic { call[0] != NONE && call[0] != READ -> receive(0) }
    :: atomic { call[1] != NONE && call[1] != READ -> receive(1) }
    :: atomic { call[0] == READ -> read(0) }
    :: atomic { call[1] == READ -> read(1) }
    :: atomic { late_charge -> keep_or_not(late_charge); if :: !always_fails -> record(CHARGE) :: else fi }
    :: atomic { late_void -> keep_or_not(late_void); record(VOID) }
    :: atomic { late_refund -> keep_or_not(late_refund); record(REFUND) }
    :: atomic { faults > 0 && (effect[0] == AWAIT || effect[1] == AWAIT) -> /* a crash */
        printf("payment: crashes\n");
        faults--;
        call[0] = NONE;
        call[1] = NONE;
        answer[0] = (effect[0] == AWAIT -> RESET : NONE);
        answer[1] = (effect[1] == AWAIT -> RESET : NONE)
    }
    od
}

/* What commits after its worker has given it up. */
proctype order_database()
{
    byte i;
end:
    do
    :: atomic { late_create -> late_create = false; insert() }
    :: atomic { late_move_to[0] != NONE || late_move_to[1] != NONE ->
        if
        :: late_move_to[0] != NONE -> i = 0
        :: late_move_to[1] != NONE -> i = 1
        fi;
        move(late_move_from[i], late_move_to[i], late_move_epoch[i], late_move_claim[i], late_move_never_sent[i]);
        late_move_from[i] = NONE;
        late_move_to[i] = NONE;
        late_move_epoch[i] = 0;
        late_move_claim[i] = 0;
        late_move_never_sent[i] = false;
        has_moved = false;
        i = 0
    }
    od
}

init
{
    atomic {
        if
        :: recorded = NONE
        :: recorded = MISMATCH
        :: always_fails = true
        fi;
        if
        :: may_cancel = true
        :: may_cancel = false
        fi;
        select(faults : 0 .. FAULT_COUNT);
        run worker(0);
        run worker(1);
        run payment();
        run order_database()
    }
    timeout -> assert(IS_TERMINAL || status == NONE)
}
