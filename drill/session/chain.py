"""Chain: a log's format: append-only, hash-chained, one JSON object per line. ``log`` keeps one on disk.

The first line is the header; each further line is one entry. The hash of a line is taken over the hash before it and
the line's own content, so that a line can be neither changed, dropped, added nor moved without the chain breaking.
The last line of a whole run is its ``end`` entry. A level, a seed and a log are a drill; everything else is recomputed.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from drill import ENGINE
from drill.catalog import find
from drill.console import ConsoleError, from_log
from drill.model.command import Action, Fault
from drill.model.text import clean, one_line
from drill.model.units import decode_plain
from drill.session.orders import ORDERS, Order

MAX_LOG = 32 * 1024 * 1024  # bytes
MAX_LINE = 1024 * 1024  # bytes
MAX_NAME = 60  # characters of an operator's name
MAX_TIME = 2**53  # ms; beyond this no clock goes

Note = Literal["action", "inject", "order", "mark", "end"]


class LogHeader(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What was played. ``started`` is wall time (ISO 8601, UTC): for people only, nothing follows from it."""

    drill: int = 1  # format of the log
    engine: str = ENGINE
    level: str
    gameplay: str  # hash of the level's gameplay
    seed: int
    operator: str = ""
    started: str = ""
    hash: str = ""


class Entry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One logged command. ``digest`` is the world's before it; ``t`` its time in ms; ``n`` counts from 1.

    ``command``: an Action (note ``action``), a facilitator's Fault (``inject``) or Order (``order``) as they name
    themselves; of the ``end`` the points and whether it was won; of a ``mark`` (every 10 s of the drill) None. ``n``,
    ``prev`` and ``hash`` are filled in when the entry is appended to a log.
    """

    n: int = 0
    t: int
    author: str
    digest: str
    command: dict[str, Any] | None = None
    note: Note = "action"
    prev: str = ""
    hash: str = ""


class LogError(Exception):
    """A log that cannot be used: where, what, what to do. ``exit_code``: 2 bad input, 3 needs another engine."""

    def __init__(self, path: Path | str, line: int, what: str, fix: str, exit_code: int = 2) -> None:
        self.path, self.line, self.what, self.fix, self.exit_code = str(path), line, what, fix, exit_code
        place = f"{path}:{line}" if line else str(path)
        super().__init__(one_line(f"{place}: {what}; {fix}"))


class Log(msgspec.Struct, kw_only=True):
    """A header and its entries, chained, in memory only."""

    header: LogHeader
    entries: list[Entry] = []

    @classmethod
    def start(cls, header: LogHeader) -> "Log":
        """Return an empty log. The header's texts are cleaned and its hash set."""
        header.operator = one_line(header.operator)[:MAX_NAME]
        header.level, header.started = one_line(header.level), one_line(header.started)
        header.hash = _hash("", header)
        return cls(header=header)

    @property
    def ended(self) -> bool:
        """Whether the run was played to its end."""
        return bool(self.entries) and self.entries[-1].note == "end"

    def append(self, entry: Entry) -> Entry:
        """Chain ``entry`` to the last one and return it. ValueError: what ``parse`` would refuse to read again."""
        last = self.entries[-1] if self.entries else None
        if self.ended or not earliest(last) <= entry.t <= MAX_TIME:
            raise ValueError(f"no entry at {entry.t} ms can follow {last}")
        if not _is_clean(entry.command):
            raise ValueError("control characters in a command: clean texts where they enter")
        entry.n, entry.author = len(self.entries) + 1, one_line(entry.author)[:MAX_NAME]
        entry.prev = last.hash if last else self.header.hash
        entry.hash = _hash(entry.prev, entry)
        self.entries.append(entry)
        return entry

    def lines(self, since: int = 0) -> list[bytes]:
        """Return the file's lines, each with its newline, from line number ``since`` (0: the header) on."""
        entries = [_line(entry) for entry in self.entries[max(0, since - 1) :]]
        return entries if since else [_line(self.header), *entries]


_ENCODER = msgspec.json.Encoder(order="deterministic")
_HEADER = msgspec.json.Decoder(LogHeader)
_ENTRY = msgspec.json.Decoder(Entry)


def _line(item: LogHeader | Entry) -> bytes:
    return _ENCODER.encode(item) + b"\n"


def _hash(prev: str, item: LogHeader | Entry) -> str:
    """Return the hash of a line's content after ``prev``."""
    bare = msgspec.structs.replace(item, hash="")
    return hashlib.blake2b(prev.encode() + _ENCODER.encode(bare), digest_size=16).hexdigest()


def earliest(last: Entry | None) -> int:
    """Return the ms at which the entry after ``last`` may stand: not before it, but for a rewind, which goes back."""
    if last is None:
        return 0
    said = last.command or {}
    back = said.get("to") if last.note == "order" and said.get("order") == "rewind" else None
    return back if isinstance(back, int) and 0 <= back < last.t else last.t


def command_of(entry: Entry) -> Action | Fault | Order | None:
    """Return the command of an entry; None: a mark, or the end. ConsoleError: this drill has no such command."""
    if entry.note in ("mark", "end"):
        return None
    if entry.command is None:
        raise ConsoleError(f"an entry of kind {entry.note} without a command")
    if entry.note == "action":
        return from_log(entry.command)
    if entry.note == "order":
        try:
            order: Order = msgspec.convert(entry.command, ORDERS)
        except msgspec.ValidationError as error:
            raise ConsoleError(f"this drill has no such order: {error}") from None
        return order
    tag = entry.command.get("fault")
    cls = find(Fault, tag) if isinstance(tag, str) else None
    if cls is None:
        raise ConsoleError(f"this drill has no fault {tag!r}")
    try:
        found: Fault = msgspec.convert(entry.command, cls, dec_hook=decode_plain)
    except msgspec.ValidationError as error:
        raise ConsoleError(f"{tag}: {error}") from None
    return found


def load(path: Path) -> bytes:
    """Return the bytes of a log file, bounded. LogError: no such file, or it cannot be read."""
    try:
        if not path.is_file():
            what = "is no file" if path.exists() else "no such file"
            raise LogError(path, 0, what, "give the path of a run's log")
        with path.open("rb") as file:
            return file.read(MAX_LOG + 1)  # a byte too many, for ``parse`` to refuse
    except (OSError, ValueError) as error:
        raise LogError(path, 0, f"cannot be read ({error})", "give the path of a run's log") from None


def read(path: Path, *, resume: bool = False) -> Log:
    """Return the log in ``path``, every hash checked. LogError: see ``parse``."""
    return parse(load(path), path, resume=resume)


def parse(data: bytes, path: Path | str, *, resume: bool = False) -> Log:
    """Return the log that ``data`` is; ``path`` is for messages. LogError: not a log, truncated, edited, other engine.

    ``resume``: a last line that was cut off (a crash while it was written) is left out. It was never acknowledged.
    """
    if len(data) > MAX_LOG:
        raise LogError(path, 0, f"is longer than {MAX_LOG // 2**20} MiB", "no drill writes such a log; give another")
    lines = data.split(b"\n")
    tail = lines.pop()  # what stands after the last newline: nothing, in a whole log
    if not lines:
        raise _no_log(path)
    log = Log(header=header_of(lines[0], path))
    engine = log.header.engine
    if engine != ENGINE:
        what = f"it was played by the rules of engine {engine}, this drill has engine {ENGINE}"
        raise LogError(path, 1, what, f"install the failure-drill release with engine {engine}", 3)
    for line in lines[1:]:
        log.entries.append(next_entry(line, log, path))
    if tail and not resume:
        number = len(lines) + 1
        raise LogError(path, number, "the last line is cut off", "`drill resume` goes on from the line before it")
    return log


def _no_log(path: Path | str) -> LogError:
    return LogError(path, 1, "this is no drill log", "give a file that `drill play` or `drill run` wrote")


def header_of(line: bytes, path: Path | str) -> LogHeader:
    """Return the header that a first line is, of whatever engine. LogError: it is none, or was edited."""
    rough = _rough(line)
    if rough is None or not isinstance(rough.get("drill"), int) or not 0 < rough["drill"] < 1000:
        raise _no_log(path)
    if rough["drill"] != 1:
        raise LogError(path, 1, f"log format {rough['drill']} is not known here", "install a newer failure-drill", 3)
    try:
        header = _HEADER.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise _no_log(path) from None
    if header.hash != _hash("", header) or _ENCODER.encode(header) != line:  # not even the spelling may differ
        raise _edited(path, 1)
    _check_texts(header, path, 1)
    return header


def _rough(line: bytes) -> dict[str, Any] | None:
    """Return the JSON object of a line, whatever is in it; None: it is none."""
    if len(line) > MAX_LINE:
        return None
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _edited(path: Path | str, number: int) -> LogError:
    what = "this line was changed after it was written (its hash does not fit)"
    return LogError(path, number, what, "use the log as the drill wrote it")


def next_entry(line: bytes, log: Log, path: Path | str) -> Entry:
    """Return the entry that ``line`` adds to ``log``, checked against those before it, or raise LogError."""
    number = len(log.entries) + 2
    if len(line) > MAX_LINE:
        raise LogError(path, number, f"the line is longer than {MAX_LINE // 2**20} MiB", "no drill writes such a line")
    try:
        entry = _ENTRY.decode(line)
        expected = _hash(entry.prev, entry)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise LogError(path, number, "this line is no log entry", "use the log as the drill wrote it") from None
    last = log.entries[-1] if log.entries else None
    if entry.hash != expected or _ENCODER.encode(entry) != line:
        raise _edited(path, number)
    if entry.prev != (last.hash if last else log.header.hash) or entry.n != number - 1:
        what = "a line is missing or out of place before this one"
        raise LogError(path, number, what, "use the log as the drill wrote it")
    if not earliest(last) <= entry.t <= MAX_TIME or (last is not None and last.note == "end"):
        what = "nothing can follow the end" if last is not None and last.note == "end" else "time goes back here"
        raise LogError(path, number, what, "use the log as the drill wrote it")
    _check_texts(entry, path, number)
    try:
        command_of(entry)
    except ConsoleError as error:
        raise LogError(path, number, str(error), "use the log as the drill wrote it") from None
    return entry


def last_entry(file: BinaryIO) -> Entry | None:
    """Return the last whole entry of a log file without reading the rest, unchecked; None: there is none yet."""
    size = file.seek(0, os.SEEK_END)
    for window in (1 << 14, MAX_LINE + 1):
        file.seek(max(0, size - 2 * window))
        lines = file.read(2 * window).split(b"\n")[:-1]
        if len(lines) > 1:
            try:
                return _ENTRY.decode(lines[-1])
            except (msgspec.MsgspecError, RecursionError, UnicodeError):
                raise LogError(
                    file.name, 0, "its last line is no log entry", "use the log as the drill wrote it"
                ) from None
    return None


def _check_texts(item: LogHeader | Entry, path: Path | str, number: int) -> None:
    """Refuse control, escape and bidi characters: the drill writes none, and a terminal would obey them."""
    if not _is_clean(msgspec.to_builtins(item)):
        raise LogError(path, number, "control characters in a text", "use the log as the drill wrote it")


def _is_clean(value: Any) -> bool:
    if isinstance(value, str):
        return clean(value) == value
    if isinstance(value, dict):
        return all(_is_clean(key) and _is_clean(item) for key, item in value.items())
    return not isinstance(value, list) or all(_is_clean(item) for item in value)
