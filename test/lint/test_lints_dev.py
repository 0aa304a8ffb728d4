"""check_dev is shown going red on the real ./dev, with one thing changed."""

import pathlib

import pytest

from test_lints import assert_green, assert_red, lint, write

DEV = (pathlib.Path(__file__).resolve().parents[2] / "dev").read_text(encoding="utf-8")
GOOD = 'stop() {\n    [ "$1" ] || fail "no $1" \\\n        "Give one."\n    cd "$1" || fail "no folder $1" "$(hint)"\n}\nfail() {\n    report "$@"\n}\n'


def test_dev_agrees(tmp_path):
    write(tmp_path, "dev", DEV)
    write(tmp_path, "scripts/a.sh", GOOD)
    assert_green(lint("check_dev", tmp_path))


@pytest.mark.parametrize("old, new, expected", [
    ("\n  status ", "\n  stats ", "dev:0: help names ["),
    ("It is one of: up down", "It is one of: up", "dev:0: the answer to an unknown command names"),
    ("up | down | reset |", "up | down | undo | reset |", "but the commands are ['up', 'down', 'undo', 'reset'"),
    ("\nRuns on", "\n" * 20 + "\nRuns on", "dev:0: help has "),
    ("\nRuns on", "\n" + "x" * 101 + "\nRuns on", "lines of up to 101 columns"),
])
def test_dev_complains_of_the_help(tmp_path, old, new, expected):
    assert old in DEV
    write(tmp_path, "dev", DEV.replace(old, new, 1))
    assert_red(lint("check_dev", tmp_path), expected)


@pytest.mark.parametrize("old, new, expected", [
    (' \\\n        "Give one."', "", "scripts/a.sh:2: fail does not say what to do next"),
    (' "$(hint)"', "", "scripts/a.sh:4: fail does not say what to do next"),
    ('"$@"', '"$1"', "scripts/a.sh:7: report does not say what to do next"),
])
def test_dev_complains_of_complaints(tmp_path, old, new, expected):
    write(tmp_path, "dev", DEV)
    write(tmp_path, "scripts/a.sh", GOOD.replace(old, new))
    assert_red(lint("check_dev", tmp_path), expected)
