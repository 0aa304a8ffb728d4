"""Each lint is shown going red on the smallest sample that deserves it, and green on a good one."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


def lint(name, root, *arguments):
    command = [sys.executable, str(HERE / f"{name}.py"), "--root", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def assert_red(done, expected):
    assert done.returncode == 1, done.stdout + done.stderr
    assert expected in done.stdout


def assert_green(done):
    assert done.returncode == 0, done.stdout + done.stderr


GOOD_HEADER = "/* good - a sample. */\n#pragma once\n\nint good_add(int left, int right);\n"
GOOD_SOURCE = (
    '#include "base/good.h"\n\n/* Never calls sprintf(). */\nint good_add(int left, int right)\n'
    '{\n    const char *text = "strcpy(a, b)";\n    return left + right + text[0];\n}\n'
)


def test_style_is_content_with_good_files(tmp_path):
    write(tmp_path, "lib/base/good.h", GOOD_HEADER)
    write(tmp_path, "lib/base/good.c", GOOD_SOURCE)
    write(tmp_path, "test/good.py", "def wait():\n    return 1\n")
    assert_green(lint("check_style", tmp_path))


LONG_C = "int f(void)\n{\n" + "    ;\n" * 69 + "}\n"
LONG_PY = "def f():\n" + "    pass\n" * 70
LONG_JS = "export async function f(a) {\n" + "    a();\n" * 69 + "}\n"
LONG_SH = "f() {\n" + "    :\n" * 69 + "}\n"


@pytest.mark.parametrize("path, text, expected", [
    ("a.c", "int i;\n" * 501, "a.c:501: 501 lines, more than 500"),
    ("a.py", "i = 1\n" * 501, "a.py:501: 501 lines, more than 500"),
    ("a.c", LONG_C, "a.c:2: f has 71 lines, more than 70"),
    ("a.py", LONG_PY, "a.py:1: f has 71 lines, more than 70"),
    ("a.js", LONG_JS, "a.js:1: f has 71 lines, more than 70"),
    ("a.sh", LONG_SH, "a.sh:1: f has 71 lines, more than 70"),
    ("tool", "#!/bin/sh\n" + LONG_SH, "tool:2: f has 71 lines, more than 70"),
    ("a.c", "int i;\n\tint j;\n", "a.c:2: tab"),
    ("a.md", "text \n", "a.md:1: trailing blank"),
    ("a.c", "int i;", "a.c:1: no newline"),
    ("a.c", "/* TO" + "DO later */\n", "a.c:1: TO" + "DO"),
    ("a.sh", "rm file |" + "| true\n", "a.sh:1: a failure is swallowed"),
    ("test/a.py", "time.sleep" + "(1)\n", "test/a.py:1: a fixed sleep"),
    ("a.h", "/* a - sample. */\n", "a.h:1: no #pragma once"),
    ("a.h", "/* sample. */\n#pragma once\n", 'a.h:1: must start with "/* a - "'),
])
def test_style_complains(tmp_path, path, text, expected):
    write(tmp_path, path, text)
    assert_red(lint("check_style", tmp_path), expected)


@pytest.mark.parametrize("call", [
    "strcpy", "strcat", "sprintf", "gets", "atoi", "atol", "strtok", "sleep", "usleep", "system", "popen",
    "PQexec", "PQexecParams", "PQexecPrepared", "PQreset", "PQresetStart", "PQcancel", "PQconnectdb",
    "PQconnectdbParams", "alloca", "rand", "setlocale",
])
def test_style_refuses_banned_calls(tmp_path, call):
    write(tmp_path, "a.c", f"int i;\nint f(void)\n{{\n    return {call}(i);\n}}\n")
    assert_red(lint("check_style", tmp_path), f"a.c:4: {call} is banned")


def test_style_lets_unit_tests_block(tmp_path):
    write(tmp_path, "test/unit/a.c", "int f(void)\n{\n    return PQexec(1);\n}\n")
    assert_green(lint("check_style", tmp_path))
    write(tmp_path, "test/unit/a.c", "int f(void)\n{\n    return usleep (1);\n}\n")
    assert_red(lint("check_style", tmp_path), "test/unit/a.c:3: usleep is banned")


@pytest.fixture
def layered(tmp_path):
    """The real tree's C files, copied, so that the table's rows all have their files."""
    for path in [*HERE.parents[1].glob("lib/**/*.[ch]"), *HERE.parents[1].glob("services/**/*.[ch]")]:
        copy = tmp_path / path.relative_to(HERE.parents[1])
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return tmp_path


def test_layers_are_content_with_the_tree(layered):
    assert_green(lint("check_layers", layered))


@pytest.mark.parametrize("path, include, expected", [
    ("lib/base/log.c", '"net/conn.h"', 'lib/base may not include "net/conn.h"'),
    ("lib/net/conn.c", '"http/message.h"', 'lib/net may not include "http/message.h"'),
    ("lib/db/row.c", '"json/fields.h"', 'lib/db may not include "json/fields.h"'),
    ("lib/http/parser.c", '"order/saga.h"', 'lib/http may not include "order/saga.h"'),
    ("lib/http/parser.c", "<libpq-fe.h>", "<libpq-fe.h> belongs to lib/db"),
    ("services/order/saga.c", '"order/store.h"', 'order/saga may not include "order/store.h"'),
    ("services/order/saga.c", "<uv.h>", "order/saga is pure"),
    ("services/order/saga.c", "<time.h>", "order/saga is pure"),
    ("services/order/driver.c", '"order/store_pg.h"', 'order/driver may not include "order/store_pg.h"'),
    ("services/order/driver.c", '"http/server.h"', 'order/driver may not include "http/server.h"'),
    ("services/order/handler.c", '"db/pool.h"', 'order/handler may not include "db/pool.h"'),
    ("services/order/app.c", '"payment/rules.h"', 'order/app may not include "payment/rules.h"'),
    ("services/order/app.c", "<libpq-fe.h>", "<libpq-fe.h> belongs to lib/db"),
    ("services/order/store_pg.c", '"store.h"', 'order/store_pg may not include "store.h"'),
    ("services/payment/rules.c", '"payment/store.h"', 'payment/rules may not include "payment/store.h"'),
    ("services/payment/app.c", '"order/saga.h"', 'payment/app may not include "order/saga.h"'),
])
def test_layers_refuse_upward_includes(layered, path, include, expected):
    file = layered / path
    file.write_text(f"#include {include}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert_red(lint("check_layers", layered), f"{path}:1: {expected}")


def test_layers_refuse_files_without_a_row_and_rows_without_a_file(layered):
    write(layered, "services/order/surprise.c", "int i;\n")
    write(layered, "lib/surprise/a.c", "int i;\n")
    (layered / "services/payment/rules.c").unlink()
    (layered / "services/payment/rules.h").unlink()
    done = lint("check_layers", layered)
    assert_red(done, "services/order/surprise.c:1: order/surprise has no row")
    assert_red(done, "lib/surprise/a.c:1: lib/surprise has no row")
    assert_red(done, "services/payment/rules:0: row without a file")


SETTINGS_SOURCE = (
    'static const struct config_setting settings[] = {\n'
    '    {.variable = "LISTEN", .group = "Network", .kind = CONFIG_TEXT, .initial = "0.0.0.0:8000"},\n'
    '    {.variable = "WAIT_MS",\n     .group = "Limits",\n     .kind = CONFIG_NUMBER,\n     .initial = "5",\n'
    '     .help = "How long {or \\"short\\"}; "\n             "in two pieces",\n     .unit = "ms",\n'
    '     .minimum = 1,\n     .maximum = 9},\n'
    '    {.variable = "TOKEN", .group = "Security", .kind = CONFIG_SECRET, .initial = ""},\n};\n'
)
SETTINGS_DOCUMENT = (
    "# Settings\n\n## order-service\n| group | variable | default | unit | values | meaning |\n|---|---|---|---|---|---|\n"
    "| Network | `LISTEN` | `0.0.0.0:8000` | – | host:port | where |\n"
    "| Limits | `WAIT_MS` | `5` | ms | 1 to 9 | how long |\n| Security | `TOKEN` | none | – | any | who |\n\n## Faults\n"
)
STARTERS = {
    "compose.yaml": "services:\n  order:\n    environment:\n      LISTEN: x\n      POSTGRES_PASSWORD: y\n    IGNORED: z\n",
    "services/order/order-service.env": "# Any text\nLISTEN=x\n#WAIT_MS=5\n",
    "services/a.service.in": "[Service]\nEnvironment=LISTEN=x\nType=exec\n",
    "services/Dockerfile": "FROM x\nENV LISTEN=x\n",
}


def write_settings(root, source=SETTINGS_SOURCE, document=SETTINGS_DOCUMENT, starters=None):
    write(root, "services/order/app.c", source)
    write(root, "docs/configuration.md", document)
    for path, text in {**STARTERS, **(starters or {})}.items():
        write(root, path, text)


def test_settings_agree(tmp_path):
    write_settings(tmp_path)
    assert_green(lint("check_settings", tmp_path))


@pytest.mark.parametrize("old, new, expected", [
    ("| Network | `LISTEN`", "| Network | LISTEN", "services/order/app.c:2: LISTEN is not in docs/configuration.md, order-service"),
    ("8000", "80", "docs/configuration.md:6: LISTEN has the default `0.0.0.0:8000`, not `0.0.0.0:80`"),
    ("Limits", "Network", "docs/configuration.md:7: WAIT_MS has the group Limits, not Network"),
    ("| ms |", "| s |", "docs/configuration.md:7: WAIT_MS has the unit ms, not s"),
    ("1 to 9", "0 to 9", "docs/configuration.md:7: WAIT_MS has the values 1 to 9, not 0 to 9"),
    ("none", "`x`", "docs/configuration.md:8: TOKEN has the default none, not `x`"),
    ("\n\n## Faults", "\n| Limits | `GONE` | `1` | – | any | x |\n", "docs/configuration.md:9: GONE is no setting of order-service"),
    ("## order-service", "## payment-service", "LISTEN is no setting of payment-service"),
])
def test_settings_complain_of_the_document(tmp_path, old, new, expected):
    write_settings(tmp_path, document=SETTINGS_DOCUMENT.replace(old, new))
    assert_red(lint("check_settings", tmp_path), expected)


@pytest.mark.parametrize("old, new, expected", [
    ('     .unit = "ms",\n', "", "services/order/app.c:3: WAIT_MS has no unit"),
    ('.initial = ""', '.initial = "", .unit = "ms"', "services/order/app.c:12: TOKEN has a unit"),
    ('.group = "Security", ', "", "services/order/app.c:12: TOKEN has no group"),
    ('"Security"', '"Network"', "services/order/app.c:12: TOKEN stands apart from its group, Network"),
])
def test_settings_complain_of_the_table(tmp_path, old, new, expected):
    write_settings(tmp_path, source=SETTINGS_SOURCE.replace(old, new))
    assert_red(lint("check_settings", tmp_path), expected)


@pytest.mark.parametrize("path, text, expected", [
    ("compose.yaml", "environment:\n  GONE: 1\n", "compose.yaml:2: GONE is no setting"),
    ("compose.yaml", "environment:\n  - GONE=1\n", "compose.yaml:2: GONE is no setting"),
    ("services/order/order-service.env", "#GONE=1\n", "services/order/order-service.env:1: GONE is no setting"),
    ("services/a.service.in", "Environment=GONE=1\n", "services/a.service.in:1: GONE is no setting"),
    ("services/Dockerfile", "ENV GONE=1\n", "services/Dockerfile:1: GONE is no setting"),
])
def test_settings_complain_of_a_starter(tmp_path, path, text, expected):
    write_settings(tmp_path, starters={path: text})
    assert_red(lint("check_settings", tmp_path), expected)


ROUTES_SOURCE = (
    'const struct http_route order_routes[] = {\n'
    '    {HTTP_METHOD_POST, "/orders", handler_post_order, .takes_json = true},\n'
    '    {HTTP_METHOD_GET, "/orders/{id}", handler_get_order, .takes_json = false},\n};\n'
)
ROUTES_DOCUMENT = (
    "# API\n\n## All\n\n## order-service\n\nThe other code is 400.\n\n### `POST /orders`\n| 200 | 255 characters |\n"
    "### GET /orders/{id}\n200 the order, or 404.\n```\n### GET /sample 202\n```\n"
    "## What the server itself refuses\n| 408 | late |\n| 501 | the method |\n\n### Lists\n"
)
ROUTES_OPENAPI = {
    "paths": {
        "/orders": {"post": {"responses": {"200": {}, "400": {}, "408": {}}}},
        "/orders/{id}": {"parameters": [], "get": {"responses": {"200": {}, "404": {}, "408": {}}}},
    },
    "x-other-requests": {"responses": {"501": {}}},
}


def write_routes(root, source=ROUTES_SOURCE, document=ROUTES_DOCUMENT, openapi=None):
    write(root, "services/order/routes.c", source)
    write(root, "docs/api.md", document)
    write(root, "services/order/openapi.json", json.dumps(openapi or ROUTES_OPENAPI))


def routes_openapi(path, method, codes):
    """With other codes for one operation; None takes it out."""
    changed = json.loads(json.dumps(ROUTES_OPENAPI))
    item = changed["paths"].setdefault(path, {})
    item[method] = {"responses": {code: {} for code in codes.split()}} if codes is not None else None
    return changed


def test_routes_agree(tmp_path):
    write_routes(tmp_path)
    assert_green(lint("check_routes", tmp_path))


@pytest.mark.parametrize("source, document, expected", [
    (ROUTES_SOURCE, ROUTES_DOCUMENT.replace("### `POST", "#### `POST"),
     'services/order/routes.c:2: docs/api.md has no heading "POST /orders"'),
    (ROUTES_SOURCE.replace("/orders/{id}", "/orders/{id}/events"), ROUTES_DOCUMENT,
     'docs/api.md:11: order-service has no route "GET /orders/{id}"'),
    (ROUTES_SOURCE.replace("_GET", "_PUT"), ROUTES_DOCUMENT, 'no heading "PUT /orders/{id}" for order-service'),
    (ROUTES_SOURCE, ROUTES_DOCUMENT + "## payment-service\n### GET /healthz\n",
     'docs/api.md:22: "GET /healthz" stands in no service\'s chapter'),
    (ROUTES_SOURCE, ROUTES_DOCUMENT + "### GET /healthz\n", '"GET /healthz" stands in no service\'s chapter'),
    ("int i;\n", ROUTES_DOCUMENT, "services/order/routes.c:1: no route found"),
    (ROUTES_SOURCE, ROUTES_DOCUMENT.replace("or 404", "or none"),
     "docs/api.md:11: GET /orders/{id} does not name 404, which order's openapi.json has"),
    (ROUTES_SOURCE, ROUTES_DOCUMENT.replace("or 404", "404 or 410"),
     "docs/api.md:11: GET /orders/{id} names 410, which order's openapi.json does not have"),
    (ROUTES_SOURCE, ROUTES_DOCUMENT.replace("is 400", "is none"), "POST /orders does not name 400"),
    (ROUTES_SOURCE, ROUTES_DOCUMENT.replace("| 501", "| 505"),
     "docs/api.md:18: 505: order's openapi.json does not have it for GET /orders/{id}"),
])
def test_routes_complain(tmp_path, source, document, expected):
    write_routes(tmp_path, source, document)
    assert_red(lint("check_routes", tmp_path), expected)


DEMO_SOURCE = ROUTES_SOURCE.replace("};", '    {HTTP_METHOD_PUT, "/demo/faults", handler_put, .takes_json = true},\n};')
DEMO_DOCUMENT = ROUTES_DOCUMENT + "## The demo\n| `PUT /demo/faults` | order | 200 the rules |\n"
OPEN_SOURCE = ROUTES_SOURCE.replace("handler_get_order, .takes_json = false", "handler_get_order, .is_open = true")
OPEN_DOCUMENT = ROUTES_DOCUMENT.replace("# API\n", "# API\nOpen to everybody: `/orders/{id}`.")


@pytest.mark.parametrize("source, document", [(DEMO_SOURCE, DEMO_DOCUMENT), (OPEN_SOURCE, OPEN_DOCUMENT)])
def test_routes_of_the_demo_and_open_ones_agree(tmp_path, source, document):
    write_routes(tmp_path, source, document)
    assert_green(lint("check_routes", tmp_path))


@pytest.mark.parametrize("source, document, expected", [
    (DEMO_SOURCE, ROUTES_DOCUMENT, 'services/order/routes.c:4: docs/api.md has no row "PUT /demo/faults" for the demo'),
    (ROUTES_SOURCE, DEMO_DOCUMENT, 'docs/api.md:22: order-service has no route "PUT /demo/faults"'),
    (OPEN_SOURCE, ROUTES_DOCUMENT, "docs/api.md:0: /orders/{id} is open to everybody in routes.c only"),
    (ROUTES_SOURCE, OPEN_DOCUMENT, "docs/api.md:0: /orders/{id} is open to everybody there only"),
])
def test_routes_of_the_demo_and_open_ones_complain(tmp_path, source, document, expected):
    write_routes(tmp_path, source, document)
    assert_red(lint("check_routes", tmp_path), expected)


@pytest.mark.parametrize("where", ["compose.yaml", "services/Dockerfile", "packaging/order.service", "scripts/install.sh"])
def test_demo_is_turned_on_nowhere_else(tmp_path, where):
    write(tmp_path, "scripts/services.sh", "DEMO=${DEMO:-on}\n")
    assert_green(lint("check_demo", tmp_path))
    write(tmp_path, where, "first\nDEMO: 'on'\n")
    assert_red(lint("check_demo", tmp_path), f"{where}:2: only ./dev up may turn the demo on")


@pytest.mark.parametrize("path, method, codes, expected", [
    ("/orders", "post", None, 'services/order/routes.c:2: openapi.json has no operation "POST /orders"'),
    ("/orders", "get", "200 408", 'services/order/openapi.json:0: order-service has no route "GET /orders"'),
    ("/orders", "post", "400 408", "docs/api.md:9: POST /orders names 200"),
    ("/orders", "post", "200 408", "docs/api.md:5: 400: no operation of order's openapi.json has it"),
    ("/orders", "post", "200 400 408 409", "docs/api.md:9: POST /orders does not name 409"),
    ("/orders", "post", "200 400", "docs/api.md:17: 408: order's openapi.json does not have it for POST /orders"),
])
def test_routes_complain_of_the_openapi_document(tmp_path, path, method, codes, expected):
    write_routes(tmp_path, openapi=routes_openapi(path, method, codes))
    assert_red(lint("check_routes", tmp_path), expected)


FAILURES_ROWS = [f"| A{number}, some words | something | `unit/order/saga` |\n" for number in range(1, 28)]
FAILURES_FILES = {
    "test/unit/order/saga_test.c": "static void one(void **state) {}\nint main(void) { cmocka_unit_test(two); }\n",
    "test/integration/test_cancel.py": "def test_one(stack):\n    pass\n",
    "test/audit/test_audit.py": "def test_i1():\n    pass\n",
    "test/model/CMakeLists.txt": "saga_model_test(safety check)\nsaga_model_bug(no_refund I3)\n",
    "test/simulation/CMakeLists.txt": "add_test(NAME simulation/worlds\n    COMMAND x)\nforeach(bug blind-move\n"
                                      "    same-epoch)\n    add_test(NAME simulation/notices-${bug} COMMAND x)\n",
    "test/chaos/CMakeLists.txt": "add_chaos_test(random chaos.py)\nif(X)\n    add_chaos_test(calls calls.py)\n",
}


def write_failures(root, rows):
    for path, text in FAILURES_FILES.items():
        write(root, path, text)
    write(root, "docs/saga.md", "# The saga\n\n| anomaly | what happens here | shown by |\n|---|---|---|\n" + "".join(rows))


@pytest.mark.parametrize("tests", [
    "`unit/order/saga::two`", "`integration/cancel`", "`integration/cancel::test_one`, `unit/order/saga`", "–",
    "`audit/self-test::test_i1`", "`model/safety`", "`model/bug_no_refund`", "`simulation/worlds`",
    "`simulation/notices-same-epoch`", "`chaos/calls`, by chance",
])
def test_failures_agree(tmp_path, tests):
    write_failures(tmp_path, [*FAILURES_ROWS[:26], f"| A27 | something | {tests} |\n"])
    assert_green(lint("check_failures", tmp_path))


@pytest.mark.parametrize("row, expected", [
    ("", "docs/saga.md:0: A27 is missing"),
    (FAILURES_ROWS[2], "docs/saga.md:31: A3 stands in line 7 already"),
    ("| A28 | something | – |\n", "docs/saga.md:31: there is no A28"),
    ("| A27 | something | |\n", "docs/saga.md:31: A27: names no test"),
    ("| A27 | something | all of them |\n", "docs/saga.md:31: A27: names no test"),
    ("| A27 | something | `unit/order/gone` |\n", "no test/unit/order/gone_test.c"),
    ("| A27 | something | `unit/order/saga::one` |\n", "test/unit/order/saga_test.c has no one"),
    ("| A27 | something | `unit/order/saga`, `integration/cancel::test_on` |\n", "test_cancel.py has no test_on"),
    ("| A27 | something | `audit/self-test::test_i2` |\n", "test/audit/test_audit.py has no test_i2"),
    ("| A27 | something | `model/bug_safety` |\n", "there is no test model/bug_safety"),
    ("| A27 | something | `model/safety::one` |\n", "there is no test model/safety::one"),
    ("| A27 | something | `simulation/notices-` |\n", "there is no test simulation/notices-"),
    ("| A27 | something | `simulation/notices-epoch` |\n", "there is no test simulation/notices-epoch"),
    ("| A27 | something | `chaos/gone` |\n", "there is no test chaos/gone"),
])
def test_failures_complain(tmp_path, row, expected):
    write_failures(tmp_path, [*FAILURES_ROWS[:26], row])
    assert_red(lint("check_failures", tmp_path), expected)


@pytest.mark.skipif(not shutil.which("clang-format-14"), reason="clang-format-14 is not installed")
def test_format(tmp_path):
    shutil.copyfile(HERE.parents[1] / ".clang-format", tmp_path / ".clang-format")
    write(tmp_path, "a.c", "int f(void)\n{\n    return 1;\n}\n")
    assert_green(lint("check_format", tmp_path))
    write(tmp_path, "a.c", "int f(void) {\n  return 1;\n}\n")
    assert_red(lint("check_format", tmp_path), "a.c:1: not formatted")


@pytest.mark.skipif(not shutil.which("clang-tidy-14"), reason="clang-tidy-14 is not installed")
@pytest.mark.parametrize("body, is_good", [
    ("    return value * 2;\n", True),
    ("    int other;\n    return other + value;\n", False),
    ("    if (value)\n        value = 1;\n    else\n        value = 1;\n    return value;\n", False),
])
def test_tidy(tmp_path, body, is_good):
    shutil.copyfile(HERE.parents[1] / ".clang-tidy", tmp_path / ".clang-tidy")
    write(tmp_path, "lib/a.c", f"int f(int value);\n\nint f(int value)\n{{\n{body}}}\n")
    command = {"directory": str(tmp_path), "file": "lib/a.c", "command": "cc -c lib/a.c"}
    write(tmp_path, "compile_commands.json", json.dumps([command]))
    done = lint("check_tidy", tmp_path, "--build", str(tmp_path))
    if is_good:
        assert_green(done)
    else:
        assert_red(done, "lib/a.c:0: clang-tidy is not content")
