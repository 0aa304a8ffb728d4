"""An installation in an empty folder, for all tests of a module."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SAGA_BUILD_DIR", REPOSITORY / "build" / "dev"))


@pytest.fixture(scope="module")
def prefix():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="saga-prefix-"))
    folder.chmod(0o755)
    subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(folder)], check=True, stdout=subprocess.DEVNULL)
    yield folder
    shutil.rmtree(folder)
