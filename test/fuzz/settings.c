/* Texts that an operator sets: what is accepted is in range, and what is written of it reads the
 * same. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/conninfo.h"
#include "fuzz/fuzz.h"
#include "http/auth.h"
#include "http/client_origin.h"
#include "payment/faults.h"

enum { WRITTEN_SIZE_MAX = 16 * 1024 };

static void write_rule(const struct fault_rule *rule, struct buffer *to)
{
    buffer_append_int(to, rule->amount);
    buffer_append_byte(to, '=');
    buffer_append_text(to, fault_action_word(rule->action));
    if (rule->action == FAULT_DELAY) {
        buffer_append_byte(to, ':');
        buffer_append_int(to, rule->delay_ms);
    }
}

static void check_rules(const struct faults *faults)
{
    struct faults again;
    struct faults_problem problem;
    struct buffer written;
    buffer_init(&written, WRITTEN_SIZE_MAX);
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault_rule *rule = &faults->rules[i];
        assert(rule->amount >= 0 && rule->action > FAULT_NONE && rule->action < FAULT_ACTION_COUNT);
        assert(rule->delay_ms <= FAULT_DELAY_MS_MAX);
        assert(rule->action == FAULT_DELAY || rule->delay_ms == 0);
        if (i != 0)
            buffer_append_byte(&written, ',');
        write_rule(rule, &written);
    }
    buffer_append_byte(&written, '\0');
    bool is_good = faults_parse(written.data, &again, &problem);
    assert(is_good && again.count == faults->count);
    for (size_t i = 0; i < faults->count; i++) {
        struct fault_rule rule = faults_find(&again, faults->rules[i].amount);
        assert(rule.action == faults->rules[i].action);
        assert(rule.delay_ms == faults->rules[i].delay_ms);
    }
    buffer_free(&written);
}

static void check_faults(const char *text)
{
    struct faults faults;
    struct faults_problem problem;
    if (faults_parse(text, &faults, &problem)) {
        assert(faults.count <= FAULT_RULE_COUNT_MAX);
        check_rules(&faults);
        return;
    }
    const char *end = text + strlen(text);
    assert(problem.reason != NULL && problem.rule >= text);
    assert(problem.rule + problem.rule_size <= end);
    assert(memchr(problem.rule, ',', problem.rule_size) == NULL);
}

static void check_address(const char *text)
{
    struct net_address address;
    struct net_address again;
    char written[NET_ADDRESS_TEXT_SIZE];
    if (net_address_parse(text, &address) != STATUS_OK)
        return;
    assert(net_address_port(&address) == strtoul(strrchr(text, ':') + 1, NULL, 10));
    net_address_format(&address, written);
    enum status status = net_address_parse(written, &again);
    assert(status == STATUS_OK && again.size == address.size);
    assert(net_address_port(&again) == net_address_port(&address));
    assert(again.any.sa_family == address.any.sa_family);
}

static void check_origin(const char *text)
{
    struct http_origin origin;
    const char *reason = NULL;
    if (http_origin_parse(text, &origin, &reason) != STATUS_OK) {
        assert(reason != NULL);
        return;
    }
    /* It goes into the Host header of every call. */
    assert(strpbrk(origin.authority, " /?#@\r\n\t") == NULL && origin.authority[0] != '\0');
    unsigned long port = strtoul(origin.port, NULL, 10);
    assert(origin.host[0] != '\0' && port >= 1 && port <= UINT16_MAX);
    assert(!origin.is_numeric || net_address_port(&origin.addresses[0]) == port);
}

/* Each token can be sent by a client, and is then the right one. */
static void check_tokens(const char *text)
{
    if (!http_tokens_are_valid(text))
        return;
    struct buffer value;
    buffer_init(&value, WRITTEN_SIZE_MAX);
    for (const char *token = text; token != NULL; token = strchr(token, ',')) {
        token += *token == ',';
        size_t size = strcspn(token, ",");
        assert(size >= 1 && size <= HTTP_TOKEN_SIZE_MAX);
        buffer_clear(&value);
        buffer_append_text(&value, "Bearer ");
        buffer_append(&value, token, size);
        const struct http_header header = {.name = {"Authorization", 13},
                                           .value = {value.data, value.size}};
        assert(http_check_token(text, &header, 1) == HTTP_PERMITTED);
    }
    buffer_free(&value);
}

static void check_conninfo(const char *text)
{
    struct db_conninfo conninfo;
    char reason[DB_REASON_SIZE] = "";
    if (db_conninfo_init(&conninfo, text, "fuzz", 1000, reason) != STATUS_OK) {
        assert(reason[0] != '\0' && strlen(reason) < sizeof reason);
        return;
    }
    assert(conninfo.host_count >= 1 && conninfo.host_count <= DB_HOST_COUNT_MAX);
    for (int i = 0; i < conninfo.host_count; i++) {
        db_conninfo_set_address(&conninfo, &conninfo.hosts[i], "127.0.0.1");
        size_t address_count = 0;
        for (size_t place = 0; conninfo.keywords[place] != NULL; place++)
            address_count += strcmp(conninfo.keywords[place], "hostaddr") == 0;
        assert(address_count == 1); /* one at a time, or libpq would block on the others */
    }
    db_conninfo_free(&conninfo);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    assert(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_faults(text);
    check_address(text);
    check_origin(text);
    check_tokens(text);
    check_conninfo(text);
    free(text);
    return 0;
}
