"""Begun: whether a led drill has begun at all, and how to go on with one. One that was only looked at leaves no run."""

from __future__ import annotations

from drill.model.units import clock_text
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


def resumes(session: Session) -> str:
    """Return the command that goes on with a led drill, "" for one that is not being saved."""
    log = session.log
    return f"drill host --resume {log.path.stem[:8]}" if log is not None and log.saving else ""


def way_on(session: Session, options: str = "") -> str:
    """Say in one line how to go on leading a drill that is left where it stands. ``options``: of that command."""
    command = resumes(session)
    if not command:
        return "Left. This run was not saved."
    return f"Left at T+{clock_text(session.now)}. `{command}{options}` goes on."
