"""services/Dockerfile, compose.yaml, docs/monitoring, docs/operations.md and the unit for systemd agree with the code and with each other:
packages, targets, ports, users, health commands, times. With --compose also docker-compose's own reading of compose.yaml."""

import fnmatch
import pathlib
import re
import subprocess

import yaml

import dockerfile
import sources
from check_settings import source_settings

IMAGE = "debian:13-slim"
# After DRAIN_TIMEOUT_MS the parent of several instances gives them so long (lib/service/host.c).
KILL_AFTER_MS = re.compile(r"KILL_AFTER_MS = (\d+)")
QUESTION = re.compile(r'\[ASK_\w+\] = \{"([\w-]+)"')
PACKAGES = re.compile(r"^(\w+)_packages=\(([^)]*)\)", re.M)
INSTALL = re.compile(r"^sudo apt-get install ([a-z0-9 .+-]+)$", re.M)
COMPOSE_PROGRAMS = ("/usr/bin/docker-compose", "/usr/libexec/docker/cli-plugins/docker-compose",
                    "/usr/lib/docker/cli-plugins/docker-compose")


class Facts:
    """What the code says."""

    def __init__(self, root):
        self.root = root
        self.settings = {service: {fields["variable"]: fields.get("initial") for _, _, fields in rows}
                         for service, rows in source_settings(root).items()}
        self.questions = QUESTION.findall((root / "lib/service/program.c").read_text(encoding="utf-8"))
        host = (root / "lib/service/host.c").read_text(encoding="utf-8")
        drain_ms = max(int(settings["DRAIN_TIMEOUT_MS"]) for settings in self.settings.values())
        self.stop_ms = drain_ms + int(KILL_AFTER_MS.search(host).group(1))
        text = (root / "scripts/packages.sh").read_text(encoding="utf-8")
        # Of alternatives the first is Debian 13's.
        self.packages = {name: [word.strip("'").split("|")[0] for word in words.split()] for name, words in PACKAGES.findall(text)}
        project = (root / "CMakeLists.txt").read_text(encoding="utf-8")
        self.version = re.search(r"project\(\w+ VERSION (\S+)", project).group(1)
        ports = (root / "scripts/ports.sh").read_text(encoding="utf-8")
        self.ports = {name: port for name, port in re.findall(r"\$\{(\w+_PORT):-(\d+)\}", ports)}

    def port(self, service):
        return self.settings[service]["LISTEN"].rsplit(":", 1)[1]

    def is_question(self, command, program):
        return len(command) == 2 and command[0] == program and command[1].removeprefix("--") in self.questions


def is_sent(root, path):
    """Whether .dockerignore leaves the path to the build: of its patterns the last that matches decides."""
    sent = True
    for pattern in (root / ".dockerignore").read_text(encoding="utf-8").split():
        parts = [str(part) for part in [pathlib.PurePath(path), *pathlib.PurePath(path).parents]]
        if any(fnmatch.fnmatch(part, pattern.lstrip("!")) for part in parts):
            sent = pattern.startswith("!")
    return sent


def check_copies(facts, path, stage, complaints):
    for line, word, rest in stage.instructions:
        if word != "COPY" or "--from=" in rest:
            continue
        for source in rest.split()[:-1]:
            if not (facts.root / source).exists() or not is_sent(facts.root, source):
                complaints.add(path, line, f"{source} is not there, or .dockerignore keeps it back")


def check_target(facts, path, stage, service, complaints):
    program = f"{service}-service"
    wanted = {
        "EXPOSE": (stage.rests("EXPOSE"), [facts.port(service)]),
        "STOPSIGNAL": (stage.rests("STOPSIGNAL"), ["SIGTERM"]),
        "ENTRYPOINT": (stage.command("ENTRYPOINT"), [program]),
        "title": (stage.labels().get("org.opencontainers.image.title"), program),
        "version": (stage.labels().get("org.opencontainers.image.version"), facts.version),
        "packages": (stage.packages(), facts.packages["runtime"]),
    }
    for what, (found, expected) in wanted.items():
        if found != expected:
            complaints.add(path, stage.line, f"{program}: {what} is {found}, not {expected}")
    if not facts.is_question(stage.command("HEALTHCHECK"), program):
        complaints.add(path, stage.line, f"{program}: its HEALTHCHECK is no command of the program: {stage.command('HEALTHCHECK')}")
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", (stage.rests("USER") or [""])[-1]):
        complaints.add(path, stage.line, f"{program}: USER must be two numbers other than 0")


def check_dockerfile(facts, path, complaints):
    stages = dockerfile.parse(path)
    for stage in stages.values():
        if stage.base not in stages and stage.base != IMAGE:
            complaints.add(path, stage.line, f"begins with {stage.base}, not with {IMAGE}")
        check_copies(facts, path, stage, complaints)
    for name, expected in (("build", facts.packages["compile"]), ("bench", ["wrk"])):
        found = stages[name].packages() if name in stages else None
        if found != expected:
            complaints.add(path, 1, f"stage {name} installs {found}, not {expected}")
    for service in facts.settings:
        if f"{service}-service" in stages:
            check_target(facts, path, stages[f"{service}-service"], service, complaints)
        else:
            complaints.add(path, 1, f"no target {service}-service")
    return stages


def check_compose_service(facts, name, entry, stages, complaints):
    """What any service of compose.yaml may get wrong; yields the complaints."""
    target = entry.get("build", {}).get("target")
    if "build" in entry and target not in stages:
        yield f"the Dockerfile has no target {target}"
    for other, how in entry.get("depends_on", {}).items():
        if how.get("condition") != "service_healthy":
            yield f"depends on {other}, but not until it is healthy"
    for volume in entry.get("volumes", ()):
        if volume.startswith("./") and not (facts.root / volume.split(":")[0]).exists():
            yield f"mounts {volume.split(':')[0]}, which is not there"
    service = name.removesuffix("-service")
    if service in facts.settings:
        check = entry.get("healthcheck", {}).get("test", [])
        if not facts.is_question(check[1:], name):
            yield f"its health check is no command of the program: {check}"
        if [port.split(":")[-1] for port in entry["ports"]] != [facts.port(service)]:
            yield f"publishes {entry['ports']}, but listens on {facts.port(service)}"
        if int(entry.get("stop_grace_period", "10s").removesuffix("s")) * 1000 <= facts.stop_ms:
            yield f"is killed before its drain of {facts.stop_ms} ms is over"


def check_compose(facts, path, stages, complaints):
    services = yaml.safe_load(path.read_text(encoding="utf-8"))["services"]
    for name, entry in services.items():
        for complaint in check_compose_service(facts, name, entry, stages, complaints):
            complaints.add(path, 0, f"{name}: {complaint}")
        for other in entry.get("depends_on", {}):
            if "healthcheck" not in services.get(other, {}):
                complaints.add(path, 0, f"{name}: depends on {other}, which has no health check")
    published = {port.split(":")[-2] for entry in services.values() for port in entry.get("ports", ())}
    for variable, port in facts.ports.items():
        if port not in published:
            complaints.add(path, 0, f"nobody publishes {port}, the default of {variable} (scripts/ports.sh)")
    return services


def check_monitoring(facts, path, services, complaints):
    configuration = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in configuration["rule_files"]:
        if not (path.parent / name).is_file():
            complaints.add(path, 0, f"{name} is not there")
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in configuration["scrape_configs"]}
    for service in facts.settings:
        expected = [f"{service}-service:{facts.port(service)}"]
        if jobs.get(service) != expected or f"{service}-service" not in services:
            complaints.add(path, 0, f"job {service} has the targets {jobs.get(service)}, not {expected}")


def check_unit(facts, path, complaints):
    text = path.read_text(encoding="utf-8")
    settings = dict(re.findall(r"^(\w+)=(.*)$", text, re.M))
    if int(settings["TimeoutStopSec"].removesuffix("s")) * 1000 <= facts.stop_ms:
        complaints.add(path, 0, f"TimeoutStopSec is not more than {facts.stop_ms} ms")
    server = "".join(file.read_text(encoding="utf-8") for file in sources.files(facts.root / "lib/http", ".c", ".h"))
    files = sum(int(re.search(rf"{name} = (\d+)", server).group(1)) for name in ("HTTP_CONNECTION_COUNT_MAX", "OTHER_FILES_COUNT"))
    if int(settings["LimitNOFILE"]) < files:
        complaints.add(path, 0, f"LimitNOFILE is less than the {files} that a service can use")
    if settings["ExecStartPre"].rsplit("--", 1)[1] not in facts.questions:
        complaints.add(path, 0, "ExecStartPre asks what the program does not answer")


def check_operations(facts, path, complaints):
    match = INSTALL.search(path.read_text(encoding="utf-8"))
    if match is None or match.group(1).split() != facts.packages["compile"]:
        complaints.add(path, 0, f"the packages for a build are not {' '.join(facts.packages['compile'])}")


def check_by_compose(path, complaints):
    """docker-compose checks the file against its schema; no engine is needed."""
    program = next((found for found in COMPOSE_PROGRAMS if pathlib.Path(found).is_file()), None)
    if program is None:
        complaints.add(path, 0, "docker-compose is not installed (scripts/packages.sh)")
        return
    profiles = [option for name in ("bench", "monitoring") for option in ("--profile", name)]
    done = subprocess.run([program, "--file", str(path), *profiles, "config", "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        complaints.add(path, 0, f"docker-compose refuses it: {(done.stdout + done.stderr).strip()}")


def main():
    parser = sources.root_argument(__doc__)
    parser.add_argument("--compose", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    complaints = sources.Complaints(root)
    facts = Facts(root)
    stages = check_dockerfile(facts, root / "services/Dockerfile", complaints)
    services = check_compose(facts, root / "compose.yaml", stages, complaints)
    check_monitoring(facts, root / "docs/monitoring/prometheus.yml", services, complaints)
    check_unit(facts, root / "services/unit.service.in", complaints)
    check_operations(facts, root / "docs/operations.md", complaints)
    if arguments.compose:
        check_by_compose(root / "compose.yaml", complaints)
    complaints.exit("containers")


if __name__ == "__main__":
    main()
