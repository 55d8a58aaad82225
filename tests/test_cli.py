"""The command line: what each command prints, and its exit code. Run in process; few need a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drill.cli import main
from drill.cli.completion import tree
from drill.cli.parser import build
from drill.desk import Desk

REMAP = "aws ec2 associate-address --allocation-id web-ip --instance-id web-2"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILL_DEBUG", raising=False)
    return tmp_path / "home"


def run(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def run_json(capsys: Any, *words: str) -> tuple[int, Any]:
    code, out, _ = run(capsys, *words, "--json")
    return code, json.loads(out)


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "remap.txt"
    path.write_text(f"# point it at the spare\nT+02:30 {REMAP}\n", encoding="utf-8")
    return str(path)


# ---- words ---------------------------------------------------------------------------------------------------------


def test_version_imports_nothing_slow() -> None:
    code = "import sys; from drill.cli import main; main(['--version']); print(*sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    first, modules = out.splitlines()
    assert first.startswith("drill ")
    for slow in ("argparse", "msgspec", "textual", "yaml", "simpy", "platformdirs"):
        assert slow not in modules.split()


@pytest.mark.parametrize("name", [sub.name for sub in tree()])
def test_every_command_has_help_with_a_sentence_for_each_option(name: str, capsys: Any) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert code == 0 and f"drill {name}" in out
    for sub in tree():
        if sub.name == name:
            assert sub.help and all(flag.help for flag in sub.flags)


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("run",),
        ("run", "eip-remap"),
        ("run", "eip-remap", "--solution", "nonsense"),
        ("run", "eip-remap", "--solution", "idle", "--seed", "-1"),
        ("run", "eip-remap", "--solution", "idle", "--seeds", "0"),
        ("run", "eip-rmap", "--solution", "idle"),
        ("run", "no/such.yaml", "--solution", "idle"),
        ("run", "eip-remap", "--script", "no-such.txt"),
        ("play", "eip-remap", "--speed", "3"),
        ("play", "eip-remap"),  # no terminal here
        ("verify", "no-such-log"),
        ("verify", "/no/such/log.jsonl"),
        ("report", "????"),
        ("report", "no-such-run"),
        ("replay", "no-such-run"),
        ("resume",),
        ("lint", "no-such-level"),
        ("certify", "no-such-level"),
        ("completion", "tcsh"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words: tuple[str, ...], capsys: Any) -> None:
    code, out, err = run(capsys, *words)
    assert code == 2, (out, err)
    assert len((out + err).strip().splitlines()) == 1 and "Traceback" not in err


def test_a_fault_of_the_program_is_one_line_and_a_file(capsys: Any, monkeypatch: Any, home: Path) -> None:
    def broken(self: Desk) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(Desk, "shelf", broken)
    code, _, err = run(capsys, "levels")
    assert code == 70 and len(err.splitlines()) == 1 and "ZeroDivisionError: by zero" in err
    (crash,) = (home / "crashes").iterdir()
    assert "Traceback" in crash.read_text() and str(crash) in err
    monkeypatch.setenv("DRILL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["levels"])


# ---- run, verify, scores, report ---------------------------------------------------------------------------------


def test_a_script_runs_is_scored_saved_verified_and_told(script: str, capsys: Any) -> None:
    code, found = run_json(capsys, "run", "eip-remap", "--script", script, "--seed", "7", "--operator", "ada")
    assert {"level", "seed", "won", "points", "digest", "log", "objectives"} <= found.keys()
    assert found["level"] == "eip-remap" and found["seed"] == 7 and found["refused"] == []
    for row in found["objectives"]:
        assert {"name", "par", "target", "zero", "actual", "met", "points"} <= row.keys()
    assert code == (0 if all(row["met"] for row in found["objectives"]) else 1)

    code, verdict = run_json(capsys, "verify", found["log"])
    assert code == 0 and verdict["verified"] and verdict["digest"] == found["digest"]
    assert verdict["points"] == found["points"]

    code, rows = run_json(capsys, "scores", "--level", "eip-remap")
    assert code == 0 and [row["points"] for row in rows] == [found["points"]] and rows[0]["operator"] == "ada"
    code, out, _ = run(capsys, "scores", "--csv")
    assert code == 0 and len(out.splitlines()) == 2 and ",ada," in out

    code, out, _ = run(capsys, "report", found["run"][:8])
    assert code == 0 and out.startswith("# ") and REMAP.replace("-", "-") in out.replace("\\", "")
    code, out, _ = run(capsys, "report", found["log"], "--format", "json")
    assert json.loads(out)["points"] == found["points"]


def test_the_same_seed_and_script_give_the_same_digest_and_another_seed_another(script: str, capsys: Any) -> None:
    digests = [
        run_json(capsys, "run", "eip-remap", "--script", script, "--seed", seed)[1]["digest"]
        for seed in ("3", "3", "4")
    ]
    assert digests[0] == digests[1] != digests[2]


def test_solutions_play_and_stay_out_of_the_scores(capsys: Any) -> None:
    code, found = run_json(capsys, "run", "eip-remap", "--solution", "reference", "--seed", "2")
    assert code == 0 and found["won"] and Path(found["log"]).is_file()
    code, idle = run_json(capsys, "run", "eip-remap", "--solution", "idle", "--seed", "2")
    assert code == 1 and not idle["won"] and idle["points"] < 500
    assert run_json(capsys, "scores")[1] == []


def test_many_seeds_are_summed_up(script: str, capsys: Any) -> None:
    code, found = run_json(capsys, "run", "eip-remap", "--solution", "idle", "--seeds", "5")
    assert code == 1 and found["seeds"] == 5 and found["wins"] == 0 and len(found["runs"]) == 5
    rto = next(goal for goal in found["objectives"] if goal["name"] == "rto")
    assert rto["median"] > rto["target"] and rto["p95"] >= rto["median"]
    code, out, _ = run(capsys, "run", "eip-remap", "--solution", "idle", "--seeds", "2")
    assert "0 of 2 won" in out


def test_a_runbook_runs_and_refused_lines_are_told(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(f"think: 5s\nrules:\n  remap: {{at: 2m, do: ['{REMAP}']}}\n", encoding="utf-8")
    _, found = run_json(capsys, "run", "eip-remap", "--script", str(path), "--seed", "1")
    assert found["points"] > 0 and not found["refused"]
    bad = tmp_path / "bad.txt"
    bad.write_text("T+00:10 aws ec2 start-instances --instance-ids nobody\nT+00:20 aws ec2 frob\n", encoding="utf-8")
    _, found = run_json(capsys, "run", "eip-remap", "--script", str(bad), "--seed", "1")
    assert len(found["refused"]) == 2 and "InvalidInstanceID" in found["refused"][0]["why"]
    bad.write_text("T+00:10 aws ec2 describe-instances\nsoon: something\n", encoding="utf-8")
    code, _, err = run(capsys, "run", "eip-remap", "--script", str(bad))
    assert code == 2 and "bad.txt:2:1" in err


def test_an_edited_log_is_not_verified_and_says_where(script: str, capsys: Any, tmp_path: Path) -> None:
    _, found = run_json(capsys, "run", "eip-remap", "--script", script, "--seed", "7")
    log = Path(found["log"])
    lines = log.read_text().splitlines()
    for name, kept in (("cut.jsonl", lines[:-1]), ("edited.jsonl", [line.replace("web-2", "web-1") for line in lines])):
        changed = tmp_path / name
        changed.write_text("\n".join(kept) + "\n")
        code, verdict = run_json(capsys, "verify", str(changed))
        assert code in (1, 2) and verdict["verified"] is False, name
    other = tmp_path / "other.jsonl"
    other.write_text(log.read_text().replace('"engine":"', '"engine":"99', 1))
    code, _, err = run(capsys, "verify", str(other))
    assert code in (2, 3) and len(err.splitlines()) == 1
    code, whole = run_json(capsys, "verify", str(log), str(changed))
    assert code != 0 and [each["verified"] for each in whole["logs"]] == [True, False]


def test_a_home_that_cannot_be_written_to_still_plays(
    capsys: Any, tmp_path: Path, monkeypatch: Any, script: str
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("DRILL_HOME", str(blocked / "home"))
    code, out, err = run(capsys, "run", "eip-remap", "--script", script, "--seed", "7", "--json")
    assert code in (0, 1) and json.loads(out)["log"] is None and "not saved" in err


# ---- levels --------------------------------------------------------------------------------------------------------


def test_levels_lists_the_tutorial_first_with_the_best(script: str, capsys: Any) -> None:
    _, found = run_json(capsys, "run", "eip-remap", "--script", script, "--seed", "7")
    code, rows = run_json(capsys, "levels")
    assert code == 0 and rows[0]["id"] == "first-shift" and not any(row["problem"] for row in rows)
    assert {row["id"]: row["best"] for row in rows}["eip-remap"] == found["points"]
    code, out, _ = run(capsys, "levels")
    assert code == 0 and len(out.splitlines()) == len(rows) + 1


def test_lint_names_file_line_and_column(tmp_path: Path, capsys: Any) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("drill: 1\nid: bad\nlenght: 3m\n", encoding="utf-8")
    code, out, _ = run(capsys, "lint", str(tmp_path))
    assert code == 2 and f"{bad}:3:1: " in out and "length" in out
    code, out, _ = run(capsys, "lint", "eip-remap")
    assert (code, out) == (0, "")


def test_certify_and_calibrate_answer_in_json(capsys: Any) -> None:
    code, found = run_json(capsys, "certify", "eip-remap", "--seeds", "2")
    assert code in (0, 1) and all({"points", "won"} <= row.keys() for row in found["rows"])
    code, found = run_json(capsys, "calibrate", "eip-remap", "--seeds", "2")
    assert code == 0 and {s["objective"] for s in found["suggestions"]} >= {"rto"}


def test_schema_reference_and_doctor_answer(capsys: Any) -> None:
    code, out, _ = run(capsys, "schema")
    assert code == 0 and json.loads(out)["$schema"].startswith("https://json-schema.org/")
    code, out, _ = run(capsys, "reference")
    assert code == 0 and "ec2.instance" in out
    code, found = run_json(capsys, "doctor")
    assert {"data folder", "levels", "glyphs"} <= {each["what"] for each in found}


# ---- completion ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command_and_option(shell: str, capsys: Any) -> None:
    code, out, _ = run(capsys, "completion", shell)
    assert code == 0
    for sub in tree():
        assert sub.name in out
        for flag in sub.flags:
            assert any(name.lstrip("-") in out for name in flag.names)
    assert "zone-power" in out


def test_bash_completes(capsys: Any) -> None:
    _, text, _ = run(capsys, "completion", "bash")

    def complete(*words: str) -> list[str]:
        line = " ".join(f"'{w}'" for w in words)
        ask = f'{text}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _drill; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True, cwd=os.sep)
        return done.stdout.split()

    assert complete("drill", "ver") == ["verify"]
    assert complete("drill", "play", "zone") == ["zone-power"]
    assert "--script" in complete("drill", "run", "x", "--s")
    assert complete("drill", "play", "x", "--speed", "6") == ["60x"]
    assert complete("drill", "report", "x", "--format", "m") == ["md"]


def test_output_into_a_closed_pipe_ends_quietly() -> None:
    done = subprocess.run(
        f"{sys.executable} -m drill reference | head -1", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("\n") == 1 and done.stderr == ""


def test_every_command_of_the_parser_leads_to_a_function() -> None:
    from importlib import import_module

    (group,) = [
        action for action in build()._actions if hasattr(action, "choices") and isinstance(action.choices, dict)
    ]
    for parser in group.choices.values():
        module, name = parser.get_default("run").split(":")
        assert callable(getattr(import_module(f"drill.cli.{module}"), name))
