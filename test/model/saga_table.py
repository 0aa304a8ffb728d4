"""The lines of the saga's table: as the model has them, and as docs/saga-table.md shows those of the code."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "test" / "model" / "saga.pml"
DOCUMENT = ROOT / "docs" / "saga-table.md"

MODEL_LINE = re.compile(r"^\s*ON\((\w+), (\w+), (\w+), (\w+)\)$")
DOCUMENT_LINE = re.compile(r"^\s*(\w+|\[\*\]) --> (\w+) : (\w+) / (\w+)$")


def read_model():
    """{line number: (state, event, next state, effect)}"""
    lines = enumerate(MODEL.read_text(encoding="utf-8").splitlines(), 1)
    return {number: match.groups() for number, line in lines if (match := MODEL_LINE.match(line))}


def read_document():
    """unit/order/saga_doc keeps it equal to the code."""
    table = set()
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if match := DOCUMENT_LINE.match(line):
            state, following, event, effect = match.groups()
            table.add((following if state == "[*]" else state, event, following, effect))
    return table
