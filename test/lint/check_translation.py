"""README.ja.md says what README.md says, as far as a program can tell: chapter by chapter the same headings' levels, code
blocks, links, code spans and numbers. Comments in the blocks and the words of a diagram are translated."""

import re

import sources

ORIGINAL, TRANSLATION = "README.md", "README.ja.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
COMMENT = re.compile(r"\s+# .*$", re.M)
LINK = re.compile(r"\]\(([^)]*)\)")
SPAN = re.compile(r"`([^`\n]+)`")
NUMBER = re.compile(r"\d+(?:\.\d+)*")
# What of a line of a diagram is no words: an arrow with both ends, or a keyword with the names behind it.
DIAGRAM = re.compile(r"\s*(?:\w+-+>>\w+|participant \w+|Note over [\w,]+|\w+)")


class Chapter:
    def __init__(self, heading, line, body):
        self.level = len(heading) - len(heading.lstrip("#"))
        self.line = line
        self.blocks = [self.skeleton(language, text) for language, text in BLOCK.findall(body)]
        rest = BLOCK.sub("", body)
        self.links = sorted({TRANSLATION: ORIGINAL}.get(target, target) for target in LINK.findall(rest))
        self.spans = set(SPAN.findall(rest))
        self.numbers = set(NUMBER.findall(SPAN.sub("", LINK.sub("", heading + "\n" + rest))))

    @staticmethod
    def skeleton(language, text):
        if language == "mermaid":
            return "\n".join(DIAGRAM.match(line).group() for line in text.splitlines())
        return COMMENT.sub(" #", text)


def chapters(text):
    """Headings are lines of their own outside of code blocks."""
    hidden = BLOCK.sub(lambda match: re.sub(r"(?m)^#", "\0", match.group()), text)
    starts = [match.start() for match in re.finditer(r"(?m)^#+ ", hidden)]
    for start, end in zip(starts, starts[1:] + [len(text)]):
        heading, _, body = text[start:end].partition("\n")
        yield Chapter(heading, text.count("\n", 0, start) + 1, body)


def compare(ours, theirs):
    for what in ("level", "blocks", "links", "spans", "numbers"):
        left, right = getattr(ours, what), getattr(theirs, what)
        if left != right:
            yield f"{what} differ: {left} there, {right} here"


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    original, translation = (list(chapters((root / name).read_text(encoding="utf-8"))) for name in (ORIGINAL, TRANSLATION))
    if len(original) != len(translation):
        complaints.add(root / TRANSLATION, 0, f"{len(translation)} headings, but {ORIGINAL} has {len(original)}")
    for ours, theirs in zip(original, translation):
        for difference in compare(ours, theirs):
            complaints.add(root / TRANSLATION, theirs.line, f"not as {ORIGINAL}:{ours.line}: {difference}")
    complaints.exit("translation")


if __name__ == "__main__":
    main()
