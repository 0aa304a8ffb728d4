"""64 clients at once, undisturbed and with every database connection cut under them."""

from load import Load, assert_answers_hold
from waiting import wait_until


def test_64_clients(stack):
    with Load(stack.order.port, client_count=64, orders_each=24) as load:
        load.join()
    assert {code: len(ids) for code, ids in load.answers.items()} == {200: 64 * 21, 400: 64 * 3}
    assert stack.pending_count() == 0
    assert stack.order_db.value("SELECT count(*) FROM orders WHERE status = 'COMPLETED'") == 64 * 21
    assert stack.payment_db.value("SELECT count(*) FROM payments WHERE status = 'PAID'") == 64 * 21
    assert_answers_hold(stack, load)
    stack.audit()


def test_database_connections_cut_under_load(make_stack):
    stack = make_stack()
    with Load(stack.order.port, client_count=32) as load:
        for round_number in range(1, 4):
            for database in (stack.order_db, stack.payment_db):
                before = load.count(200)
                wait_until(lambda goal=before + 100: load.count(200) >= goal, 60, "orders are served")
                assert database.terminate_backends() > 0, f"round {round_number}"
        before = load.count(200)
        wait_until(lambda: load.count(200) >= before + 100, 60, "orders are served again")
    stack.settle()
    assert_answers_hold(stack, load)
    assert load.count("lost") == 0
