/* status - the one enumeration of what can come of an operation, with texts.
 *
 * Place   below everything; knows nobody.
 * Errors  A status is an outcome of the world (network, peer, database). Our own bugs are asserts.
 */
#pragma once

#define STATUS_MUST_CHECK __attribute__((warn_unused_result))

/* UNAVAILABLE and REFUSED promise that nothing happened; UNKNOWN promises nothing at all. */
#define STATUS_MAP(X)                                                                              \
    X(OK, "done")                                                                                  \
    X(UNAVAILABLE, "the other side is not reachable; surely nothing was done")                     \
    X(REFUSED, "the other side refused; surely nothing was done")                                  \
    X(UNKNOWN, "the outcome is not known; it may have been done")                                  \
    X(CONFLICT, "somebody else's is in its place; surely nothing was done")                        \
    X(NOT_FOUND, "there is no such thing")                                                         \
    X(OVERLOADED, "too much is waiting already")                                                   \
    X(STOPPING, "the service is stopping")                                                         \
    X(INVALID, "not valid")                                                                        \
    X(TOO_LARGE, "larger than allowed")                                                            \
    X(NO_MEMORY, "out of memory")                                                                  \
    X(SYSTEM, "the operating system reported an error")

enum status {
#define STATUS_ENUM(name, text) STATUS_##name,
    STATUS_MAP(STATUS_ENUM)
#undef STATUS_ENUM
};

/* Static text, never NULL. */
const char *status_text(enum status status);
