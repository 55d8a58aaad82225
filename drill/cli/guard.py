"""What stands between a command and the person who typed it: one clear line and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys

FINE, MISSED, BAD_INPUT, OTHER_ENGINE = 0, 1, 2, 3
PROGRAM_FAULT, STOPPED = 70, 130


class Stop(Exception):
    """The command cannot go on. The text is the line (or lines) to show, ``code`` the exit code."""

    def __init__(self, text: str, code: int = BAD_INPUT) -> None:
        self.code = code
        super().__init__(text)


def guarded(words: list[str]) -> int:
    """Parse ``words``, run the command, and turn everything that can go wrong into a line and an exit code."""
    from drill.cli.parser import run_command

    _forgiving_output()
    try:
        code = run_command(words)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse: --help and usage errors
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    except Stop as error:
        return say(str(error), error.code)
    except KeyboardInterrupt:
        return say("drill: stopped", STOPPED)
    except BrokenPipeError:  # `drill levels | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        if os.environ.get("DRILL_DEBUG"):
            raise
        return crashed(error, words)


def say(text: str, code: int) -> int:
    """Print ``text`` on standard error and return ``code``."""
    print(text, file=sys.stderr)
    return code


def crashed(error: BaseException, words: list[str]) -> int:
    """Report an error of the program itself: one line, and where the details are."""
    what = " ".join(str(error).split())[:160]
    kept = _keep(error, words)
    where = f"details: {kept}" if kept else "DRILL_DEBUG=1 shows the details"
    return say(f"drill: a fault of the program: {type(error).__name__}: {what}; {where}", PROGRAM_FAULT)


def _keep(error: BaseException, words: list[str]) -> str:
    """Write the traceback to a crash file under the data folder and return its path, or "" when that fails."""
    import platform
    import time
    import traceback

    from drill import ENGINE, __version__
    from drill.store import data_folder

    head = f"drill {__version__} engine {ENGINE} python {platform.python_version()} {platform.system()}\n{words}\n\n"
    try:
        folder = data_folder() / "crashes"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8")
        return str(path)
    except OSError:
        return ""


def _forgiving_output() -> None:
    """Let a terminal without UTF-8 show ``?`` for a glyph it lacks, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
