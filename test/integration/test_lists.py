"""GET /orders/ and GET /payments/: pages, newest first, keyed by id."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from seed import add_orders
from stack import APPLE, DIRECT_ORDER_ID_FIRST

# More than one look of a page takes in, so that a rare status is behind the first look's end.
MANY = 12_000
LOOK_COUNT_MAX = 5000

# Order -> its status, and that of its payment. All others are COMPLETED and PAID.
RARE = {1: ("CANCELLED", "VOIDED"), 2: ("PENDING", "PAID"), 3: ("CANCELLING", "REFUNDED"),
        4: ("CANCELLED", "FAILED"), 9000: ("CANCELLED", "REFUNDED")}


@pytest.fixture(scope="module")
def shop(stack_of_module):
    """Orders and payments 1 to MANY."""
    stack = stack_of_module()
    for order_id, (status, payment) in RARE.items():
        add_orders(stack, [order_id], status, payment=payment)
    add_orders(stack, [order_id for order_id in range(1, MANY + 1) if order_id not in RARE], "COMPLETED")
    return stack


@pytest.fixture(params=["orders", "payments"])
def items(request):
    return request.param


def service(stack, items):
    return stack.order if items == "orders" else stack.payment


def page(stack, items, query="", path=None):
    answer = service(stack, items).get(path or f"/{items}/{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == [items, "next"]
    return [item["id"] for item in body[items]], body["next"]


def walk(stack, items, query):
    """All ids, by following `next` until there is none; and how many pages that took."""
    ids, path, count = [], f"/{items}/{query}", 0
    while path is not None:
        found, path = page(stack, items, path=path)
        ids += found
        count += 1
    return ids, count


def test_the_newest_come_first(shop, items):
    ids, following = page(shop, items)
    assert ids == list(range(MANY, MANY - 20, -1))
    assert following == f"/{items}?limit=20&before={MANY - 19}"
    assert page(shop, items, path=f"/{items}") == (ids, following)
    ids, following = page(shop, items, path=following)
    assert ids == list(range(MANY - 20, MANY - 40, -1))
    head = service(shop, items).request("HEAD", f"/{items}")
    assert head.status_code == 200 and not head.content


def test_an_item_is_as_it_is_alone(shop, items):
    (listed,) = service(shop, items).get(f"/{items}?limit=1").json()[items]
    assert listed == service(shop, items).get(f"/{items}/{MANY}").json()
    (void,) = shop.payment.get("/payments?status=VOIDED&before=2").json()["payments"]
    assert void == {"order_id": 1, "amount": None, "id": 1, "status": "VOIDED"}


def test_pages_hold_everything_once(shop, items):
    assert walk(shop, items, "?limit=100") == (list(range(MANY, 0, -1)), MANY // 100)


def test_the_last_page_says_so(shop, items):
    assert page(shop, items, "?limit=5&before=6") == ([5, 4, 3, 2, 1], None)
    assert page(shop, items, "?limit=4&before=6") == ([5, 4, 3, 2], f"/{items}?limit=4&before=2")
    assert page(shop, items, "?before=1") == ([], None)
    assert page(shop, items, "?before=9223372036854775807&limit=1")[0] == [MANY]


def test_finished_orders_by_status(shop):
    following = f"/orders?status=COMPLETED&limit=2&before={MANY - 1}"
    assert page(shop, "orders", "?status=COMPLETED&limit=2") == ([MANY, MANY - 1], following)
    look_end = MANY - LOOK_COUNT_MAX + 1
    assert page(shop, "orders", "?status=CANCELLED") == \
        ([9000], f"/orders?status=CANCELLED&limit=20&before={look_end}")
    assert page(shop, "orders", f"?status=%43ANCELLED&before={look_end}")[0] == []
    # One page for each look, as none of them fills its page.
    assert walk(shop, "orders", "?status=CANCELLED") == ([9000, 4, 1], 3)
    assert walk(shop, "orders", "?status=CANCELLED&limit=1")[0] == [9000, 4, 1]


def test_the_end_of_a_look_may_match(shop):
    """The last one looked at is in the page, and the next page goes on behind it."""
    assert page(shop, "orders", f"?status=CANCELLED&before={4 + LOOK_COUNT_MAX}") == \
        ([4], "/orders?status=CANCELLED&limit=20&before=4")
    assert walk(shop, "orders", f"?status=CANCELLED&before={4 + LOOK_COUNT_MAX}")[0] == [4, 1]


def test_unfinished_orders_at_once(shop):
    assert page(shop, "orders", "?status=PENDING") == ([2], None)
    assert page(shop, "orders", "?status=CANCELLING") == ([3], None)
    assert page(shop, "orders", "?status=CANCELLING&before=3") == ([], None)


def test_many_unfinished_orders(make_stack):
    """More than one look takes in: as for the other statuses, and the parked ones are found all the same."""
    stack = make_stack()
    add_orders(stack, [LOOK_COUNT_MAX + 500], "PENDING", attempts=10, due_in=-60)
    add_orders(stack, [7], "CANCELLING")
    pending = [number for number in range(1, LOOK_COUNT_MAX) if number != 7]
    add_orders(stack, pending[1:], "PENDING")
    add_orders(stack, pending[:1], "PENDING", due_in=7200)  # the first one to be behind the look's end
    assert page(stack, "orders", "?status=PENDING&limit=2")[0] == [LOOK_COUNT_MAX + 500, LOOK_COUNT_MAX - 1]
    assert page(stack, "orders", "?status=CANCELLING") == ([7], None)
    add_orders(stack, [LOOK_COUNT_MAX + 400], "PENDING")
    add_orders(stack, [LOOK_COUNT_MAX + 600, LOOK_COUNT_MAX + 601], "PENDING", due_in=7300)  # behind that one
    everything = [LOOK_COUNT_MAX + 601, LOOK_COUNT_MAX + 600, LOOK_COUNT_MAX + 500, LOOK_COUNT_MAX + 400,
                  *reversed(pending)]
    assert walk(stack, "orders", "?status=PENDING&limit=100") == (everything, 51)
    assert page(stack, "orders", "?status=CANCELLING") == ([7], "/orders?status=CANCELLING&limit=20&before=4")
    assert page(stack, "orders", "?parked=true") == ([LOOK_COUNT_MAX + 500], None)


def test_payments_by_status(shop):
    assert walk(shop, "payments", "?status=REFUNDED") == ([9000, 3], 3)
    assert walk(shop, "payments", "?status=VOIDED")[0] == [1]
    assert walk(shop, "payments", "?status=FAILED&limit=1")[0] == [4]
    assert page(shop, "payments", "?status=PAID&limit=1")[0] == [MANY]


def test_payments_are_listed_by_their_own_ids(make_stack):
    stack = make_stack()
    for order_id in (DIRECT_ORDER_ID_FIRST + 5, DIRECT_ORDER_ID_FIRST):
        stack.payment.post("/payments/", {"order_id": order_id, "amount": 100})
    listed = stack.payment.get("/payments").json()["payments"]
    assert [row["order_id"] for row in listed] == [DIRECT_ORDER_ID_FIRST, DIRECT_ORDER_ID_FIRST + 5]
    assert listed[0]["id"] > listed[1]["id"]


def test_an_empty_table(make_stack, items):
    stack = make_stack()
    assert page(stack, items) == ([], None)
    assert page(stack, items, "?status=" + ("PENDING" if items == "orders" else "PAID")) == ([], None)
    add_orders(stack, [1], "COMPLETED")
    assert page(stack, "orders") == ([1], None)


def test_names_come_out_as_they_went_in(make_stack):
    """100 of the largest names, each byte escaped: the largest page there is."""
    stack = make_stack()
    names = ["\x01" * 255, "\U0001f34e" * 255, '"\\' * 100 + "%s"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: stack.post_order({**APPLE, "item_name": names[0]}), range(100)))
    listed = stack.order.get("/orders?limit=100")
    assert len(listed.content) > 100 * 255 * 6
    assert [order["item_name"] for order in listed.json()["orders"]] == [names[0]] * 100
    for name in names[1:]:
        stack.post_order({**APPLE, "item_name": name})
    assert [order["item_name"] for order in stack.order.get("/orders?limit=2").json()["orders"]] == names[:0:-1]
    stack.settle()


def test_many_lists_at_once(shop, items):
    """Different pages travel in one statement: each client gets its own. Too many are refused."""
    def ask(number):
        return service(shop, items).get(f"/{items}?limit={number % 100 + 1}&before={number + 200}")
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(ask, range(300)))
    for number, answer in enumerate(answers):
        assert answer.status_code == 200, answer.text
        expected = list(range(number + 199, number + 199 - (number % 100 + 1), -1))
        assert [item["id"] for item in answer.json()[items]] == expected


@pytest.mark.parametrize("query, names", [
    ("limit=0", ["limit"]), ("limit=101", ["limit"]), ("limit=-1", ["limit"]), ("limit=x", ["limit"]),
    ("limit", ["limit"]), ("limit=1.0", ["limit"]), ("limit=+1", ["limit"]), ("limit=%zz", ["limit"]),
    ("limit=99999999999999999999", ["limit"]), ("before=0", ["before"]), ("before=", ["before"]),
    ("before=9223372036854775808", ["before"]), ("status=paid", ["status"]), ("status=", ["status"]),
    ("status=PENDING'--", ["status"]), ("status=PENDING%00", ["status"]),
    ("status=x&limit=0&before=0", ["status", "limit", "before"]),
    ("limit=1&limit=1", ["limit"]), ("offset=5", ["offset"]), ("limi%74=5&LIMIT=5&%FF=5", ["LIMIT", "%FF"]),
])
def test_bad_queries(shop, items, query, names):
    answer = service(shop, items).get(f"/{items}/?{query}")
    assert answer.status_code == 422, answer.text
    detail = answer.json()["detail"]
    assert [fault["loc"] for fault in detail] == [["query", name] for name in names]
    assert all(set(fault) == {"loc", "msg", "type"} and fault["msg"] and fault["type"] for fault in detail)


def test_each_service_knows_its_own_words(shop):
    assert shop.order.get("/orders?status=PAID").status_code == 422
    assert shop.payment.get("/payments?status=PENDING").status_code == 422
    assert shop.payment.get("/payments?parked=true").status_code == 422
    assert shop.order.get("/orders?parked=false").status_code == 422
    message = shop.payment.get("/payments?status=x").json()["detail"][0]["msg"]
    assert message == "Input should be 'PAID', 'FAILED', 'VOIDED' or 'REFUNDED'"


def test_without_a_database(make_stack, items):
    stack = make_stack(uses_database_proxies=True)
    for proxy in (stack.order_db_proxy, stack.payment_db_proxy):
        proxy.stop()
    answer = service(stack, items).get(f"/{items}")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
