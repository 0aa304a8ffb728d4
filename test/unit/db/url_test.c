#include "db/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SHOWN_SIZE = 256 };

static void assert_shown(const char *url, const char *expected)
{
    char reason[DB_REASON_SIZE];
    char shown[SHOWN_SIZE];
    assert_true(db_url_check(url, reason));
    db_url_show(url, shown, sizeof shown);
    assert_string_equal(shown, expected);
}

static void good_urls_are_shown_without_their_secrets(void **state)
{
    (void)state;
    assert_shown("postgresql://saga:x-secret@db:5432/order_db?sslmode=require",
                 "user=saga password=*** dbname=order_db host=db port=5432 sslmode=require");
    assert_shown("postgres://saga@db/order_db?password=x-secret&sslpassword=x-secret",
                 "user=saga password=*** dbname=order_db host=db sslpassword=***");
    assert_shown("host=a,b port=1,65535 password='x-secret' dbname=order_db",
                 "password=*** dbname=order_db host=a,b port=1,65535");
    assert_shown("postgresql://saga:x%40%2F%25secret@db/order_db?host=@socket",
                 "user=saga password=*** dbname=order_db host=@socket");
    assert_shown("options='-c a=\\'b\\\\'", "options='-c a=\\'b\\\\'");
    assert_shown("postgresql://", "(what libpq takes by itself)");
}

static void long_url_is_cut(void **state)
{
    (void)state;
    char shown[8];
    db_url_show("host=long.example", shown, sizeof shown);
    assert_string_equal(shown, "host=lo");
}

/* Passwords that are not percent-encoded are taken for hosts, ports and databases. */
static void bad_urls_are_refused_without_a_quotation(void **state)
{
    static const struct {
        const char *url;
        const char *reason;
    } bad[] = {
        {"", "it is empty"},
        {"postgresql://saga:x@secret@db/order_db", "it has an @ where none belongs (in a password"},
        {"postgresql://saga:x/secret@db/order_db", "it has an @ where none belongs"},
        {"postgresql://saga:1/secret@db/order_db", "it has an @ where none belongs"},
        {"postgres://saga:x/secret@db/order_db?a=b", "it has an @ where none belongs"},
        {"postgresql://saga:%secret@db/order_db", "invalid percent-encoded token (in a password"},
        {"postgresql://saga:secret/order_db", "a port is no number from 1 to 65535"},
        {"postgresql://db:0/order_db", "a port is no number"},
        {"postgresql://db:65536/order_db", "a port is no number"},
        {"host=db port=x-secret", "a port is no number from 1 to 65535"},
        {"host=db passwrd=x-secret", "invalid connection option"},
        {"x-secret", "missing"},
        {"mysql://saga:x-secret@db/order_db", "missing"},
        {"host=a,b port=1,2,3", "not as many ports as hosts"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char reason[DB_REASON_SIZE];
        char shown[SHOWN_SIZE];
        if (db_url_check(bad[i].url, reason))
            fail_msg("%s was taken", bad[i].url);
        if (strncmp(reason, bad[i].reason, strlen(bad[i].reason)) != 0)
            fail_msg("%s: %s", bad[i].url, reason);
        assert_null(strstr(reason, "secret"));
        db_url_show(bad[i].url, shown, sizeof shown);
        assert_string_equal(shown, "***");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_are_shown_without_their_secrets),
        cmocka_unit_test(long_url_is_cut),
        cmocka_unit_test(bad_urls_are_refused_without_a_quotation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
