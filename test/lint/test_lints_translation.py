"""check_translation is shown going red on the real files, with one thing changed in either."""

import pathlib

import pytest

from test_lints import assert_green, assert_red, lint, write

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORIGINAL, TRANSLATION = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md"))


def test_translation_agrees(tmp_path):
    write(tmp_path, "README.md", ORIGINAL)
    write(tmp_path, "README.ja.md", TRANSLATION)
    assert_green(lint("check_translation", tmp_path))


@pytest.mark.parametrize("old, new, expected", [
    ("\n## A crash\n", "\n## A crash\n\n## Another\n", "headings, but README.md has"),
    ("\n## A crash\n", "\n### A crash\n", "level differ: 3 there, 2 here"),
    ("./dev bench ", "./dev speed ", "blocks differ"),
    ('"quantity": 1, "price": 9999}', '"quantity": 2, "price": 9999}', "blocks differ"),
    ("O-->>C: 200 COMPLETED", "O->>C: 200 COMPLETED", "blocks differ"),
    ("alt PAID", "opt PAID", "blocks differ"),
    ("docs/operations.md#who-may-call", "docs/operations.md#tokens", "links differ"),
    ("`AUTH_TOKEN`", "`TOKEN`", "spans differ"),
    ("within about 15 s a running", "within about 20 s a running", "numbers differ"),
    ("(status 400)", "(status 402)", "numbers differ"),
])
def test_translation_complains(tmp_path, old, new, expected):
    assert old in ORIGINAL
    write(tmp_path, "README.md", ORIGINAL.replace(old, new, 1))
    write(tmp_path, "README.ja.md", TRANSLATION)
    assert_red(lint("check_translation", tmp_path), expected)


@pytest.mark.parametrize("old, new", [
    ("# installs what is missing, builds", "# installs and builds"), ("C->>O: POST /orders/", "C->>O: an order"),
    ("Written for people", "For people"),
])
def test_words_are_free(tmp_path, old, new):
    assert old in ORIGINAL
    write(tmp_path, "README.md", ORIGINAL.replace(old, new, 1))
    write(tmp_path, "README.ja.md", TRANSLATION)
    assert_green(lint("check_translation", tmp_path))
