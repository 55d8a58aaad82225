"""What a command imports on its way: as little as it takes. ``benchmarks/startup.py`` has what that is worth."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

LOG = Path(__file__).parent / "golden" / "region-failover-7-reference.jsonl"


@pytest.fixture(scope="module")
def seen() -> list[str]:
    """Return every module that there is once a log has been verified."""
    code = (
        "import sys; from drill.cli.guard import guarded; code = guarded(['verify', sys.argv[1]]);"
        "print(*sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(LOG)], capture_output=True, text=True, check=True)
    assert "verified: " in done.stdout
    return done.stdout.splitlines()[-1].split()


def test_a_verification_imports_no_screen_no_store_and_nothing_in_passing(seen: list[str]) -> None:
    apart = {
        "textual", "rich", "sqlalchemy", "distributed", "drill.store", "drill.tui", "drill.view", "drill.plain",
        "drill.hosted", "drill.contest", "drill.certify", "drill.console.completion", "drill.console.manual",
        "drill.catalog.ec2", "drill.catalog.vpc", "drill.catalog.s3", "drill.catalog.cloudfront",
        "simpy.resources", "gettext", "importlib.metadata", "typing_extensions", "_hashlib",
    }  # fmt: skip
    assert "drill.session.session" in seen and not apart & {*seen}


def test_no_struct_of_a_verification_has_annotations_that_are_compiled_again(seen: list[str]) -> None:
    late = []
    for name in [name for name in seen if name.startswith("drill.")]:
        module = importlib.import_module(name)
        own = [kind for kind in vars(module).values() if getattr(kind, "__module__", "") == name]
        structs = [kind for kind in own if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
        late += [
            kind for kind in structs if any(type(a) is str for a in vars(kind).get("__annotations__", {}).values())
        ]
    assert {kind.__qualname__ for kind in late} <= {"Condition", "Shape", "Key"}, "they name what is not there yet"


def test_no_pattern_is_compiled_before_it_is_used(seen: list[str]) -> None:
    for name in [name for name in seen if name.startswith("drill.") and name != "drill.cli.quick"]:
        source = Path(str(importlib.import_module(name).__file__)).read_text(encoding="utf-8")
        for statement in ast.parse(source).body:
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                assert "re.compile(" not in ast.unparse(statement), name
