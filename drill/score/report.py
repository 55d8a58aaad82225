"""Report: a debrief as a file, in Markdown or JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from drill.model.units import clock_text
from drill.score.debrief import Debrief, Deed, hand_text
from drill.score.figures import figure_text

_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})
_LINK = str.maketrans({c: f"\\{c}" for c in "\\`*[]<>|"})  # an underscore is part of many addresses


def report_json(told: Debrief) -> bytes:
    """Return the debrief as one indented JSON document."""
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def report_md(told: Debrief) -> str:
    """Return the debrief as Markdown. Text from levels and operators is escaped, so none of it acts as markup."""
    stars = f"{told.stars} of 3 stars"
    lines = [
        f"# {_safe(told.title)}: {'won' if told.won else 'lost'}, {told.points} points, {stars}",
        "",
        f"Level `{told.level}`, seed {told.seed}.",
        "",
        _safe(told.headline.replace("`", "")),
    ]
    lines += [part for text in (told.says, told.next_star) if text for part in ("", _safe(text))]
    lines += _objectives(told) + _section("Chain of causes", [f"- {_when(c.at)}{_safe(c.text)}" for c in told.chain])
    lines += _section("By hand", [f"- {_when(o.at)}{_safe(hand_text(o))}" for o in told.by_hand])
    lines += _table("What was said", ("at", "by", "post", "beside the truth"), [
        (clock_text(s.at), _safe(s.author), _safe(s.text), _safe(s.verdict)) for s in told.claims
    ])  # fmt: skip
    lines += _table("Timeline", ("at", "what was true", "what was known", "action"), [
        (clock_text(m.at), _safe(m.true), _safe(m.known), _code(m.action)) for m in told.timeline
    ])  # fmt: skip
    lines += _table("What each action did", ("at", "action", "came to", "good answers", "known then"), [
        (clock_text(d.at), _code(d.line), _safe(_outcome(d)), _moved(d), _safe("; ".join(d.known)))
        for d in told.actions
    ])  # fmt: skip
    if told.lesson:
        lines += _section(f"The lesson not to take: {_safe(told.lesson.name)}", [_safe(told.lesson.why)])
    lines += _comparison(told)
    if told.concept:
        source = ["", f"Source: {_link(told.source)}"] if told.source else []
        lines += _section("The concept", [_safe(told.concept), *source])
    if told.history:
        lines += _section("It has happened", [_safe(told.history)])
    if told.question:
        lines += _section("To think about", [_safe(told.question)])
    lines += _section("What if", [f"- {_safe(text)}" for text in told.what_if])
    return "\n".join(lines).rstrip() + "\n"


def _objectives(told: Debrief) -> list[str]:
    rows = [
        (f"{_safe(row.label)}{' (must)' if row.must else ''}",
         row.par_text, row.target_text, row.zero_text, row.actual_text,
         "met" if row.met else "missed", f"{row.points:.0f} of {row.worth:.0f}")
        for row in told.rows
    ]  # fmt: skip
    if told.hints:
        rows.append(("Hints", "", "", "", "", "", f"-{told.hints}"))
    return _table("Objectives", ("objective", "par", "target", "zero", "actual", "", "points"), rows)


def _comparison(told: Debrief) -> list[str]:
    found = []
    if told.reference is not None:
        found.append(f"- The reference solution would have scored {told.reference} points on this seed.")
    if told.best is not None:
        found.append(f"- The best so far was {told.best} points.")
    return _section("Compared", found)


def _outcome(deed: Deed) -> str:
    took = f" in {(deed.done - deed.at) / 1000:.0f} s" if deed.done >= deed.at else ""
    return f"{deed.state}{took}{f', {deed.error}' if deed.error else ''}"


def _moved(deed: Deed) -> str:
    shares = [figure_text("availability", None if share is None else 1 - share) for share in (deed.before, deed.after)]
    return " → ".join(shares)


def _when(at: int) -> str:
    return f"T+{clock_text(at)} " if at >= 0 else ""


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    body = [f"| {' | '.join(row)} |" for row in rows]
    return _section(title, [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body])


def _link(text: str) -> str:
    return " ".join(text.split()).translate(_LINK)


def _code(line: str) -> str:
    """Return a command so that it can be copied: nothing in a code span is markup, save its end and a cell's."""
    if not line or "`" in line:
        return _safe(line)
    return "`" + " ".join(line.split()).replace("|", "\\|") + "`"


def _safe(text: str) -> str:
    return " ".join(text.split()).translate(_MARKUP)
