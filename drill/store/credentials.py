"""Credentials: what joining a team or a session gave, in a file that only its owner can read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from drill.model.text import one_line
from drill.store.folder import data_folder

NAME = "credentials.json"
SERVER = "DRILL_SERVER"  # the environment variable that names a server
_PRIVATE = 0o600
_OTHERS = 0o077


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes of this machine out, where files can be locked."""
    try:
        import fcntl
    except ImportError:  # Windows: two joins at the same instant are left to luck there
        yield
        return
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class NoCredential(Exception):
    """There is none, or the file cannot be trusted or kept: one line that says what to do."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """Who one is on a server. ``kind``: "team" or "session"; ``ref``: its id; ``member``: one's own id there.

    ``token`` is the secret. Names are those that the server gave: cleaned, but anybody's words.
    """

    server: str
    kind: str
    ref: str
    member: str
    token: str
    name: str = ""
    role: str = ""
    event: str = ""
    event_id: str = ""
    team: str = ""


class Credentials:
    """The file of credentials; the newest stand last."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder if folder is not None else data_folder()) / NAME

    def all(self) -> list[Credential]:
        """Return what is kept. NoCredential when others can read the file, or it is none."""
        try:
            with self.path.open("rb") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                    raise NoCredential(f"{self.path}: others can read this file; run `chmod 600 {self.path}`")
                return msgspec.json.decode(file.read(), type=list[Credential])
        except FileNotFoundError:
            return []
        except msgspec.MsgspecError as error:
            raise NoCredential(f"{self.path}: not a file of credentials ({error}); delete it and join again") from None
        except OSError as error:
            raise NoCredential(f"{self.path}: {error.strerror}") from None

    def keep(self, credential: Credential) -> None:
        """Add one; what was kept for the same team or session stays, as runs may still wait to be sent with it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self.path.with_suffix(".lock")):
                known = [each for each in self.all() if each.member != credential.member]
                self._write(msgspec.json.format(msgspec.json.encode([*known, credential]), indent=1))
        except OSError as error:
            raise NoCredential(f"{self.path}: cannot be kept here ({error.strerror})") from None

    def _write(self, raw: bytes) -> None:
        from tempfile import mkstemp  # 3 ms to import

        handle, name = mkstemp(prefix=".credentials-", dir=self.path.parent)  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)  # as one step, whatever happens
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise

    def member(self, member: str) -> Credential:
        """Return the credential of a member's id. NoCredential."""
        return self._last([each for each in self.all() if each.member == member], "nobody here has joined with that")

    def event(self, name: str = "") -> Credential:
        """Return the newest credential of a team ("": of any event; else of this one, by name or id). NoCredential."""
        teams = [each for each in self.all() if each.kind == "team" and name in ("", each.event, each.event_id)]
        return self._last(teams, f"you are in no team of {one_line(name) or 'any event'}; join with `drill join CODE`")

    def session(self, ref: str = "") -> Credential:
        """Return the newest credential of a session ("": of any). NoCredential."""
        found = [each for each in self.all() if each.kind == "session" and ref in ("", each.ref)]
        return self._last(found, "you are in no session; join with `drill join CODE`")

    @staticmethod
    def _last(found: list[Credential], otherwise: str) -> Credential:
        if not found:
            raise NoCredential(otherwise)
        return found[-1]


def server_url(given: str = "", credentials: Credentials | None = None) -> str:
    """Return the server to ask: ``given``, else DRILL_SERVER, else that of the newest credential. NoCredential."""
    url = given or os.environ.get(SERVER, "")
    if url:
        return url
    known = (credentials or Credentials()).all()
    if not known:
        raise NoCredential(f"which server? give `--server postgresql://...`, or set {SERVER}")
    return known[-1].server
