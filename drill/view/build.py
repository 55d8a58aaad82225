"""Build: a Session's telemetry -> Frame. Pure: looking changes nothing, and the truth stays out of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from drill.engine.history import Given, History
from drill.engine.metrics import PERIOD
from drill.engine.script import question_text
from drill.level.level import Level
from drill.level.rules import AskSpec
from drill.score.model import Scorecard
from drill.score.scorecard import scorecard
from drill.session.session import Session
from drill.view.cards import MapView
from drill.view.closing import closing
from drill.view.frame import (
    AlarmRow,
    Asked,
    Echo,
    FeedRow,
    Frame,
    Gauge,
    HintOffer,
    Job,
    Mark,
    Series,
    Source,
    State,
    Users,
)
from drill.view.places import regions

SPARK = 60  # samples of the success rate in a Frame
FEED = 60  # lines of the feed in a Frame


def frame(session: Session) -> Frame:
    """Return this instant as an operator can know it."""
    world, telemetry, history, level = session.world, session.telemetry, session.history, session.level
    map_view = MapView(world, telemetry)
    cards = map_view.cards()
    users, standing = _users(session), _standing(session)
    gauges, deadline = _gauges(session, standing)
    spent, hourly = _bill(session)
    bought = {row.hint for row in history.hints}
    guide, guide_plain = _guide(session)
    return Frame(
        level=level.id,
        title=level.title,
        tier=level.tier,
        seed=session.seed,
        operator=session.operator,
        now=session.now,
        length=session.length,
        phase=history.phases[-1].name if history.phases else "",
        over=session.over,
        users=users,
        spend=spent,
        hourly=hourly,
        gauges=gauges,
        deadline=deadline,
        sources=_sources(session),
        cards=tuple(cards),
        lanes=tuple(map_view.lanes(cards)),
        regions=tuple(regions(world, telemetry, cards)),
        alarms=tuple(AlarmRow(name=a.name, state=a.state, text=a.text, since=a.since) for a in telemetry.alarm_rows()),
        feed=_feed(history),
        marks=_marks(history, level),
        jobs=_jobs(session),
        echoes=tuple(_echo(given) for given in history.commands[-40:]),
        hints=tuple(HintOffer(id=h, cost=level.hints[h].cost, text=level.hints[h].text) for h in bought),
        next_hint=_next_hint(session, bought),
        asked=tuple(_asked(session)),
        guide=guide,
        guide_plain=guide_plain,
        closing=closing(session, standing, users),
        entries=len(session.entries),
        saving=session.saving,
    )


def series(session: Session, component: str) -> tuple[Series, ...]:
    """Return the metrics that one component, or its part in one zone (``web/use1-az1``), has ever published."""
    name, _, zone = component.partition("/")
    found = session.world.components.get(name)
    if found is None:
        return ()
    rows = []
    for metric in type(found).metrics:
        key = f"{name}.{metric.name}"
        if zone and metric.by_zone is not None:
            key = f"{key}/{zone}"
        values = tuple(session.telemetry.recent(key, SPARK))
        if all(value is None for value in values) and all(s.get(key) is None for s in session.telemetry.samples):
            continue  # this level has no such figure
        rows.append(
            Series(name=metric.name, unit=metric.unit, values=values, period=PERIOD, until=session.telemetry.published)
        )
    return tuple(rows)


def _users(session: Session) -> Users:
    """Put all populations together, weighted by how many ask."""
    telemetry = session.telemetry
    names = list(session.world.traffic.populations)
    rates = [telemetry.last(f"{n}.rate") or 0.0 for n in names]
    success = _weighted([telemetry.last(f"{n}.success") for n in names], rates)
    slow = [p for p in (telemetry.last(f"{n}.p95") for n in names) if p is not None]
    rows = [telemetry.recent(f"{n}.success", SPARK) for n in names]
    history = tuple(_weighted([row[i] for row in rows], rates) for i in range(min(map(len, rows), default=0)))
    total = 0.0
    for rate in rates:
        total += rate
    published = bool(telemetry.published)
    return Users(
        success=success,
        p95=max(slow) if slow else None,
        rate=total if published else None,
        history=history,
        state=_mood(success, published),
    )


def _weighted(values: list[float | None], weights: list[float]) -> float | None:
    total = weight = 0.0
    for value, by in zip(values, weights, strict=False):
        if value is not None:
            total += value * max(by, 1e-9)
            weight += max(by, 1e-9)
    return total / weight if weight else None


def _mood(success: float | None, published: bool) -> State:
    if success is None:
        return "unknown" if published else "ok"
    return "ok" if success >= 0.99 else ("warn" if success >= 0.9 else "bad")


def _sources(session: Session) -> tuple[Source, ...]:
    telemetry = session.telemetry
    rows = []
    for name, population in session.world.traffic.populations.items():
        rate, success = telemetry.last(f"{name}.rate"), telemetry.last(f"{name}.success")
        failed = rate * (1.0 - success) if rate is not None and success is not None else None
        rows.append(
            Source(
                name=name,
                place=population.place,
                rate=rate if telemetry.published else population.rate,
                enters=population.enters,
                failed=failed,
                state=_mood(success, bool(telemetry.published)),
            )
        )
    return tuple(rows)


def _bill(session: Session) -> tuple[float, float]:
    """Return the US dollars spent and the dollars per hour, from what was running when it was last looked at."""
    history = session.history
    seen = session.now if session.over else session.telemetry.observed_at
    hourly = [row[2] for row in history.spend if row[0] <= seen][-1:] or [0.0]
    return history.spent(seen) + hourly[0] * (session.now - seen) / 3_600_000, hourly[0]


def _standing(session: Session) -> Scorecard:
    """Return objectives as far as monitoring has come: a running clock starts when it can be seen to run."""
    known = session.history
    if not session.over:
        known = msgspec.structs.replace(known, until=session.telemetry.published)
    return scorecard(session.level, session.seed, known)


def _gauges(session: Session, card: Scorecard) -> tuple[tuple[Gauge, ...], tuple[int, str] | None]:
    """Return the objectives, and the target that runs out first."""
    gauges = []
    deadline: tuple[int, str] | None = None
    for row in card.rows:
        gauges.append(
            Gauge(
                name=row.name,
                label=row.label,
                actual=row.actual_text,
                target=row.target_text,
                left=row.left,
                state=row.state,
                must=row.must,
            )
        )
        if row.deadline > session.now and (deadline is None or row.deadline < deadline[0]):
            deadline = (row.deadline, f"{row.label} runs out")
    return tuple(gauges), deadline


def _feed(history: History) -> tuple[FeedRow, ...]:
    """Return what reached the operators and what they did, oldest first."""
    rows: list[FeedRow] = []
    for known in history.known:
        if known.kind == "alarm":
            state: State = {"ALARM": "bad", "OK": "ok"}.get(known.state, "unknown")  # type: ignore[assignment]
            rows.append(FeedRow(at=known.at, source="alarm", text=f"{known.subject} -> {known.state}", state=state))
        elif known.kind == "observation":
            rows.append(FeedRow(at=known.at, source=known.subject, text=known.text, state="ok"))
        else:
            rows.append(FeedRow(at=known.at, source=known.subject, text=known.text, state="warn"))
    for given in history.commands:
        rows.append(FeedRow(at=given.at, source=given.author, text=given.line, state="busy"))
        if given.state == "failed":
            rows.append(FeedRow(at=max(given.at, given.done), source="aws", text=given.message, state="warn"))
    rows.sort(key=lambda row: row.at)
    return tuple(rows[-FEED:])


def _marks(history: History, level: Level) -> tuple[Mark, ...]:
    marks = []
    for known in history.known:
        if known.kind == "alarm" and known.state == "ALARM":
            marks.append(Mark(at=known.at, kind="alarm", text=known.subject, state="bad"))
        elif known.kind == "notice":
            marks.append(Mark(at=known.at, kind="message", text=known.text, state="warn"))
    for given in history.commands:
        if not given.action.reads:
            marks.append(Mark(at=given.at, kind="action", text=given.line, state="ok"))
    marks.append(Mark(at=int(level.length), kind="end", text="end"))
    marks.sort(key=lambda mark: mark.at)
    return tuple(marks)


def _jobs(session: Session) -> tuple[Job, ...]:
    now = session.now
    rows = []
    for work in session.world.pending.values():
        if not session.telemetry.tells(work):
            continue
        span = max(1, work.until - work.since)
        rows.append(Job(what=work.what, who=work.who, share=(now - work.since) / span, left=max(0, work.until - now)))
    return tuple(rows)


def _echo(given: Given) -> Echo:
    text = given.message or given.output
    took = given.done - given.at if given.done >= 0 else None
    return Echo(n=given.n, at=given.at, author=given.author, line=given.line, state=given.state, text=text, took=took)


def _next_hint(session: Session, bought: set[str]) -> HintOffer | None:
    for name, hint in session.level.hints.items():
        if hint.cost > 0 and name not in bought and session.sim.offered(name):
            return HintOffer(id=name, cost=hint.cost)
    return None


def _open_questions(session: Session) -> Iterator[tuple[str, AskSpec]]:
    """Yield the questions that wait for an answer, in the script's order."""
    for name, rule in session.level.script.items():
        if rule.ask is not None and session.world.flags.get(f"question/{name}", {}).get("answer") == "":
            yield name, rule.ask


def _asked(session: Session) -> Iterator[Asked]:
    """Yield the same as a front end shows them, with the time that is left for each."""
    for name, ask in _open_questions(session):
        ends = [work.until for work in session.world.pending.values() if (work.what, work.who) == ("script", name)]
        yield Asked(
            id=name,
            source=ask.from_,
            text=ask.text,
            choices=tuple(ask.choices.items()),
            left=max(0, min(ends) - session.now) if ends else None,
        )


def _guide(session: Session) -> tuple[str, str]:
    """Return the question that waits for an answer, else the guide's latest words, as said on screens and in lines.

    The guide's words are the hints that cost nothing: the last of those that are offered now.
    """
    for name, ask in _open_questions(session):
        return question_text(name, ask), question_text(name, ask)
    for name, hint in reversed(session.level.hints.items()):
        if hint.cost == 0 and session.sim.offered(name):
            return hint.text, hint.plain or hint.text
    return "", ""
