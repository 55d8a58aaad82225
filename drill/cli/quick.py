"""What keeps a command quick to start and to end. Nothing here changes what a command does.

Measured where ``python -c pass`` takes 9 ms: collecting garbage while classes are made 12 ms, SimPy asking the
installed packages for its own version 13 ms, msgspec preferring typing_extensions to typing 5 ms, taking the heap
apart at the end 10 ms.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from types import ModuleType


def lean_imports() -> None:
    """Import msgspec and SimPy without what they import only in passing. Later imports find them as usual."""
    if "msgspec" not in sys.modules and "typing_extensions" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # "not there": msgspec takes typing
        try:
            importlib.import_module("msgspec")
        finally:
            del sys.modules["typing_extensions"]
    if "simpy" not in sys.modules and "importlib.metadata" not in sys.modules:
        stand_in = ModuleType("importlib.metadata")
        stand_in.version = lambda name: ""  # type: ignore[attr-defined]
        sys.modules["importlib.metadata"] = importlib.metadata = stand_in
        try:
            importlib.import_module("simpy")
        finally:
            del sys.modules["importlib.metadata"], importlib.metadata


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
