"""Filing: a finished run is kept in one's own store first, always, and then sent to the team's, if there is one.

Knows where things are without opening anything: SQLAlchemy is imported when the store is first asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drill.store.credentials import Credential, Credentials
from drill.store.folder import Logs
from drill.store.records import NotSaved, RunRecord, Saved


class Filing:
    """One's own store, opened when it is first needed, and what sends from it."""

    def __init__(self, credential: Credential | None = None) -> None:
        """``credential``: of whoever plays for a team."""
        self.credential = credential
        self.logs = Logs()
        self._store: Any = None
        self._sender: Any = None

    @property
    def store(self) -> Any:
        """The store of saved runs (drill.store.store.Store): opening it takes 0.2 s, once."""
        if self._store is None:
            from drill.store.store import Store

            self._store = Store.open()
        return self._store

    def keep(self, run: RunRecord, log: Path | None) -> Saved | NotSaved:
        """Save a run; one for a team goes into the outbox in the same transaction, with its log as it is."""
        mine, parcel = run, None
        if self.credential is not None:
            from datetime import UTC, datetime

            from drill.store.sending import submission

            mine = msgspec.structs.replace(run, team=self.credential.team, event=self.credential.event)
            if log is None:
                return self._unsent(mine, "its log could not be kept, so it cannot be sent to the event")
            try:
                parcel = submission(mine, log, self.credential, datetime.now(UTC).isoformat(timespec="seconds"))
            except OSError as error:
                return self._unsent(mine, f"its log cannot be read, so it cannot be sent to the event ({error})")
        saved: Saved | NotSaved = self.store.save(mine, parcel)
        if parcel is not None and isinstance(saved, NotSaved):
            self.sender().hold(parcel)
        elif parcel is not None:
            self.sender().poke()
        return saved

    def _unsent(self, run: RunRecord, why: str) -> NotSaved:
        self.store.save(run)
        return NotSaved(why)

    def sender(self) -> Any:
        """Return what sends waiting runs in the background (drill.store.sending.Sender), begun when first asked for."""
        if self._sender is None:
            from drill.store.sending import Post, Sender

            self._sender = Sender(self.store.outbox, Post(Credentials()).send)
            self._sender.start()
        return self._sender

    def send_waiting(self) -> None:
        """Begin to send what earlier runs left, if there is any."""
        if self._sender is None and self.store.waiting().count:
            self.sender()

    def waiting(self) -> str:
        """Say what waits to be sent, "" when nothing does, or nobody looked yet."""
        state = self._sender.state if self._sender is not None else None
        if state is None or not state.count:
            return ""
        runs = f"{state.count} {'run waits' if state.count == 1 else 'runs wait'} to be sent"
        return f"{runs}: {state.last_error}" if state.last_error else runs

    def close(self) -> None:
        """Let what is being sent end, for a moment; the rest waits in the store."""
        if self._sender is not None:
            self._sender.close()
