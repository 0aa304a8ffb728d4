"""clang-tidy with the root's .clang-tidy over what compile_commands.json names below the root."""

import concurrent.futures
import json
import pathlib
import subprocess

import sources

CLANG_TIDY = "clang-tidy-14"


def compiled_files(build, root, folders):
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    paths = {pathlib.Path(command["directory"], command["file"]).resolve() for command in commands}
    return sorted(path for path in paths if any((root / folder) in path.parents for folder in folders))


def tidy(build, path):
    """clang-tidy's findings for one file, or "" where there are none."""
    # --quiet hides the count of suppressed warnings; gcc's flags are none of clang's business.
    command = [CLANG_TIDY, "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and "warning:" not in done.stdout:
        return ""
    return done.stdout.strip() or done.stderr.strip()


def main():
    parser = sources.root_argument(__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("folders", nargs="*", default=["lib", "services", "test"])
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    complaints = sources.Complaints(root)
    paths = compiled_files(arguments.build, root, arguments.folders)
    if not paths:
        complaints.add(arguments.build, 0, "compile_commands.json names no file of ours")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        findings = pool.map(lambda path: tidy(arguments.build, path), paths)
        for path, finding in zip(paths, findings):
            if finding:
                print(finding)
                complaints.add(path, 0, "clang-tidy is not content, see above")
    complaints.exit(f"clang-tidy, {len(paths)} files")


if __name__ == "__main__":
    main()
