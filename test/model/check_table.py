"""Exits with 0 if the model's transitions are those of the code, as docs/saga-table.md shows them."""

import sys

import saga_table


def show(title, lines):
    for state, event, following, effect in sorted(lines):
        print(f"{title}: {state} {event} -> {following} {effect}")


def main():
    model, document = set(saga_table.read_model().values()), saga_table.read_document()
    show("only in the code", document - model)
    show("only in the model", model - document)
    if not document or model != document:
        return 1
    print(f"{len(model)} transitions, the same in the code and in the model")
    return 0


if __name__ == "__main__":
    sys.exit(main())
