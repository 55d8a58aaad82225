"""What keeps a command quick to start and to end. Nothing here changes what a command does.

Measured where ``python -c pass`` takes 9 ms: collecting garbage while classes are made 12 ms, SimPy importing all it
has and asking the installed packages for its own version 14 ms, PyYAML and the standard library compiling patterns that
are never used 8 ms, msgspec preferring typing_extensions to typing 5 ms, hashlib loading OpenSSL's hashes beside
Python's own 2 ms, argparse and uuid loading what knows languages and systems 1 ms, urllib laying out IPv6 networks
1 ms, taking the heap apart at the end 10 ms.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

_COMPILE = re.compile


class _Later:
    """A pattern that is compiled when it is first used, and is then as quick as any other."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._given, self._named = given, named

    def __getattr__(self, name: str) -> Any:
        value = getattr(_COMPILE(*self._given, **self._named), name)
        setattr(self, name, value)
        return value


def lean_argparse() -> None:
    """Import argparse without what translates its words: all else here is English, too."""
    english = ModuleType("gettext")
    english.gettext = str  # type: ignore[attr-defined]
    english.ngettext = lambda one, many, count: one if count == 1 else many  # type: ignore[attr-defined]
    with _instead("gettext", english):
        import_module("argparse")


def lean_imports() -> None:
    """Import what the headless commands stand on, without what that imports and makes only in passing.

    What was left out is found as usual by later imports; whoever had imported it before us keeps it.
    """
    re.compile = _Later  # type: ignore[assignment]
    try:
        with _instead("ipaddress", ModuleType("ipaddress")):
            import_module("urllib.parse")
        with _instead("_hashlib", None):  # "not there": hashlib takes Python's own
            import_module("hashlib")
        system = ModuleType("platform")
        system.system = sys.platform.capitalize  # type: ignore[attr-defined]
        with _instead("platform", system):
            import_module("uuid")
        with _instead("typing_extensions", None):  # msgspec takes typing
            import_module("msgspec")
        with _bare("simpy"):
            import_module("simpy.core")
        import_module("yaml")
    finally:
        re.compile = _COMPILE


@contextmanager
def _instead(name: str, stand_in: ModuleType | None) -> Iterator[None]:
    """Let imports find ``stand_in`` (None: nothing) where module ``name`` is; not when it has been imported already."""
    if name in sys.modules:
        yield
        return
    home, _, last = name.rpartition(".")
    sys.modules[name] = stand_in  # type: ignore[assignment]
    if home:
        setattr(sys.modules[home], last, stand_in)
    try:
        yield
    finally:
        del sys.modules[name]
        if home:
            delattr(sys.modules[home], last)


@contextmanager
def _bare(package: str) -> Iterator[None]:
    """Let modules of ``package`` be imported without what its ``__init__`` imports."""
    found = PathFinder.find_spec(package)
    stand_in = ModuleType(package)
    stand_in.__path__ = list(found.submodule_search_locations or ()) if found else []
    with _instead(package, stand_in):
        yield


def settled() -> None:
    """Everything is imported: look at it no more when collecting garbage, and collect again from here on."""
    gc.freeze()
    gc.enable()


def leave(code: int) -> int:
    """End the process at once: logs are on disk already, and the system takes the heap back quicker than Python."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return code
    os._exit(code)
