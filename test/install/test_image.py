"""The build steps of services/Dockerfile, done with what .dockerignore sends, where no engine runs: they give both programs,
optimised, and with asserts."""

import pathlib
import shutil
import subprocess
import sys

from conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "test" / "lint"))
import dockerfile  # noqa: E402


def test_the_build_stage(tmp_path):
    stage = dockerfile.parse(REPOSITORY / "services/Dockerfile")["build"]
    source, installed = tmp_path / "source", tmp_path / "installed"
    (folder,) = stage.rests("WORKDIR")
    source.mkdir()
    for rest in stage.rests("COPY"):
        *names, target = rest.split()
        for name in names:
            if (REPOSITORY / name).is_dir():
                shutil.copytree(REPOSITORY / name, source / target)
            else:
                shutil.copy(REPOSITORY / name, source / target)
    for command in stage.rests("RUN"):
        if "apt-get" not in command:
            command = command.replace(folder, str(source)).replace("/installed", str(installed))
            subprocess.run(command, shell=True, cwd=source, check=True, stdout=subprocess.DEVNULL)
    programs = sorted(pathlib.Path(installed).rglob("*"))
    assert [path.name for path in programs if path.is_file()] == ["order-service", "payment-service"]
    for name in ("order-service", "payment-service"):
        program = installed / "bin" / name
        assert subprocess.run([str(program), "--check-config"], stdout=subprocess.DEVNULL, env={}, check=False).returncode == 0
        assert b"__assert_fail" in program.read_bytes()
