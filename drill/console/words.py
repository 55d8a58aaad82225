"""Words of a command line: quoting, splitting, AWS CLI spelling of API names, and the one error of the console."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

#: Longest line that is read; AWS's own shells allow more, a drill needs far less.
MAX_LINE = 32 * 1024

_PLURAL = r"[A-Z]{2,}s$"
_SEAM = r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])"
_NEGATIVE = r"-\d+$|-\d*\.\d+$"
_WORD = r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+(?=\s)"""


class ConsoleError(Exception):
    """A line that is no command, said in one line in the style of the AWS CLI."""


def kebab(name: str) -> str:
    """Return an API name as the AWS CLI spells it: ``DBInstanceIdentifier`` -> ``db-instance-identifier``."""
    plural = re.search(_PLURAL, name)
    if plural and plural.start():
        return f"{kebab(name[: plural.start()])}-{plural.group().lower()}"
    return re.sub(_SEAM, "-", name).lower()


def split(line: str) -> list[str]:
    """Return the words of ``line`` as a POSIX shell would, or raise ConsoleError."""
    if len(line) > MAX_LINE:
        raise ConsoleError(f"the line is longer than {MAX_LINE} characters")
    try:
        return shlex.split(line)
    except ValueError as error:
        what = "a quotation mark is not closed" if "quotation" in str(error) else "a backslash ends the line"
        raise ConsoleError(what) from None


def cut(line: str) -> tuple[list[str], str, int]:
    """Return the finished words of ``line``, the word still being typed (unquoted), and where that word starts."""
    done: list[str] = []
    at = len(line) - len(line.lstrip())
    while found := re.compile(_WORD).match(line, at):
        done.append("".join(shlex.split(found.group())))
        at = found.end() + len(line[found.end() :]) - len(line[found.end() :].lstrip())
    partial = line[at:]
    try:
        partial = "".join(shlex.split(partial))
    except ValueError:
        partial = partial.replace('"', "").replace("'", "")
    return done, partial, at


def quote(word: str) -> str:
    """Return ``word`` so that a shell reads it back as one word."""
    return shlex.quote(word)


def is_option(word: str) -> bool:
    """Tell whether the AWS CLI's parser takes ``word`` for an option and not for a value."""
    return len(word) > 1 and word[0] == "-" and " " not in word and not re.match(_NEGATIVE, word)


def nearest(word: str, among: Iterable[str], alike: float = 0.6) -> str:
    """Return the one of ``among`` that ``word`` was probably meant to be, or "". ``alike``: how sure, up to 1."""
    from difflib import get_close_matches  # 6 ms to import, and needed only once something is wrong

    found = get_close_matches(word, list(among), n=1, cutoff=alike)
    return found[0] if found else ""
