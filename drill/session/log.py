"""Log files: a run's log on disk while it is played. What was appended is there, come what may.

An entry counts as acknowledged once ``append`` has returned with ``saving`` true: it is on the disk then, not only in
the system's memory. When the disk refuses, play goes on with ``saving`` false and the ``reason``; each further append
tries to write everything that is missing.
"""

import errno
import os
import sys
import time
from pathlib import Path
from typing import Self

import msgspec

from drill.session.chain import (
    MAX_LINE,
    MAX_LOG,
    Entry,
    Log,
    LogError,
    LogHeader,
    command_of,
    header_of,
    last_entry,
    parse,
    read,
)

__all__ = ["Entry", "Log", "LogError", "LogFile", "LogHeader", "OpenRun", "command_of", "open_runs", "parse", "read"]

_BINARY = getattr(os, "O_BINARY", 0)


class LogFile:
    """A log on disk, locked against other processes for as long as it is open (a crash unlocks it)."""

    def __init__(self, path: Path, log: Log) -> None:
        self.path = path
        self.log = log
        self.saving = False
        self.reason = ""  # why it is not saving
        self._file = -1  # descriptor; -1: could not be opened yet
        self._lines = 0  # lines that are on the disk for certain
        self._size = 0  # bytes of these lines
        self._litter = False  # whether something else may stand after them

    @classmethod
    def create(cls, path: Path, header: LogHeader) -> Self:
        """Start a new log. Never raises for the disk's sake: look at ``saving``."""
        made = cls(path, Log.start(header))
        made._save(True)
        return made

    @classmethod
    def resume(cls, path: Path) -> Self:
        """Open the log of a run that did not end, to go on with it; a last line that was cut off is dropped.

        LogError: no usable log, a run that has ended, or one that another process is playing.
        """
        if not path.is_file():
            read(path)  # says what is wrong with it
        file, why = _open_existing(path)
        try:
            if not _locked(file, patient=True):
                raise LogError(path, 0, "another process is playing this run", "close the other one first")
            data = _content(file)
            log = parse(data, path, resume=True)
            if log.ended:
                raise LogError(path, 0, "this run has ended", "`drill replay` shows it")
        except BaseException:
            os.close(file)
            raise
        resumed = cls(path, log)
        resumed._file, resumed.saving, resumed.reason = file, not why, why
        resumed._lines, resumed._size = 1 + len(log.entries), data.rfind(b"\n") + 1
        resumed._litter = resumed._size < len(data)
        return resumed

    @property
    def entries(self) -> list[Entry]:
        """The entries so far, on disk or not."""
        return self.log.entries

    @property
    def header(self) -> LogHeader:
        """The log's header."""
        return self.log.header

    def append(self, entry: Entry) -> Entry:
        """Chain ``entry`` to the log and write it; a ``mark`` is not waited for. ValueError: the run has ended."""
        self.log.append(entry)
        self._save(entry.note != "mark")
        return entry

    def close(self) -> None:
        """Let go of the file. What could not be written by now is lost."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _save(self, wait: bool) -> None:
        """Write what is missing on the disk; note whether that worked."""
        try:
            if self._file < 0:
                self._file = _make(self.path)
            self._write(wait)
        except OSError as error:
            self.saving, self._litter = False, True
            self.reason = f"{error.strerror or error}: {self.path}"
        else:
            self.saving, self.reason = True, ""

    def _write(self, wait: bool) -> None:
        lines = self.log.lines(self._lines)
        data = b"".join(lines)
        if self._size + len(data) > MAX_LOG or max(map(len, lines), default=0) > MAX_LINE:
            raise OSError(errno.EFBIG, "the log has grown too long")
        if self._litter:
            os.ftruncate(self._file, self._size)
        os.lseek(self._file, self._size, os.SEEK_SET)
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        if wait:
            os.fsync(self._file)
        # Only now: after a failed fsync the system may have dropped the pages, so they are written again.
        self._lines, self._size, self._litter = self._lines + len(lines), self._size + len(data), False


class OpenRun(msgspec.Struct, kw_only=True, frozen=True):
    """A run that did not end. ``t``: ms played as far as the log knows; ``busy``: a process is playing it now."""

    path: Path
    header: LogHeader
    entries: int
    t: int
    busy: bool


def open_runs(folder: Path) -> list[OpenRun]:
    """Return the runs in ``folder`` that did not end, the last touched first. Files that are no logs are left out.

    Only the first and last lines are looked at: ``LogFile.resume`` checks the rest.
    """
    found: list[tuple[float, OpenRun]] = []
    try:
        paths = [path for path in folder.glob("*.jsonl") if path.is_file()]
    except OSError:
        return []
    for path in paths:
        try:
            run, touched = _open_run(path), path.stat().st_mtime
        except (OSError, LogError):
            continue
        if run is not None:
            found.append((touched, run))
    return [run for _, run in sorted(found, key=lambda pair: (-pair[0], str(pair[1].path)))]


def _open_run(path: Path) -> OpenRun | None:
    with path.open("rb") as file:
        header = header_of(file.readline(MAX_LINE + 1).removesuffix(b"\n"), path)
        last = last_entry(file)
        if last is not None and last.note == "end":
            return None
        busy = not _locked(file.fileno())
    n, t = (last.n, last.t) if last else (0, 0)
    return OpenRun(path=path, header=header, entries=n, t=t, busy=busy)


def _make(path: Path) -> int:
    """Create the file and lock it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o644)
    _locked(file)
    if sys.platform != "win32":  # the name, too, has to be on the disk
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        except OSError:
            pass  # some file systems cannot; the content is safe all the same
        finally:
            os.close(folder)
    return file


def _open_existing(path: Path) -> tuple[int, str]:
    """Return a descriptor of the file and why it cannot be written to ("" when it can)."""
    try:
        return os.open(path, os.O_RDWR | _BINARY), ""
    except OSError as error:
        try:
            return os.open(path, os.O_RDONLY | _BINARY), f"{error.strerror}: {path}"
        except OSError:
            what = f"cannot be opened ({error.strerror})"
            raise LogError(path, 0, what, "look at the file's permissions") from None


def _content(file: int) -> bytes:
    """Return what is in the file, a byte more than allowed at most."""
    os.lseek(file, 0, os.SEEK_SET)
    parts: list[bytes] = []
    left = MAX_LOG + 1
    while left > 0 and (part := os.read(file, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _locked(file: int, patient: bool = False) -> bool:
    """Take the lock of an open file; False: another process has it. Where locks do not exist there is none to hold.

    ``patient``: try for a moment, since a list of open runs tries every lock for an instant.
    """
    for pause in (0.0, 0.05, 0.2) if patient else (0.0,):
        time.sleep(pause)
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
                return True
        else:
            return True
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        os.lseek(file, MAX_LOG + MAX_LINE, os.SEEK_SET)  # a byte that no log has, so that others can still read it
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
