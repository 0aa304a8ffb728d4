#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/conninfo.h"

enum { ANSWER_TIMEOUT_MS = 4000 };

/* As libpq sees it: the last value prevails. */
static const char *parameter(const struct db_conninfo *conninfo, const char *keyword)
{
    const char *value = NULL;
    for (size_t i = 0; conninfo->keywords[i] != NULL; i++) {
        if (strcmp(conninfo->keywords[i], keyword) == 0)
            value = conninfo->values[i];
    }
    return value;
}

static void open_url(struct db_conninfo *conninfo, const char *url)
{
    char reason[DB_REASON_SIZE];
    assert_int_equal(db_conninfo_init(conninfo, url, "order", ANSWER_TIMEOUT_MS, reason),
                     STATUS_OK);
    db_conninfo_set_address(conninfo, &conninfo->hosts[0], "192.0.2.1");
}

static void test_our_parameters_and_the_urls(void **state)
{
    (void)state;
    struct db_conninfo conninfo;
    open_url(&conninfo,
             "postgresql://user:secret@db:5434/order_db?sslmode=require&keepalives_idle=7"
             "&application_name=mine&target_session_attrs=any&options=-c%20work_mem%3D1MB");
    assert_string_equal(parameter(&conninfo, "user"), "user");
    assert_string_equal(parameter(&conninfo, "password"), "secret");
    assert_string_equal(parameter(&conninfo, "dbname"), "order_db");
    assert_string_equal(parameter(&conninfo, "sslmode"), "require");
    assert_string_equal(parameter(&conninfo, "host"), "db");
    assert_string_equal(parameter(&conninfo, "hostaddr"), "192.0.2.1");
    assert_string_equal(parameter(&conninfo, "port"), "5434");
    assert_string_equal(parameter(&conninfo, "keepalives_idle"), "7");
    assert_string_equal(parameter(&conninfo, "keepalives_count"), "3");
    assert_string_equal(parameter(&conninfo, "gssencmode"), "disable");
    assert_string_equal(parameter(&conninfo, "application_name"), "order");
    assert_string_equal(parameter(&conninfo, "target_session_attrs"), "read-write");
    assert_string_equal(parameter(&conninfo, "tcp_user_timeout"), "4000");
    assert_string_equal(parameter(&conninfo, "options"),
                        "-c work_mem=1MB -c statement_timeout=2000 -c lock_timeout=200"
                        " -c idle_in_transaction_session_timeout=4000"
                        " -c default_transaction_isolation=read\\ committed"
                        " -c plan_cache_mode=force_generic_plan"
                        " -c enable_seqscan=off -c enable_bitmapscan=off"
                        " -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
                        " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2"
                        " -c tcp_keepalives_count=3 -c tcp_user_timeout=10000");
    db_conninfo_free(&conninfo);
}

static void test_next_address_replaces_the_last(void **state)
{
    (void)state;
    struct db_conninfo conninfo;
    open_url(&conninfo, "host=/run/postgresql,db port=1,2");
    assert_int_equal(conninfo.host_count, 2);
    db_conninfo_set_address(&conninfo, &conninfo.hosts[1], "192.0.2.2");
    assert_string_equal(parameter(&conninfo, "hostaddr"), "192.0.2.2");
    assert_string_equal(parameter(&conninfo, "port"), "2");
    db_conninfo_set_address(&conninfo, &conninfo.hosts[0], NULL);
    assert_string_equal(parameter(&conninfo, "host"), "/run/postgresql");
    assert_string_equal(parameter(&conninfo, "port"), "1");
    assert_null(parameter(&conninfo, "hostaddr"));
    db_conninfo_free(&conninfo);
}

static void test_one_port_serves_all_hosts(void **state)
{
    (void)state;
    struct db_conninfo conninfo;
    open_url(&conninfo, "host=a,b hostaddr=192.0.2.1,192.0.2.2 port=7");
    for (int i = 0; i < 2; i++)
        assert_string_equal(conninfo.hosts[i].port, "7");
    assert_string_equal(conninfo.hosts[1].name, "b");
    assert_string_equal(conninfo.hosts[1].address, "192.0.2.2");
    db_conninfo_free(&conninfo);
}

static void test_host_may_come_from_the_environment(void **state)
{
    (void)state;
    struct db_conninfo conninfo;
    assert_int_equal(setenv("PGHOST", "elsewhere", 1), 0);
    open_url(&conninfo, "postgresql:///order_db");
    assert_string_equal(conninfo.hosts[0].name, "elsewhere");
    db_conninfo_free(&conninfo);
    assert_int_equal(unsetenv("PGHOST"), 0);
    open_url(&conninfo, "postgresql:///order_db");
    assert_int_equal(conninfo.host_count, 1);
    assert_null(conninfo.hosts[0].name);
    db_conninfo_free(&conninfo);
}

static void test_unreadable_urls_are_refused_without_quoting_them(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "secret",
        "postgresql://user:secret%zz@db/order_db",
        "postgresql://user:pass@[secret/order_db",
        "postgresql://user@db/order_db?secret=1",
        "host=a,b,c port=1,2",
        "host=a,b hostaddr=192.0.2.1",
        "host=1,2,3,4,5,6,7,8,9",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct db_conninfo conninfo;
        char reason[DB_REASON_SIZE];
        assert_int_equal(db_conninfo_init(&conninfo, urls[i], "order", ANSWER_TIMEOUT_MS, reason),
                         STATUS_INVALID);
        assert_true(strlen(reason) > 0);
        assert_null(strstr(reason, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_parameters_and_the_urls),
        cmocka_unit_test(test_next_address_replaces_the_last),
        cmocka_unit_test(test_one_port_serves_all_hosts),
        cmocka_unit_test(test_host_may_come_from_the_environment),
        cmocka_unit_test(test_unreadable_urls_are_refused_without_quoting_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
