"""What decides what happens may only use what gives the same result on any Python, on any machine, on any day."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import drill

ROOT = Path(drill.__file__).parent
DECIDING = ("model", "catalog", "engine", "level", "score", "session", "console")
FILES = sorted(path for room in DECIDING for path in (ROOT / room).rglob("*.py")) + sorted(ROOT.glob("console*.py"))

#: wall clock and machine; what differs between Pythons, platforms, locales or runs
CLOCKS = {"time", "datetime", "locale", "os.environ", "platform", "secrets", "uuid"}
#: where a log says, for people only, when it was begun
MAY_KNOW_THE_DAY = {"session/log.py"}
EXACT = {"ceil", "floor", "isfinite", "isnan", "inf"}  # of math: the rest is the platform's own library


def forbidden(tree: ast.AST, name: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what) of everything in a module that may not decide."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and name not in MAY_KNOW_THE_DAY:
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for module in modules:
                if module.partition(".")[0] in CLOCKS | {"statistics"} or module == "math" != ast.unparse(node)[7:]:
                    yield node.lineno, f"imports {module}"
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math" and node.attr not in EXACT:
            yield node.lineno, f"math.{node.attr}"
        if isinstance(node, ast.Call):
            yield from _calls(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _whole(node):
            yield node.lineno, "raises to a power that is no whole constant"
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.Module):
            yield from _sets(scope)


def _whole(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in sides)


def _calls(node: ast.Call) -> Iterator[tuple[int, str]]:
    called = ast.unparse(node.func)
    if called == "sum":
        yield node.lineno, "sum(): its result over floats changed in Python 3.12; add up in a loop"
    if called in ("hash", "random.random", "random.seed"):
        yield node.lineno, f"{called}()"
    last = called.rpartition(".")[2]
    if last in ("choice", "choices", "shuffle", "sample", "randint", "randrange", "uniform", "gauss", "triangular"):
        yield node.lineno, f"{called}(): only Random(text).random() is the same everywhere"
    if last == "Random" and not (node.args and _text(node.args[0])):
        yield node.lineno, "dice that are not seeded with a text"


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _says_set(annotation: ast.AST) -> bool:
    return ast.unparse(annotation).startswith(("set[", "frozenset["))


def _is_set(node: ast.AST, known: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return _is_set(node.left, known) or _is_set(node.right, known)
    return isinstance(node, ast.Name) and node.id in known


def _sets(scope: ast.FunctionDef | ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every place where a set of this scope is gone through in its own order."""
    inner = {n for f in ast.walk(scope) if isinstance(f, ast.FunctionDef) and f is not scope for n in ast.walk(f)}
    nodes = [n for n in ast.walk(scope) if n not in inner]
    known: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_set(node.value, set()):
            known |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _says_set(node.annotation):
            known.add(node.target.id)
    arguments = [] if isinstance(scope, ast.Module) else [*scope.args.args, *scope.args.kwonlyargs]
    known |= {a.arg for a in arguments if a.annotation and _says_set(a.annotation)}
    harmless = {id(n.args[0]) for n in nodes if isinstance(n, ast.Call) and _unordered(n) and n.args}
    for node in nodes:
        gone_through: list[ast.AST] = []
        if isinstance(node, ast.For):
            gone_through.append(node.iter)
        elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp) and id(node) not in harmless:
            gone_through += [g.iter for g in node.generators]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "list", "tuple", "enumerate", "join", "next", "iter", "extend", "zip", "fromkeys",
        ):  # fmt: skip
            gone_through += node.args[:1]
        for what in gone_through:
            if _is_set(what, known):
                yield node.lineno, f"goes through a set: {ast.unparse(what)[:60]}"


def _unordered(node: ast.Call) -> bool:
    """Tell whether the order of what a call is given cannot be seen in its result."""
    return ast.unparse(node.func) in ("sorted", "any", "all", "len", "set", "frozenset", "min", "max")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_decides_depends_on_python_machine_or_day(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = sorted(set(forbidden(ast.parse(path.read_text(encoding="utf-8")), name)))
    assert not found, "\n".join(f"{name}:{line}: {what}" for line, what in found)


@pytest.mark.parametrize(
    "source",
    [
        "total = sum(values)",
        "import math\nx = math.exp(1)",
        "from math import exp",
        "import time",
        "from datetime import datetime",
        "import random\nrandom.Random(f'{n}').choice(rows)",
        "import random\nrandom.Random(7)",
        "for name in {1, 2}:\n    pass",
        "def f(names: set[str]):\n    return [n for n in names]",
        "def f():\n    found = set(a)\n    return ', '.join(found)",
        "x = y ** z",
        "x = hash('a')",
    ],
)
def test_the_test_itself_finds_what_is_forbidden(source: str) -> None:
    assert list(forbidden(ast.parse(source), "some/file.py"))


@pytest.mark.parametrize("source", ["names = sorted({1, 2})", "ok = any(n for n in {1, 2})", "x = 2 * y ** 2"])
def test_the_test_itself_lets_pass_what_is_allowed(source: str) -> None:
    assert not list(forbidden(ast.parse(source), "some/file.py"))


def test_the_core_needs_no_screen_and_no_database() -> None:
    code = (
        "import sys, drill.session.session, drill.view.build, drill.console, drill.catalog, drill.score.scorecard\n"
        "print(sorted({'textual', 'rich', 'sqlite3', 'asyncio', 'botocore', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
