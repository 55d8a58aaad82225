"""Begun: whether a led drill has begun at all. One that was only looked at leaves no run behind."""

from __future__ import annotations

from drill.session.session import Session

_IDLE = ("pause", "resume", "seat")  # orders that let nothing happen


def nothing_played(session: Session) -> bool:
    """Tell whether a drill stands where it began: nobody gave a command or let anything happen."""
    return session.now == 0 and all((entry.command or {}).get("order") in _IDLE for entry in session.entries)


def waits(session: Session) -> bool:
    """Tell whether whoever leads a drill has not let it begin yet."""
    return bool(session.paused) and session.now == 0


def discard(session: Session) -> None:
    """Close the log of a session in which nothing was played, and keep nothing of it."""
    if session.log is not None:
        session.log.close()
        session.log.path.unlink(missing_ok=True)
