"""Only ./dev up turns the demo on: what is installed, or runs in containers, must not be there to be broken.

Programs, their tests and their documents may speak of it.
"""

import os
import pathlib
import re

import sources

ALLOWED = {"dev", "scripts/services.sh"}
SPEAKING_FOLDERS = {"lib", "services", "test", "docs"}
SPEAKING_SUFFIXES = {".md", ".py"}
SETTING = re.compile(r"(?<![A-Z_])DEMO[\"']?\s*[:=]")


def may_speak(path):
    return path.as_posix() in ALLOWED or path.suffix in SPEAKING_SUFFIXES or \
        (path.parts[0] in SPEAKING_FOLDERS and path.name != "Dockerfile")


def all_files(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - sources.SKIPPED_FOLDERS)
        yield from (pathlib.Path(folder) / name for name in sorted(names))


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    for path in all_files(root):
        if may_speak(path.relative_to(root)) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if SETTING.search(line):
                complaints.add(path, number, "only ./dev up may turn the demo on")
    complaints.exit("demo")


if __name__ == "__main__":
    main()
