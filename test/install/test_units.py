"""The units for systemd, as they are installed: systemd reads them without a complaint, and finds little to attack."""

import re
import subprocess

import pytest

# Of 100; what is left is mostly that it may use the network.
EXPOSURE_MAX = 15


@pytest.fixture(name="unit", params=["order", "payment"])
def unit_of_each_service(prefix, request):
    return prefix / "lib/systemd/system" / f"{request.param}-service@.service"


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_systemd_has_no_complaint(unit):
    done = analyze("verify", "--man=no", "--recursive-errors=no", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_complains_of_a_slip(unit, tmp_path):
    worse = tmp_path / unit.name
    worse.write_text(unit.read_text(encoding="utf-8").replace("RestartSec=", "RestatSec="), encoding="utf-8")
    assert "RestatSec" in analyze("verify", "--man=no", "--recursive-errors=no", worse).stderr


def test_little_is_exposed(unit, tmp_path):
    good = analyze("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", unit)
    assert good.returncode == 0, good.stdout
    worse = tmp_path / unit.name
    worse.write_text(unit.read_text(encoding="utf-8").replace("NoNewPrivileges=yes\n", "").replace("PrivateUsers=yes\n", "")
                     .replace("CapabilityBoundingSet=\n", ""), encoding="utf-8")
    assert analyze("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", worse).returncode != 0


def test_what_it_names_is_installed(prefix, unit):
    text = unit.read_text(encoding="utf-8")
    named = set(re.findall(rf"{re.escape(str(prefix))}[^\s]*", text))
    assert named == {f"{prefix}/bin/{unit.name.split('@')[0]}", f"{prefix}/share/doc/saga/docs/operations.md"}
    assert "@service@" not in text and "@title@" not in text


def test_the_sample_settings_can_be_used(prefix, unit):
    """As systemd would give them to the service."""
    service = unit.name.split("@")[0]
    (sample,) = prefix.glob(f"share/doc/*/examples/{service}.env")
    lines = sample.read_text(encoding="utf-8").splitlines()
    for comments_too in (False, True):
        entries = [line.lstrip("#") if comments_too else line for line in lines if re.match(r"#?[A-Z_]+=", line)]
        environment = dict(entry.split("=", 1) for entry in entries if not entry.startswith("#"))
        done = subprocess.run([str(prefix / "bin" / service), "--check-config"], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
