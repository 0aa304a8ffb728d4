"""clang-format has nothing to change in any C file. The repair is `./dev format`."""

import pathlib
import re
import subprocess

import sources

# clang-format's output differs between versions: exactly this one.
CLANG_FORMAT = "clang-format-14"
PLACE = re.compile(r"^(/.*?):(\d+):\d+: error:")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    paths = [str(path) for path in sources.files(root, ".c", ".h")]
    command = [CLANG_FORMAT, "--style=file", "--dry-run", "-Werror", "--ferror-limit=3", *paths]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    places = (PLACE.match(line) for line in done.stderr.split("\n"))
    for name, line in dict.fromkeys(place.groups() for place in places if place):
        complaints.add(pathlib.Path(name), line, "not formatted: ./dev format")
    if done.returncode != 0 and not complaints.count:
        complaints.add(root, 0, done.stderr.strip())
    complaints.exit("format")


if __name__ == "__main__":
    main()
