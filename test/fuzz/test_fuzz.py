"""The fuzzers can go red: each program here has one bug on purpose, and an input that does not meet it to start from."""

import pytest

import fuzz

# Far more than it takes; a finding ends the run.
SECONDS_MAX = 120

BUGS = [
    ("bug_cut", b"\nGET / HTTP/1.1", "FINDING: the parser's verdict depends on"),
    ("bug_overread", b"limit=1&before=7", "AddressSanitizer: heap-buffer-overflow"),
    ("bug_range", b'{"item_name":"Apple","quantity":1,"price":100}', "Assertion `"),
]


def write_input(folder, content):
    folder.mkdir()
    (folder / "start").write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def findings_folder(monkeypatch, tmp_path):
    """Findings of these runs do not mix with real ones."""
    programs = {name: fuzz.program_of(name) for name in [bug[0] for bug in BUGS] + ["query"]}
    monkeypatch.setattr(fuzz, "program_of", programs.get)
    monkeypatch.setattr(fuzz, "BUILD", tmp_path)


@pytest.mark.parametrize("name, start, expected", BUGS)
def test_a_bug_is_found_and_repeats(tmp_path, name, start, expected):
    outcome = fuzz.run(name, SECONDS_MAX, tmp_path / "grown", write_input(tmp_path / "stored", start))
    assert not outcome.is_clean
    assert len(outcome.findings) == 1
    report = outcome.report()
    assert expected in report
    assert f"again: {fuzz.program_of(name)} {outcome.findings[0]}" in report
    assert "FINDING" in outcome.line(SECONDS_MAX)
    found = write_input(tmp_path / "found", outcome.findings[0].read_bytes())
    again = fuzz.run(name, SECONDS_MAX, tmp_path / "again", found)
    assert not again.is_clean


def test_a_good_one_is_clean_and_counted(tmp_path):
    outcome = fuzz.run("query", 1, tmp_path / "grown", write_input(tmp_path / "stored", b"limit=1"))
    assert outcome.is_clean and outcome.findings == []
    assert outcome.line(1).endswith("no finding")
    assert " 0 inputs" not in outcome.line(1)


def test_a_program_that_breaks_off_is_no_success(tmp_path):
    """As where it cannot even start: no input is left behind, yet the run is not clean."""
    outcome = fuzz.Outcome("query", 127, "no such library", [])
    assert not outcome.is_clean
    assert "no such library" in outcome.report() and "status 127" in outcome.report()


@pytest.mark.parametrize("words", [["--only", "gone"], ["--seconds", "0"], ["--seconds", "1", "--minutes", "1"]])
def test_bad_arguments_are_refused(words):
    with pytest.raises(SystemExit) as refused:
        fuzz.read_arguments(words)
    assert refused.value.code == 2


def test_minutes_are_seconds():
    assert fuzz.read_arguments(["--minutes", "2"]).seconds == 120
