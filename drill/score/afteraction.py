"""After-action report: what was to be achieved, what happened, what was known when, what was good, what to improve."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from drill.engine.history import History
from drill.level.level import Level
from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief, Moment
from drill.score.deeds import effect_text, helped
from drill.score.effects import felt_text, shed_text
from drill.score.figures import figure_text
from drill.score.hotwash import SLOW
from drill.score.model import Row, points_text
from drill.score.page import Code, Grid, Items, Page, Section, Text, para
from drill.score.story import Story, changing, charts, span_text, story

SOON, LATER = 14, 30  # days until what decides the drill, and anything else, is due
ROLE = {"commander": "Incident commander", "operator": "Operators", "communications": "Communications"}


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the improvement table. ``basis``: where it shows. ``due``: ISO date, "" when the run has no date."""

    issue: str
    basis: str
    owner: str
    due: str


class AfterAction(msgspec.Struct, frozen=True, kw_only=True):
    """The report as data."""

    level: str
    title: str
    seed: int
    started: str
    facilitator: str
    team: tuple[tuple[str, str], ...]  # name, role
    won: bool
    points: int
    headline: str
    objectives: tuple[Row, ...]
    story: Story
    timeline: tuple[Moment, ...]
    strengths: tuple[str, ...]
    improvements: tuple[Improvement, ...]
    question: str


def after_action(
    level: Level, history: History, told: Debrief, started: str = "", facilitator: str = "",
    seats: Mapping[str, str] | None = None, due: Callable[[int], str] = lambda days: "",
) -> AfterAction:  # fmt: skip
    """Return the report of a finished run. ``started``: ISO time of it; ``due``: the date so many days after it."""
    what, team = story(level, history, told), dict(seats or {})
    return AfterAction(
        level=told.level, title=told.title, seed=told.seed, started=started, facilitator=facilitator,
        team=tuple(team.items()), won=told.won, points=told.points, headline=told.headline.replace("`", ""),
        objectives=told.rows, story=what, timeline=told.timeline, strengths=tuple(_strengths(what, told)),
        improvements=tuple(_improvements(what, told, team, due)), question=told.question,
    )  # fmt: skip


# ---- what was good ---------------------------------------------------------------------------------------------------


def _strengths(what: Story, told: Debrief) -> Iterator[str]:
    for row in told.rows:
        if row.share >= 1.0:
            yield f"{row.label} at par or better: {row.actual_text} (par {row.par_text})."
        elif row.met:
            yield f"{row.label} within its target: {row.actual_text} (target {row.target_text})."
    if 0 <= what.impact <= what.noticed < what.impact + SLOW // 2:
        yield f"The first sign came {span_text(what.impact, what.noticed)} after users were hurt."
    if 0 <= what.noticed <= what.acted < what.noticed + SLOW:
        yield f"The first change came {span_text(what.noticed, what.acted)} after the first sign."
    for deed in changing(told):
        if helped(deed) and deed.effect is not None:
            early = ", before users were hurt," if what.impact < 0 or deed.at < what.impact else ""
            felt = felt_text(deed.effect, deed.before)
            yield f"{deed.name} at T+{clock_text(deed.at)} ({deed.author}){early} {felt}."
    right = len([claim for claim in told.claims if claim.verdict and claim.right])
    if right:
        yield f"{right} of {len(told.claims)} status posts claimed something, and it was so."
    if not told.hints and not any(order.what == "hint" for order in told.by_hand):
        yield "No hint was needed."


# ---- what to improve -------------------------------------------------------------------------------------------------


def _improvements(
    what: Story, told: Debrief, team: Mapping[str, str], due: Callable[[int], str]
) -> Iterator[Improvement]:
    def row(issue: str, basis: str, role: str, days: int = LATER) -> Improvement:
        names = ", ".join(name for name, has in team.items() if has == role)
        owner = f"{ROLE[role]} ({names})" if names else ROLE[role]
        return Improvement(issue=issue, basis=basis, owner=owner, due=due(days))

    for goal in told.rows:
        if not goal.met:
            yield row(
                f"{goal.label} misses its target", f"{goal.actual_text}, target {goal.target_text}",
                "commander" if goal.measure in ("time-to", "claim") else "communications"
                if goal.measure == "updates" else "operator", SOON if goal.must else LATER,
            )  # fmt: skip
    if what.impact >= 0 and (what.noticed < 0 or what.noticed - what.impact >= SLOW // 2):
        late = span_text(what.impact, what.noticed) if what.noticed >= 0 else "never"
        yield row("Monitoring shows late that users are hurt", f"first sign after: {late}", "operator")
    if what.noticed >= 0 and not what.prepared and (what.acted < 0 or what.acted - what.noticed >= SLOW):
        late = span_text(what.noticed, what.acted) if what.acted >= 0 else "never"
        yield row("From the first sign to the first change takes long", f"first change after: {late}", "commander")
    failed = [deed for deed in told.actions if deed.error]
    if failed:
        first = f"{len(failed)}; first: {failed[0].name}"
        yield row("Commands are refused when there is no time for it", first, "operator")
    for deed in told.harmful:
        basis = effect_text(deed, told.won, told.points)
        yield row(f"{deed.name} at T+{clock_text(deed.at)} did harm", basis, "operator", SOON)
    for shed in told.sheds:
        if shed.open:
            yield row("Requests are turned away, and nobody takes that back", shed_text(shed), "operator", SOON)
    if told.lesson:
        yield row(f"A wrong lesson is near: {told.lesson.name}", told.lesson.why.strip(), "operator", SOON)
    for claim in told.claims:
        if not claim.right:
            yield row("What users are told is not so", f"T+{clock_text(claim.at)}: {claim.verdict}", "communications")
    start, end = what.silence
    if end - start > (what.cadence if what.cadence > 0 else 5 * SLOW):
        length = duration_text((end - start) // 1000 * 1000)
        yield row("Users hear nothing for too long", f"{length} from T+{clock_text(start)}", "communications")
    if what.impact >= 0 and what.declared < 0:
        yield row("No incident is declared", "users were hurt all the same", "commander")


# ---- the page --------------------------------------------------------------------------------------------------------


def after_action_page(told: AfterAction) -> Page:
    """Return the report as a page."""
    served, lanes = charts(told.story)
    who = ", ".join(f"{name} ({ROLE.get(role, role)})" for name, role in told.team)
    word = "Won" if told.won else "Lost"
    lead = [para(f"{word}, {told.points} points; level ", Code(told.level), f", seed {told.seed}.")]
    when = f"Played {told.started[:10]}" if told.started else ""
    led = f"led by {told.facilitator}" if told.facilitator else ""
    played = ", ".join(part for part in (when, led) if part)
    about = ". ".join(part for part in (played, f"Team: {who}" if who else "") if part)
    lead += [para(f"{about}.")] if about else []
    goals: tuple[tuple[Text, ...], ...] = tuple(
        (f"{row.label}{' (must)' if row.must else ''}", row.target_text, row.actual_text,
         "met" if row.met else "missed", points_text(row)) for row in told.objectives
    )  # fmt: skip
    rows: tuple[tuple[Text, ...], ...] = tuple(
        (clock_text(m.at), m.true, m.known, Code(m.action)) for m in told.timeline
    )
    todo: tuple[tuple[Text, ...], ...] = tuple(
        (one.issue, one.basis, one.owner, one.due or "to be set") for one in told.improvements
    )
    return Page(
        title=f"After-action report: {told.title}",
        lead=(*lead, para(told.headline)),
        sections=(
            Section("Objectives", (Grid(("objective", "target", "came to", "", "points"), goals),)),
            Section("What happened", (served, lanes, para(_paces(told.story)))),
            Section("Timeline: what was known when", (Grid(("at", "what was true", "what was known", "done"), rows),)),
            Section("Strengths", (Items(told.strengths),) if told.strengths else ()),
            Section("Improvements", (Grid(("issue", "where it shows", "owner", "due"), todo),) if todo else ()),
            Section("To think about", (para(told.question),) if told.question else ()),
        ),
    )  # fmt: skip


def _paces(what: Story) -> str:
    """Say how long it took from each moment to the next."""
    if what.impact < 0:
        return "Users were not hurt. " + ("What was done before decided it." if what.prepared else "")
    parts = [f"Users were hurt at T+{clock_text(what.impact)}."]
    for at, text in ((what.noticed, "first sign"), (what.declared, "declared"), (what.acted, "first change"),
                     (what.back, "served again")):  # fmt: skip
        if at < 0 and text == "first change" and what.prepared:
            continue
        parts.append(f"{text.capitalize()}: {'never' if at < 0 else f'after {span_text(what.impact, at)}'}.")
    worst = min((share for share in what.served if share is not None), default=1.0)
    return " ".join([*parts, f"At worst, {figure_text('availability', 1 - worst)} of requests were answered well."])
