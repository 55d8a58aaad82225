"""Sending: parcels of the outbox go to their servers, in the background while somebody plays, or at once.

The network may fail before, in or after a COMMIT: a parcel leaves the outbox only once the server has answered, and is
handed in under its own id however often it takes.
"""

import base64
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from drill.store.credentials import Credential, Credentials, NoCredential
from drill.store.database import DatabaseProblem
from drill.store.outbox import Outbox, Parcel, Waiting
from drill.store.records import RunRecord
from drill.store.shared import Server

_IDLE = 60.0  # seconds between two looks when nothing waits
_AGAIN = 5.0  # seconds until what the disk refused is offered again


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it is handed in: the record, and its log compressed, as text."""

    run: RunRecord
    content: str


def submission(run: RunRecord, log: Path, credential: Credential, created: str) -> Parcel:
    """Return the parcel that hands in a run with its log, as it stands on the disk. OSError."""
    content = base64.b64encode(zlib.compress(log.read_bytes(), 9)).decode()
    payload = msgspec.json.encode(Submission(run=run, content=content)).decode()
    return Parcel(id=run.id, kind="run", server=credential.member, payload=payload, created=created)


class Post:
    """Hands parcels in, with a connection to each server that is asked."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.servers: dict[str, Server] = {}

    def send(self, parcel: Parcel) -> None:
        """Hand one in. Unreachable: it may have arrived, and is to be sent again; DatabaseProblem: refused."""
        try:
            known = self.credentials.member(parcel.server)
        except NoCredential as error:
            raise DatabaseProblem(str(error)) from None
        if parcel.server not in self.servers:
            server = Server(known.server, known.token)
            server.check()
            self.servers[parcel.server] = server
        try:
            told = msgspec.json.decode(parcel.payload, type=Submission)
        except msgspec.MsgspecError as error:
            raise DatabaseProblem(f"this parcel cannot be read ({error})") from None
        content = base64.b64decode(told.content)
        self.servers[parcel.server].submit(told.run, content, known.member, known.ref, known.event_id)

    def close(self) -> None:
        """Give the connections back."""
        for server in self.servers.values():
            server.close()
        self.servers.clear()


class Sender:
    """Drains an outbox in a thread of its own. ``state`` says what waits, for a status line."""

    def __init__(self, outbox: Outbox, send: Callable[[Parcel], None], clock: Callable[[], float] = time.time) -> None:
        """``clock``: s since 1970; a test's own makes a long outage short."""
        self.outbox, self.send, self.clock = outbox, send, clock
        self.state = Waiting()
        self._unkept: list[Parcel] = []
        self._again, self._over = threading.Event(), False
        self._thread: threading.Thread | None = None

    def step(self) -> float:
        """Send what is due now; return in how many seconds to come back."""
        now, kept = self.clock(), Waiting()
        due: float | None = None
        try:
            self.outbox.drain(self.send, now)
            kept, due = self.outbox.waiting(), self.outbox.next_due()
        except DatabaseProblem:  # one's own store is busy or gone: look again later
            due = now + _AGAIN
        said = self._send_unkept()
        count = kept.count + len(self._unkept)
        self.state = Waiting(count=count, last_error=kept.last_error or said)
        if self._unkept:
            due = min(due if due is not None else now + _AGAIN, now + _AGAIN)
        return _IDLE if due is None else max(0.5, min(_IDLE, due - now))

    def _send_unkept(self) -> str:
        """Send what the disk refused; return why the last of it could not go."""
        said = ""
        for parcel in list(self._unkept):
            try:
                self.send(parcel)
            except DatabaseProblem as error:
                said = str(error)
            else:
                self._unkept.remove(parcel)
        return said

    def hold(self, parcel: Parcel) -> None:
        """Send a parcel that could not be put into the outbox, as long as this process lives."""
        self._unkept.append(parcel)
        self.poke()

    def start(self) -> None:
        """Begin; nothing happens twice."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._over:
            self._again.wait(self.step())
            self._again.clear()

    def poke(self) -> None:
        """Something was put in: look now."""
        self._again.set()

    def close(self, wait: float = 2.0) -> None:
        """Stop; what is under way has ``wait`` s to end, and is sent again another day when that is too short."""
        self._over = True
        self._again.set()
        if self._thread is not None:
            self._thread.join(wait)


def send_all(outbox: Outbox, credentials: Credentials) -> tuple[int, Waiting]:
    """Offer everything that waits once, at once; return how many went, and what waits still. DatabaseProblem."""
    post = Post(credentials)
    try:
        sent = outbox.drain(post.send, time.time(), everything=True)
    finally:
        with suppress(DatabaseProblem):
            post.close()
    return sent, outbox.waiting()
