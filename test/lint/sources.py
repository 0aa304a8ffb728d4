"""Shared by the lints: which files are ours, and how a complaint is printed."""

import argparse
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".pytest_cache", "corpus"}
SUFFIXES = {".c", ".h", ".py", ".sh", ".cmake", ".lua", ".sql", ".md", ".txt", ".yaml", ".yml", ".json", ".js", ".css",
            ".html"}
NAMES_WITHOUT_SUFFIX = {"Dockerfile", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore"}


def is_ours(path):
    if path.suffix in SUFFIXES or path.name in NAMES_WITHOUT_SUFFIX:
        return True
    if path.suffix:
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def language(path):
    """c, py, sh or js, or "" where there are no functions to look at."""
    by_suffix = {".c": "c", ".h": "c", ".py": "py", ".sh": "sh", ".js": "js"}
    if path.suffix in by_suffix:
        return by_suffix[path.suffix]
    if path.suffix or path.name in NAMES_WITHOUT_SUFFIX:
        return ""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return "py" if "python" in first else "sh"


def files(root, *suffixes):
    """Our text files below root, sorted; only those suffixes, if any are given."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            if path.is_file() and is_ours(path) and (not suffixes or path.suffix in suffixes):
                found.append(path)
    return found


def strip_c(text):
    """C text with comments, string and character literals blanked; lines stay where they are."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


class Complaints:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.count = 0

    def add(self, path, line, message):
        self.count += 1
        try:
            path = path.relative_to(self.root)
        except ValueError:
            pass
        print(f"{path}:{line}: {message}")

    def exit(self, what):
        if self.count:
            print(f"{self.count} complaint{'' if self.count == 1 else 's'}", file=sys.stderr)
            sys.exit(1)
        print(f"{what}: nothing to complain about")


def root_argument(description):
    """The parser that every lint starts from."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the source tree")
    return parser
