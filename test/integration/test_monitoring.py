"""The dashboard, the alerts and the table of metrics know only what the services really expose, and all of it.

With SAGA_UPDATE_DOCS=1 the table is written instead of being compared.
"""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
import requests

from scrape import Scrape
from stack import BOMB, REPOSITORY

FOLDER = REPOSITORY / "docs" / "monitoring"
TABLE = re.compile(r"<!-- metrics: [^\n]*-->\n(.*)<!-- end of metrics -->", re.S)
RULES_TEST = pathlib.Path(__file__).with_name("alerts_test.yml")

# What Prometheus adds by itself, or Grafana puts in.
FOREIGN_METRICS = {"up"}
FOREIGN_LABELS = {"job", "instance"}
GRAFANA = {"$__rate_interval": "5m", "$instance": ".*"}
DASHBOARD_SCHEMA = json.loads(pathlib.Path(__file__).with_name("grafana_dashboard.json").read_text(encoding="utf-8"))
WORDS = {"sum", "max", "by", "rate", "increase", "changes", "time", "histogram_quantile"}

STRING = re.compile(r'"[^"]*"')
SELECTOR = re.compile(r"([a-z_]+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
NAME = re.compile(r"[a-zA-Z_]\w*")


@pytest.fixture(scope="module")
def scrapes(stack_of_module):
    """service name -> its metrics, after a little of everything."""
    stack = stack_of_module()
    order_id = stack.post_order().json()["id"]
    stack.post_order(BOMB)
    stack.order.post(f"/orders/{order_id}/cancel")
    stack.order.get("/nowhere")
    return {"order": Scrape(stack.order), "payment": Scrape(stack.payment)}


def dashboard():
    return json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))


def expressions():
    """(where, expression, its legend)"""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield f"panel \"{panel['title']}\"", target["expr"], target["legendFormat"]
    for name, rule in alerts().items():
        yield f"alert {name}", rule["expr"], " ".join(rule["labels_used"])


def alerts():
    """name -> expression and the labels that its summary uses. Read without a YAML library: one more rule is one more
    such block."""
    found = {}
    for block in (FOLDER / "alerts.yml").read_text(encoding="utf-8").split("- alert: ")[1:]:
        expression = re.search(r"expr: (?:>-\n)?(.*?)\n\s+(?:for|labels):", block, re.S)[1]
        used = re.findall(r"\$labels\.(\w+)", block)
        found[block.split("\n", 1)[0]] = {"expr": " ".join(expression.split()),
                                          "labels_used": ["{{%s}}" % label for label in used]}
    return found


def exposed(scrapes):
    """metric name, with _total, _bucket, … -> its samples"""
    found = {}
    for scrape in scrapes.values():
        for sample in scrape.samples:
            found.setdefault(sample.name, []).append(sample)
    return found


def test_expressions_use_what_is_exposed(scrapes):
    known = exposed(scrapes)
    complaints = []
    for where, expression, legend in expressions():
        complaints += [f"{where}: {complaint}" for complaint in complaints_about(expression, legend, known)]
    assert not complaints, "\n".join(complaints)


def complaints_about(expression, legend, known):
    for variable, text in GRAFANA.items():
        expression = expression.replace(variable, text)
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
    bare = re.sub(r"by \([^)]*\)", "by", STRING.sub("", expression))
    bare = re.sub(r"\{[^}]*\}|\[\w+\]|\d[\w.]*", "", bare)
    names = [name for name in NAME.findall(bare) if name not in WORDS | FOREIGN_METRICS]
    unknown = [name for name in names if name not in known]
    if unknown or not names and "up{" not in expression:
        return [f"no metric {name}" for name in unknown] or ["no metric at all"]
    labels = {label for name in names for sample in known[name] for label in sample.labels} | FOREIGN_LABELS
    used = grouped | set(re.findall(r"\{\{(\w+)\}\}", legend))
    found = [f"no label {label}" for label in sorted(used - labels)]
    for name, matchers in SELECTOR.findall(expression):
        for label, operator, text in MATCHER.findall(matchers):
            if label in FOREIGN_LABELS:
                continue
            values = {sample.labels.get(label) for sample in known[name]}
            wanted = text.split("|") if "~" in operator else [text]
            found += [f"{name} has no {label}=\"{value}\"" for value in wanted if value not in values]
    return found


@pytest.mark.parametrize("expression, complaint", [
    ("sum(rate(order_moves[5m]))", "no metric order_moves"),
    ("sum by (colour) (order_parked)", "no label colour"),
    ('order_moves_total{to="PENDIN"}', 'order_moves_total has no to="PENDIN"'),
    ('order_moves_total{to=~"PENDING|GONE"}', 'order_moves_total has no to="GONE"'),
    ('order_moves_total{too="PENDING"}', 'order_moves_total has no too="PENDING"'),
])
def test_the_check_can_fail(scrapes, expression, complaint):
    assert complaints_about(expression, "", exposed(scrapes)) == [complaint]


def test_prometheus_takes_the_metrics(scrapes):
    for scrape in scrapes.values():
        done = subprocess.run(["promtool", "check", "metrics"], input=scrape.text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
        for family in scrape.families.values():
            assert family.documentation and family.type in ("counter", "gauge", "histogram"), family.name


def test_prometheus_takes_the_alerts():
    run_promtool("check", "rules", "--lint=all", "--lint-fatal", FOLDER / "alerts.yml")


def test_each_alert_fires_when_it_should():
    run_promtool("test", "rules", RULES_TEST)
    tested = set(re.findall(r'alertname="(\w+)"', RULES_TEST.read_text(encoding="utf-8")))
    assert tested == set(alerts())


def run_promtool(*arguments):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_expressions_of_the_dashboard(tmp_path):
    rules = []
    for number, (_, expression, _) in enumerate(expressions()):
        for variable, text in GRAFANA.items():
            expression = expression.replace(variable, text)
        rules.append({"record": f"expression_{number}", "expr": expression})
    path = tmp_path / "rules.yml"  # YAML has JSON in it
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
    run_promtool("check", "rules", path)


def faults_of(board):
    """What Grafana would not read, or would show as nothing."""
    found = [f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(DASHBOARD_SCHEMA).iter_errors(board)]
    if found:
        return found
    panels, variables = board["panels"], board["templating"]["list"]
    names = {variable["name"] for variable in variables}
    ids = [panel["id"] for panel in panels]
    found += ["two panels have one id"] if len(set(ids)) < len(ids) else []
    found += ["two variables have one name"] if len(names) < len(variables) else []
    fields = [(panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y) for panel in panels
              for x in range(panel["gridPos"]["w"]) for y in range(panel["gridPos"]["h"])]
    found += ["panels lie upon each other"] if len(set(fields)) < len(fields) else []
    found += ["a panel is too wide"] if max(x for x, _ in fields) > 23 else []
    for panel in panels:
        targets = panel.get("targets", [])
        if len({target["refId"] for target in targets}) < len(targets):
            found.append(f"{panel['title']}: two queries have one refId")
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(board)))
    found += [f"no variable {name}" for name in sorted(used - names - {"__rate_interval", "__all"})]
    return found + [f"{name} is not used" for name in sorted(names - used)]


def test_grafana_can_read_the_dashboard():
    assert not faults_of(dashboard())


@pytest.mark.parametrize("change", [
    lambda board: board.pop("uid"),
    lambda board: board.update(panles=[]),
    lambda board: board["templating"]["list"].pop(0),
    lambda board: board["templating"]["list"][1].update(name="job"),
    lambda board: board["templating"]["list"][1].update(datasource={"type": "prometheus", "uid": "prometheus"}),
    lambda board: board["panels"][1].update(type="graph"),
    lambda board: board["panels"][1].update(id=1),
    lambda board: board["panels"][1]["gridPos"].update(x=17),
    lambda board: board["panels"][2]["gridPos"].update(x=0),
    lambda board: board["panels"][3]["targets"][1].update(refId="A"),
    lambda board: board["panels"][3]["targets"][1].pop("expr"),
    lambda board: board["panels"][3]["targets"][1].update(expr="up{job=\"$job\"}"),
    lambda board: board["panels"][3]["fieldConfig"]["defaults"].update(unit="seconds"),
])
def test_what_grafana_can_not_read_is_noticed(change):
    board = dashboard()
    change(board)
    assert faults_of(board)


def test_the_list_of_instances_is_asked_for_by_what_is_exposed(scrapes):
    (variable,) = [one for one in dashboard()["templating"]["list"] if one["name"] == "instance"]
    (name,) = re.fullmatch(r"label_values\((\w+), instance\)", variable["query"]["query"]).groups()
    assert variable["definition"] == variable["query"]["query"]
    for scrape in scrapes.values():
        assert scrape.series(name), "each service has it"


def test_each_alert_has_its_line_in_the_runbook():
    text = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    chapter = text.split("## Alerts\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", chapter, re.M) == list(alerts())


def labels_of(family):
    """In the order in which they are written, without those of a histogram's lines."""
    names = []
    for sample in family.samples:
        names += [label for label in sample.labels if label != "le" and label not in names]
    return ", ".join(f"`{name}`" for name in names)


def table(scrapes):
    rows = {}
    for service, scrape in scrapes.items():
        for family in scrape.families.values():
            name = family.name + ("_total" if family.type == "counter" else "")
            row = (family.type, labels_of(family), family.documentation)
            services, known = rows.setdefault(name, ([], row))
            assert known == row, f"{name} differs between the services"
            services.append(service)
    lines = ["| metric | kind | labels | of | what it says |", "|---|---|---|---|---|"]
    for name, (services, (kind, labels, text)) in rows.items():
        of = services[0] if len(services) == 1 else "both"
        lines.append(f"| `{name}` | {kind} | {labels} | {of} | {text} |")
    return "\n".join(lines) + "\n"


def test_the_table_lists_every_metric(scrapes):
    path = FOLDER / "README.md"
    text = path.read_text(encoding="utf-8")
    start, end = TABLE.search(text).span(1)
    made = text[:start] + table(scrapes) + text[end:]
    if os.environ.get("SAGA_UPDATE_DOCS"):
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "repeat it with SAGA_UPDATE_DOCS=1"


def test_only_get_is_allowed(stack_of_module):
    stack = stack_of_module()
    for service in stack.services:
        assert requests.post(service.url + "/metrics", timeout=10).status_code == 405
        assert requests.head(service.url + "/metrics", timeout=10).text == ""
