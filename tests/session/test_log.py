from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.console import parse as command
from drill.console import to_log
from drill.session.chain import _hash
from drill.session.log import Entry, Log, LogError, LogFile, LogHeader, command_of, open_runs, parse, read

LINES = [
    "aws ec2 associate-address --allocation-id web-ip --instance-id web-2",
    "ops post-status --text 'we know'",
    "aws ec2 start-instances --instance-ids web-1 web-2",
]


def header(**given) -> LogHeader:
    return LogHeader(**{"level": "eip-remap", "gameplay": "ab" * 16, "seed": 7, "operator": "Ada", **given})


def entry(t: int, line: str = LINES[0], note: str = "action") -> Entry:
    said = to_log(command(line)) if note == "action" else None
    return Entry(t=t, author="you", digest=f"{t:032x}", command=said, note=note)


def play(path: Path, entries: int = 3, end: bool = True) -> Log:
    """Write a run and return its log."""
    with LogFile.create(path, header()) as file:
        for n in range(entries):
            file.append(entry(1000 * n, LINES[n % 3]))
        if end:
            file.append(Entry(t=90_000, author="", digest="", command={"points": 800, "won": True}, note="end"))
        assert file.saving, file.reason
        return file.log


def test_what_is_appended_is_read(tmp_path):
    path = tmp_path / "runs" / "a.jsonl"
    log = play(path)
    assert read(path) == log and log.ended
    assert command_of(log.entries[1]) == command(LINES[1]) and command_of(log.entries[-1]) is None
    assert [e.n for e in log.entries] == [1, 2, 3, 4]
    assert path.read_bytes() == b"".join(log.lines())


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    log = play(tmp_path / "a.jsonl", end=False)
    for bad in (entry(500), Entry(t=5000, author="a", digest="", command={"api": "x\x1b[31m"})):
        with pytest.raises(ValueError, match=r"no entry|control"):
            log.append(bad)
    log.append(entry(5000, note="end"))
    with pytest.raises(ValueError, match="no entry"):
        log.append(entry(6000))


def test_names_are_cleaned(tmp_path):
    with LogFile.create(tmp_path / "a.jsonl", header(operator="\x1b]0;x\x07 Eve\u202e\n" + "x" * 200)) as file:
        file.append(Entry(t=0, author="Ma\x9bl", digest="", note="mark"))
    log = read(tmp_path / "a.jsonl")
    assert log.header.operator == "Eve " + "x" * 56 and log.entries[0].author.isprintable()


GOOD = Log.start(header())
for number in range(4):
    GOOD.append(entry(1000 * number, LINES[number % 3]))
GOOD.append(entry(60_000, note="end"))
DATA = b"".join(GOOD.lines())


def refusal(data: bytes, **options) -> LogError:
    with pytest.raises(LogError) as error:
        parse(data, "run.jsonl", **options)
    assert "\n" not in str(error.value)
    return error.value


def forged(**changes) -> bytes:
    """Return a log whose chain holds, with a first entry that the drill would never write."""
    log = Log.start(header())
    made = log.append(entry(0))
    for name, value in changes.items():
        setattr(made, name, value)
    made.hash = _hash(made.prev, made)
    return b"".join(log.lines())


def test_says_what_is_wrong_with_a_log():
    lines = DATA.splitlines(keepends=True)
    assert str(refusal(b"")) == "run.jsonl:1: this is no drill log; give a file that `drill play` or `drill run` wrote"
    assert refusal(b"PK\x03\x04\n\n").line == 1
    assert str(refusal(DATA[:-1])).startswith("run.jsonl:6: the last line is cut off; `drill resume` goes on")
    assert str(refusal(DATA.replace(b"we know", b"we knew"))).startswith("run.jsonl:3: this line was changed")
    assert str(refusal(DATA.replace(b'"seed":7', b'"seed":8'))).startswith("run.jsonl:1: this line was changed")
    assert "missing or out of place" in str(refusal(b"".join([*lines[:2], *lines[3:]])))
    assert "missing or out of place" in str(refusal(b"".join([lines[0], lines[2], lines[1], *lines[3:]])))
    assert "no log entry" in str(refusal(lines[0] + b"{}\n"))
    assert "longer than 1 MiB" in str(refusal(lines[0] + b" " * 2**20 + lines[1]))
    assert refusal(b'{"drill": 1}\n').exit_code == refusal(b"[" * 100_000 + b"\n").exit_code == 2
    assert refusal(b'{"drill": 2}\n').exit_code == 3


def test_says_which_engine_a_log_needs():
    other = Log.start(header(engine="99"))
    error = refusal(b"".join(other.lines()))
    assert error.exit_code == 3 and "rules of engine 99" in str(error)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"command": {"api": "ec2:Explode"}}, "this drill has no action 'ec2:Explode'"),
        ({"command": {"api": "ec2:StartInstances", "InstanceIds": 5}}, "Expected `array`"),
        ({"command": None}, "without a command"),
        ({"note": "inject"}, "this drill has no fault None"),
        ({"author": "\x1b[2Jyou"}, "control characters"),
        ({"t": -5}, "time goes back"),
        ({"t": 2**60}, "time goes back"),
        ({"n": 2}, "missing or out of place"),
    ],
)
def test_a_chain_that_holds_is_not_enough(changes, said):
    error = refusal(forged(**changes))
    assert error.line == 2 and said in str(error)


@settings(max_examples=5000, deadline=None)
@given(st.data())
def test_no_mutated_log_passes(data):
    """Whatever is done to the bytes: a LogError, or the same log, or its beginning (and then it has no end)."""
    mutated = bytearray(DATA)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(mutated)))
        kind = data.draw(st.sampled_from(["flip", "cut", "drop", "insert", "copy", "digit"]))
        if kind == "flip" and at < len(mutated):
            mutated[at] ^= data.draw(st.integers(1, 255))
        elif kind == "cut":
            del mutated[at:]
        elif kind == "drop":
            del mutated[at : at + data.draw(st.integers(1, 400))]
        elif kind == "insert":
            mutated[at:at] = data.draw(st.binary(min_size=1, max_size=20) | st.sampled_from(
                [b"9" * 5000, b"[" * 5000, b'"', b"\n", b"\r", b" ", b"\\ud800", b"1e999", b"null", b"-"]))  # fmt: skip
        elif kind == "copy":
            mutated[at:at] = mutated[data.draw(st.integers(0, len(mutated))) :][:300]
        elif at < len(mutated):
            mutated[at] = data.draw(st.sampled_from(list(b'0123456789"{}[],:.-etf')))
    for resume in (False, True):
        try:
            log = parse(bytes(mutated), "run.jsonl", resume=resume)
        except LogError as error:
            assert error.exit_code in (2, 3) and "\n" not in str(error)
        else:
            assert log.header == GOOD.header and log.entries == GOOD.entries[: len(log.entries)]
            assert log.ended == (len(log.entries) == len(GOOD.entries))


def test_files_that_are_no_logs(tmp_path):
    big = tmp_path / "big.jsonl"
    with big.open("wb") as file:
        file.truncate(33 * 2**20)
    for path, said in ((tmp_path / "none", "no such file"), (tmp_path, "is no file"), (big, "longer than 32 MiB"),
                       (Path("nul\0"), "nul")):  # fmt: skip
        for use in (read, LogFile.resume):
            with pytest.raises(LogError, match=said):
                use(path)


def test_a_read_only_place_does_not_stop_play(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    file = LogFile.create(blocked / "runs" / "a.jsonl", header())
    file.append(entry(1000))
    assert not file.saving and str(blocked) in file.reason
    blocked.unlink()  # the place can be written to again: nothing that happened in between is missing
    file.append(entry(2000, note="end"))
    assert file.saving and file.reason == ""
    file.close()
    assert len(read(blocked / "runs" / "a.jsonl").entries) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to set")
def test_a_full_disk_does_not_stop_play(tmp_path):
    import resource

    path = tmp_path / "a.jsonl"
    file = LogFile.create(path, header())
    file.append(entry(0))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, before[1]))
        for t in (1000, 2000):
            file.append(entry(t))
            assert not file.saving and "too large" in file.reason
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(read(path, resume=True).entries) == 1  # what was written half is left out
    file.append(entry(3000, note="end"))
    file.close()
    assert file.saving and read(path) == file.log


def test_resume_goes_on_where_a_crash_cut_a_line_off(tmp_path):
    path = tmp_path / "a.jsonl"
    log = play(path, end=False)
    with path.open("ab") as file:
        file.write(log.lines()[-1][:-30] + b"\0" * 400)
    with LogFile.resume(path) as resumed:
        assert resumed.log == log and resumed.saving
        resumed.append(entry(7000, note="end"))
    assert len(read(path).entries) == 4
    with pytest.raises(LogError, match="has ended"):
        LogFile.resume(path)


def test_open_runs_are_those_without_an_end(tmp_path):
    play(tmp_path / "whole.jsonl")
    play(tmp_path / "open.jsonl", end=False)
    play(tmp_path / "fresh.jsonl", entries=0, end=False)
    long = play(tmp_path / "long.jsonl", entries=0, end=False)
    with (tmp_path / "long.jsonl").open("ab") as file:
        file.write(long.append(entry(0, f"ops post-status --text {'x' * 30_000}")) and long.lines(1)[0] + b'{"cut')
    (tmp_path / "noise.jsonl").write_bytes(b"\x00\xff\n" * 9)
    (tmp_path / "folder.jsonl").mkdir()
    os.utime(tmp_path / "open.jsonl", (2e9, 2e9))
    runs = open_runs(tmp_path)
    assert runs[0].path.stem == "open" and {run.path.stem for run in runs} == {"open", "fresh", "long"}
    assert (runs[0].entries, runs[0].t, runs[0].busy) == (3, 2000, False)
    assert {run.path.stem: run.entries for run in runs}["long"] == 1
    with LogFile.resume(runs[0].path):
        assert open_runs(tmp_path)[0].busy
    assert open_runs(tmp_path / "nowhere") == []


PLAYER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tests.session.test_log import LogFile, entry, header
    path = Path(sys.argv[1])
    file = LogFile.resume(path) if path.exists() else LogFile.create(path, header())
    while True:
        done = file.append(entry(file.entries[-1].t + 1 if file.entries else 0))
        assert file.saving
        print(done.n, flush=True)
""")


def player(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PLAYER, str(path)], stdout=subprocess.PIPE, text=True,
                            cwd=Path(__file__).parents[2])  # fmt: skip


def test_what_was_acknowledged_outlives_a_kill(tmp_path):
    path = tmp_path / "a.jsonl"
    dice = random.Random(5)
    for _ in range(3):
        with player(path) as process:
            for _ in range(dice.randint(1, 60)):
                process.stdout.readline()
            with pytest.raises(LogError, match="another process is playing"):
                LogFile.resume(path)
            process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            acknowledged = max(int(line) for line in process.stdout.read().split("\n")[:-1] or ["0"])
        assert len(read(path, resume=True).entries) >= acknowledged
        assert [run.busy for run in open_runs(tmp_path)] == [False]


def test_a_log_is_small_and_quick(tmp_path):
    log = Log.start(header())
    for t in range(2000):
        log.append(entry(t))
    data = b"".join(log.lines())
    assert len(data) / 2000 < 450
    assert len(parse(data, "run.jsonl").entries) == 2000
    assert msgspec.json.decode(log.lines()[1])["command"]["api"] == "ec2:AssociateAddress"
