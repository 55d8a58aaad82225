"""Outbox: what waits in one's own store to be sent to a shared one.

A parcel is put there in the transaction that saves its run, and taken out when the server has said that it has it. An
answer that never came is no answer: the parcel is sent again, and the server keeps one row for its id. Nothing is given
up: what cannot be reached is asked again after 2, 4, 8 ... at most 60 s, and what the server refuses after ten minutes.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, func, select, update

from drill.model.text import one_line
from drill.store.database import DatabaseProblem, Refused, Unreachable, add_once, reading, writing
from drill.store.tables import OUTBOX

LONGEST = 60  # seconds between two tries to reach a server
REFUSED = 600  # seconds until a refused parcel is offered again: somebody may have helped meanwhile


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: ``id`` (a UUID), what ``kind`` of thing, to which ``server`` (the member's id in the credentials:
    no secret is kept here), the ``payload`` as JSON text, when it was made (ISO 8601), and how sending went."""

    id: str
    kind: str
    server: str
    payload: str
    created: str = ""
    tries: int = 0
    last_error: str = ""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """How much waits, and what the server last said to it ("" when it was not asked yet)."""

    count: int = 0
    last_error: str = ""


class Outbox:
    """The parcels in one's own store."""

    def __init__(self, made: Engine) -> None:
        self.engine = made

    @staticmethod
    def put(db: Connection, parcel: Parcel) -> None:
        """Add a parcel within the transaction of what it belongs to; one that is there is left as it is."""
        add_once(db, OUTBOX, msgspec.structs.asdict(parcel))

    def waiting(self) -> Waiting:
        """Return how much waits. DatabaseProblem."""
        with reading(self.engine) as db:
            count = db.execute(select(func.count()).select_from(OUTBOX)).scalar() or 0
            last = select(OUTBOX.c.last_error).order_by(OUTBOX.c.tries.desc(), OUTBOX.c.created).limit(1)
            said = db.execute(last).scalar() if count else ""
        return Waiting(count=count, last_error=one_line(said or ""))

    def next_due(self) -> int | None:
        """Return when the next parcel is due (s since 1970), None when nothing waits. DatabaseProblem."""
        with reading(self.engine) as db:
            return db.execute(select(func.min(OUTBOX.c.next_try))).scalar()

    def drain(self, send: Callable[[Parcel], None], now: float, everything: bool = False) -> int:
        """Send what is due at ``now`` (s since 1970; ``everything``: what is not, too); return how many went.

        ``send`` raises Unreachable or another DatabaseProblem. A server that cannot be reached is asked once.
        """
        sent, silent = 0, ""
        for parcel in self._due(None if everything else int(now)):
            if parcel.server == silent:
                continue
            try:
                send(parcel)
            except Unreachable as error:
                silent = parcel.server
                self._later(parcel, now + min(LONGEST, 2 ** min(parcel.tries + 1, 10)), error, all_of_it=True)
            except DatabaseProblem as error:
                self._later(parcel, now + (REFUSED if isinstance(error, Refused) else LONGEST), error)
            else:
                with writing(self.engine) as db:
                    db.execute(delete(OUTBOX).where(OUTBOX.c.id == parcel.id))
                sent += 1
        return sent

    def _due(self, now: int | None) -> list[Parcel]:
        names = [OUTBOX.c[name] for name in Parcel.__struct_fields__]
        asked = select(*names).order_by(OUTBOX.c.created, OUTBOX.c.id)
        with reading(self.engine) as db:
            rows = db.execute(asked if now is None else asked.where(OUTBOX.c.next_try <= now)).all()
        return [Parcel(**dict(zip(Parcel.__struct_fields__, row, strict=True))) for row in rows]

    def _later(self, parcel: Parcel, when: float, error: Exception, all_of_it: bool = False) -> None:
        """Note how it went; a server that is silent is silent for all that waits for it."""
        own = OUTBOX.c.server == parcel.server if all_of_it else OUTBOX.c.id == parcel.id
        values: dict[str, Any] = {"tries": OUTBOX.c.tries + 1, "next_try": int(when)}
        with writing(self.engine) as db:
            db.execute(update(OUTBOX).where(own).values(**values, last_error=one_line(str(error))))
