"""Roles: who may do what in a facilitated drill, and what each role sees. Pure functions over actions and Frames.

The commander declares, assigns and decides; operators act on AWS; communications posts status. Where nobody has a role,
the commander does its part; where there is no commander either, everybody may.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from drill.model.command import Action, operation_of, service_of
from drill.model.component import kind_of
from drill.session.orders import ROLES
from drill.view.frame import NOT_TOLD, Echo, FeedRow, Frame, Mark

__all__ = ["DUTY", "ROLES", "may", "seen_by", "sees_metrics"]

#: What each role is there for, as it is told to whoever joins.
DUTY = {
    "commander": "declare, assign, decide: ops declare-incident, ops assign, ops answer, ops buy-hint",
    "operator": "act on AWS: every aws command, ops shed-load",
    "communications": "tell users: ops post-status, with --impact and --eta where they are known",
}
LEADER_ENDS = "Whoever leads ends it."  # said in a seat where others are told how to end a drill early
_OPS = {
    "ops:DeclareIncident": "commander",
    "ops:Assign": "commander",
    "ops:Answer": "commander",
    "ops:BuyHint": "commander",
    "ops:PostStatus": "communications",
}
_ANYBODY = ("ops:Ask", "ops:Dig", "ops:Curl")
_DOES = {
    "commander": "is for the incident commander",
    "operator": "is for the operators",
    "communications": "is for communications",
}


def may(author: str, action: Action, seats: Mapping[str, str]) -> str:
    """Return "" when ``author`` may give ``action``, else whom to ask. Whoever has no seat may do anything."""
    return may_call(author, type(action), seats)


def may_call(author: str, action: type[Action], seats: Mapping[str, str]) -> str:
    """Return what ``may`` does, for any command of one kind."""
    role, tag = seats.get(author), kind_of(action)
    if role is None or tag in _ANYBODY:
        return ""
    wanted = _OPS.get(tag, "operator")
    holders = [name for name, other in seats.items() if other == wanted]
    if not holders:
        wanted = "commander"
        holders = [name for name, other in seats.items() if other == wanted]
    if not holders or role == wanted:
        return ""
    named = f"{service_of(action)} {operation_of(action)}"
    return f"{named} {_DOES[wanted]}: ask {' or '.join(holders[:4])}"


def sees_metrics(role: str) -> bool:
    """Tell whether a role sees the metrics of single components: operators, and whoever has no role."""
    return role not in ("commander", "communications")


def seen_by(frame: Frame, role: str, me: str = "") -> Frame:
    """Return what of a Frame a role sees.

    The screen is that of who plays, whose name is ``me``, and the seed is not told. Operators see all else. The
    commander sees states and not their figures, and is told what commands print by whoever gave them. Communications
    sees what users feel, the objectives, what is said, and no map.
    """
    frame = msgspec.structs.replace(frame, operator=me, seed=NOT_TOLD)
    if role == "commander":
        cards = tuple(
            msgspec.structs.replace(card, load=None, rate=None, failed=None, lines=()) for card in frame.cards
        )
        lanes = tuple(msgspec.structs.replace(lane, rate=None, failed=None, label="") for lane in frame.lanes)
        return msgspec.structs.replace(frame, cards=cards, lanes=lanes, echoes=_own(frame.echoes, me))
    if role == "communications":
        parts = {card.component for card in frame.cards}
        return msgspec.structs.replace(
            frame, cards=(), lanes=(), regions=(), alarms=(), jobs=(),
            echoes=tuple(echo for echo in frame.echoes if echo.author == me),
            feed=tuple(row for row in frame.feed if _public(row, parts)),
            marks=tuple(mark for mark in frame.marks if _open(mark)),
        )  # fmt: skip
    return frame


def _own(echoes: tuple[Echo, ...], me: str) -> tuple[Echo, ...]:
    """Leave out what others' commands printed; that one failed is no secret."""
    return tuple(
        echo if echo.author == me or echo.state == "failed" else msgspec.structs.replace(echo, text="")
        for echo in echoes
    )


def _public(row: FeedRow, parts: set[str]) -> bool:
    hidden = row.source in ("alarm", "aws") or row.source in parts
    return not hidden and not row.text.startswith(("aws ", "dig ", "curl "))


def _open(mark: Mark) -> bool:
    return mark.kind in ("message", "end") or (mark.kind == "action" and mark.text.startswith("ops "))
