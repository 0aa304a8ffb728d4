"""A Dockerfile taken apart: its stages, and the instructions of each."""

import json
import re
import shlex


class Stage:
    """`base`: the image or stage that it begins with. `instructions`: (line, word, rest), in order."""

    def __init__(self, line, name, base):
        self.line, self.name, self.base = line, name, base
        self.instructions = []

    def rests(self, word):
        return [rest for _, found, rest in self.instructions if found == word]

    def packages(self):
        """What its RUN lines install, without options."""
        installed = re.findall(r"apt-get install ([^&]*)", " ".join(self.rests("RUN")))
        return [word for words in installed for word in words.split() if not word.startswith("-")]

    def command(self, word):
        """The program and arguments of an ENTRYPOINT, or behind a HEALTHCHECK's CMD; [] unless in exec form: a shell
        would stand between the signals and the program."""
        rests = self.rests(word)
        match = re.search(r"\[.*\]$", rests[-1]) if rests else None
        return json.loads(match.group()) if match else []

    def labels(self):
        return dict(entry.split("=", 1) for rest in self.rests("LABEL") for entry in shlex.split(rest))


def logical_lines(text):
    """(number of the first line, text) without comments, continued lines joined."""
    joined, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("#") or not (line.strip() or joined):
            continue
        start = start if joined else number
        joined += line.strip()
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        yield start, joined
        joined = ""


def parse(path):
    """name -> Stage. What a stage does not say itself it has from the one it begins with."""
    stages, stage = {}, None
    for line, text in logical_lines(path.read_text(encoding="utf-8")):
        word, _, rest = text.partition(" ")
        if word == "FROM":
            base, _, name = re.fullmatch(r"(\S+)( AS (\S+))?", rest).groups()
            stage = Stage(line, name, base)
            stage.instructions = list(stages[base].instructions) if base in stages else []
            stages[name] = stage
        else:
            stage.instructions.append((line, word, rest.strip()))
    return stages
