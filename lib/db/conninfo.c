#include "db/conninfo.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parameter {
    const char *keyword;
    const char *value;
};

/* Of a keyword that comes twice libpq takes the last value: so the URL overrides these, and what
 * append_forced() adds overrides the URL. */
static const struct parameter defaults[] = {
    {"gssencmode", "disable"},    {"keepalives", "1"},       {"keepalives_idle", "10"},
    {"keepalives_interval", "3"}, {"keepalives_count", "3"},
};

/* Our statements look rows up by key, whatever the size of a table; but a plan is made only once
 * per session, often while the tables are empty, and any other way through them looks good then.
 * What a disabled way would cost more must not make the server compile the plan. The price: a join
 * without an index, as between two lists of one statement, tries each row with each. */
#define PLAN_OPTIONS                                                                               \
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off"        \
    " -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"

/* A server that hears nothing of us any more, within a segment too, gives its locks back. */
#define LOSS_OPTIONS                                                                               \
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"             \
    " -c tcp_user_timeout=10000"

/* A wait for a row holds up its whole segment. */
enum { LOCK_TIMEOUT_MAX_MS = 200 };

enum {
    DEFAULT_COUNT = sizeof defaults / sizeof defaults[0],
    FORCED_COUNT = 5,
    ADDRESS_COUNT = 3,
};

static const char *find_option(const struct db_conninfo *conninfo, const char *keyword)
{
    for (PQconninfoOption *option = conninfo->options; option->keyword != NULL; option++) {
        bool is_set = option->val != NULL && option->val[0] != '\0';
        if (is_set && strcmp(option->keyword, keyword) == 0)
            return option->val;
    }
    return NULL;
}

/* Splits a comma-separated value in a copy of its own. An empty element is NULL. Gives the count of
 * elements, 0 where there is no value, -1 where there are too many elements. */
static int split(const char *value, char **text, const char *elements[DB_HOST_COUNT_MAX])
{
    if (value == NULL)
        return 0;
    *text = strdup(value);
    if (*text == NULL)
        return -1;
    int count = 0;
    char *rest = *text;
    for (char *element = strsep(&rest, ","); element != NULL; element = strsep(&rest, ",")) {
        if (count == DB_HOST_COUNT_MAX)
            return -1;
        elements[count++] = element[0] != '\0' ? element : NULL;
    }
    return count;
}

static const char *find_hosts(struct db_conninfo *conninfo)
{
    const char *names[DB_HOST_COUNT_MAX] = {NULL};
    const char *addresses[DB_HOST_COUNT_MAX] = {NULL};
    const char *ports[DB_HOST_COUNT_MAX] = {NULL};
    const char *name = find_option(conninfo, "host");
    const char *address = find_option(conninfo, "hostaddr");
    /* libpq would take it from there too, and look it up while we wait. */
    if (name == NULL && address == NULL)
        name = getenv("PGHOST");
    int name_count = split(name, &conninfo->host_texts[0], names);
    int address_count = split(address, &conninfo->host_texts[1], addresses);
    int port_count = split(find_option(conninfo, "port"), &conninfo->host_texts[2], ports);
    int count = name_count > address_count ? name_count : address_count;
    if (count == 0)
        count = 1;
    if (name_count < 0 || address_count < 0 || port_count < 0)
        return "more hosts, addresses or ports than are supported";
    if (name_count != 0 && address_count != 0 && name_count != address_count)
        return "not as many addresses as hosts";
    if (port_count > 1 && port_count != count)
        return "not as many ports as hosts";
    for (int i = 0; i < count; i++) {
        const char *port = port_count > 1 ? ports[i] : ports[0];
        conninfo->hosts[i] =
            (struct db_host){.name = names[i], .address = addresses[i], .port = port};
    }
    conninfo->host_count = count;
    return NULL;
}

static void append(struct db_conninfo *conninfo, const char *keyword, const char *value)
{
    conninfo->keywords[conninfo->fixed_count] = keyword;
    conninfo->values[conninfo->fixed_count] = value;
    conninfo->fixed_count++;
}

static bool is_address_keyword(const char *keyword)
{
    return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 ||
           strcmp(keyword, "port") == 0;
}

static void append_forced(struct db_conninfo *conninfo, const char *application_name)
{
    append(conninfo, "application_name", application_name);
    append(conninfo, "client_encoding", "UTF8");
    append(conninfo, "options", conninfo->session_options);
    /* Checked by libpq on every connect, without a query where the server reports it (14 and up).
     */
    append(conninfo, "target_session_attrs", "read-write");
    append(conninfo, "tcp_user_timeout", conninfo->timeout_ms);
}

static bool append_parameters(struct db_conninfo *conninfo, const char *application_name)
{
    size_t count = DEFAULT_COUNT + FORCED_COUNT + ADDRESS_COUNT + 1;
    for (PQconninfoOption *option = conninfo->options; option->keyword != NULL; option++)
        count++;
    conninfo->keywords = calloc(count, sizeof *conninfo->keywords);
    conninfo->values = calloc(count, sizeof *conninfo->values);
    if (conninfo->keywords == NULL || conninfo->values == NULL)
        return false;
    for (size_t i = 0; i < DEFAULT_COUNT; i++)
        append(conninfo, defaults[i].keyword, defaults[i].value);
    for (PQconninfoOption *option = conninfo->options; option->keyword != NULL; option++) {
        if (option->val != NULL && !is_address_keyword(option->keyword))
            append(conninfo, option->keyword, option->val);
    }
    append_forced(conninfo, application_name);
    return true;
}

/* The server must give up before our own watchdog does, and a wait for a lock before the statement:
 * then the segment surely was rolled back and the connection stays. */
static bool write_session_options(struct db_conninfo *conninfo, uint64_t answer_timeout_ms)
{
    const char *own = find_option(conninfo, "options");
    unsigned long long timeout_ms = answer_timeout_ms;
    unsigned long long lock_timeout_ms = timeout_ms / 4;
    if (lock_timeout_ms > LOCK_TIMEOUT_MAX_MS)
        lock_timeout_ms = LOCK_TIMEOUT_MAX_MS;
    int size =
        snprintf(conninfo->session_options, sizeof conninfo->session_options,
                 "%s -c statement_timeout=%llu -c lock_timeout=%llu"
                 " -c idle_in_transaction_session_timeout=%llu"
                 " -c default_transaction_isolation=read\\ committed" PLAN_OPTIONS LOSS_OPTIONS,
                 own != NULL ? own : "", timeout_ms / 2, lock_timeout_ms, timeout_ms);
    snprintf(conninfo->timeout_ms, sizeof conninfo->timeout_ms, "%llu", timeout_ms);
    return size < (int)sizeof conninfo->session_options;
}

/* libpq quotes what it could not read, and that may be the password. */
static void copy_reason(char reason[DB_REASON_SIZE], const char *message)
{
    size_t size = message != NULL ? strcspn(message, "\"\n") : 0;
    snprintf(reason, DB_REASON_SIZE, "%.*s", (int)size, message != NULL ? message : "");
}

enum status db_conninfo_init(struct db_conninfo *conninfo, const char *url,
                             const char *application_name, uint64_t answer_timeout_ms,
                             char reason[DB_REASON_SIZE])
{
    *conninfo = (struct db_conninfo){0};
    char *message = NULL;
    conninfo->options = PQconninfoParse(url, &message);
    if (conninfo->options == NULL) {
        copy_reason(reason, message);
        PQfreemem(message);
        return STATUS_INVALID;
    }
    const char *fault = find_hosts(conninfo);
    if (fault == NULL && !write_session_options(conninfo, answer_timeout_ms))
        fault = "its options are too long";
    enum status status = fault != NULL ? STATUS_INVALID : STATUS_OK;
    if (fault == NULL && !append_parameters(conninfo, application_name)) {
        fault = "out of memory";
        status = STATUS_NO_MEMORY;
    }
    if (fault != NULL) {
        copy_reason(reason, fault);
        db_conninfo_free(conninfo);
    }
    return status;
}

void db_conninfo_free(struct db_conninfo *conninfo)
{
    for (size_t i = 0; i < sizeof conninfo->host_texts / sizeof conninfo->host_texts[0]; i++)
        free(conninfo->host_texts[i]);
    free(conninfo->keywords);
    free(conninfo->values);
    PQconninfoFree(conninfo->options);
    *conninfo = (struct db_conninfo){0};
}

void db_conninfo_set_address(struct db_conninfo *conninfo, const struct db_host *host,
                             const char *address)
{
    const struct parameter parameters[ADDRESS_COUNT] = {
        {"host", host->name}, {"hostaddr", address}, {"port", host->port}};
    size_t place = conninfo->fixed_count;
    for (size_t i = 0; i < ADDRESS_COUNT; i++) {
        if (parameters[i].value == NULL)
            continue;
        conninfo->keywords[place] = parameters[i].keyword;
        conninfo->values[place] = parameters[i].value;
        place++;
    }
    conninfo->keywords[place] = NULL;
    conninfo->values[place] = NULL;
}
