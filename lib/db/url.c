#include "db/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { PORT_DIGITS_MAX = 5, SHOWN_SIZE_MAX = 64 * 1024, ANSWER_TIMEOUT_MS = 1000 };

/* What follows "postgresql://"; NULL where the text is no URL. */
static const char *find_authority(const char *url)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t size = strlen(schemes[i]);
        if (strncmp(url, schemes[i], size) == 0)
            return url + size;
    }
    return NULL;
}

/* libpq ends the password at the first @, and finds none behind a slash: the rest of such a
 * password would become the name of a host or of a database, and would be logged as such. */
static bool has_stray_at_sign(const char *url)
{
    const char *authority = find_authority(url);
    if (authority == NULL)
        return false;
    const char *rest = authority + strcspn(authority, "@/");
    rest += *rest == '@';
    return memchr(rest, '@', strcspn(rest, "?")) != NULL;
}

static bool is_port(const char *text)
{
    size_t size = strlen(text);
    if (size == 0 || size > PORT_DIGITS_MAX || strspn(text, "0123456789") != size)
        return false;
    long port = strtol(text, NULL, 10);
    return port > 0 && port <= UINT16_MAX;
}

static bool has_bad_port(const struct db_conninfo *conninfo)
{
    for (int i = 0; i < conninfo->host_count; i++) {
        if (conninfo->hosts[i].port != NULL && !is_port(conninfo->hosts[i].port))
            return true;
    }
    return false;
}

/* A password that is not percent-encoded is the usual reason why a URL can't be read. */
static bool refuse(const char *url, const char *why, char reason[DB_REASON_SIZE])
{
    size_t size = strlen(why);
    while (size != 0 && (why[size - 1] == ' ' || why[size - 1] == ':'))
        size--; /* libpq would go on with a quotation */
    snprintf(reason, DB_REASON_SIZE, "%.*s%s", (int)size, why,
             find_authority(url) != NULL ? " (in a password write @ as %40, / as %2F, % as %25)"
                                         : "");
    return false;
}

bool db_url_check(const char *url, char reason[DB_REASON_SIZE])
{
    struct db_conninfo conninfo;
    char fault[DB_REASON_SIZE];
    if (*url == '\0')
        return refuse(url, "it is empty", reason);
    if (has_stray_at_sign(url))
        return refuse(url, "it has an @ where none belongs", reason);
    if (db_conninfo_init(&conninfo, url, "", ANSWER_TIMEOUT_MS, fault) != STATUS_OK)
        return refuse(url, fault, reason);
    bool is_good = !has_bad_port(&conninfo);
    db_conninfo_free(&conninfo);
    return is_good || refuse(url, "a port is no number from 1 to 65535", reason);
}

/* As it would have to be written in "host=… dbname=…". */
static void append_value(struct buffer *to, const char *value)
{
    bool is_plain = *value != '\0' && value[strcspn(value, " '\\")] == '\0';
    if (!is_plain)
        buffer_append_byte(to, '\'');
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            buffer_append_byte(to, '\\');
        buffer_append_byte(to, *value);
    }
    if (!is_plain)
        buffer_append_byte(to, '\'');
}

void db_url_show(const char *url, char *shown, size_t size)
{
    char reason[DB_REASON_SIZE];
    PQconninfoOption *options = db_url_check(url, reason) ? PQconninfoParse(url, NULL) : NULL;
    struct buffer text;
    buffer_init(&text, SHOWN_SIZE_MAX);
    for (PQconninfoOption *option = options; option != NULL && option->keyword; option++) {
        if (option->val == NULL)
            continue;
        if (text.size != 0)
            buffer_append_byte(&text, ' ');
        buffer_append_text(&text, option->keyword);
        buffer_append_byte(&text, '=');
        append_value(&text, option->dispchar[0] == '\0' ? option->val : "***");
    }
    if (options == NULL || text.failed)
        snprintf(shown, size, "***");
    else if (text.size == 0)
        snprintf(shown, size, "(what libpq takes by itself)");
    else
        snprintf(shown, size, "%.*s", (int)text.size, text.data);
    PQconninfoFree(options);
    buffer_free(&text);
}
