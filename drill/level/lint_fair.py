"""Is a level fair? What it must measure, what it cannot ask for, and what it must not give away."""

from __future__ import annotations

from collections.abc import Iterator

from drill.level.checks import Check, Finding, View
from drill.level.errors import show
from drill.level.figures import parse_figure
from drill.level.shapes import Path
from drill.model.component import Component
from drill.model.units import duration_text


def measured(view: View) -> Iterator[Finding]:
    """Spend is measured, and so is what users feel: objectives must pull against each other."""
    kinds = [objective.is_ for objective in view.level.objectives.values()]
    if "spend" not in kinds:
        fix = "add one, such as spend: {is: spend, par: $0.20, target: $0.30, zero: $2}"
        yield Finding(("objectives",), "no objective measures spend", fix)
    if "rto" not in kinds and "availability" not in kinds:
        yield Finding(("objectives",), "neither an RTO nor availability is measured", "add one of them")


def scored_traffic(view: View) -> Iterator[Finding]:
    """A class that is scored has traffic."""
    asked = {rule.demand.population for rule in view.level.script.values() if rule.demand is not None}
    for name, objective in view.level.objectives.items():
        if objective.is_ not in ("rto", "availability", "latency", "lost", "updates"):
            continue
        for population, label in view.classes(objective.class_):
            spec = view.level.traffic[population]
            never = spec.rate.calm <= 0 and all(rate <= 0 for _, rate in spec.rate.curve) and population not in asked
            if never or (label in spec.classes and spec.classes[label].share <= 0):
                what = f"{show(name)} scores {show(f'{population}.{label}')}, which has no traffic"
                yield Finding(("objectives", name), what, "give it a rate and a share, or score another class")


def late_clients(view: View) -> Iterator[Finding]:
    """A floor can be reached before the target although some clients still ask the old address."""
    for name, objective in view.level.objectives.items():
        if objective.is_ != "rto":
            continue
        floor = 0.99 if objective.floor is None else float(objective.floor)
        target = parse_figure("rto", objective.target)
        total = stuck = 0.0
        longest = 0
        for population in dict.fromkeys(row[0] for row in view.classes(objective.class_)):
            spec = view.level.traffic[population]
            rate = float(spec.rate.calm)
            total += rate
            if type(view.components[spec.enters]).answer is Component.answer:
                continue  # an address, not a name: nobody remembers another
            late = spec.dns.late  # held connections do not count: they ask again once they are cut
            if late.for_ > target:
                stuck += rate * float(late.share)
                longest = max(longest, int(late.for_))
        if total > 0 and stuck / total > 1.0 - floor + 1e-9:
            what = (
                f"{show(name)} cannot be met by moving users: {stuck / total:.2%} of them stay with the old answer "
                f"for {duration_text(longest)}, longer than the target, and the floor allows {1 - floor:.2%}"
            )
            yield Finding(("objectives", name, "floor"), what, "lower the floor, or let late clients come sooner")


def outlasting(view: View) -> Iterator[Finding]:
    """An objective within a phase must be able to be missed in it."""
    for name, objective in view.level.objectives.items():
        if objective.is_ not in ("rto", "updates"):
            continue
        limit = int(view.level.length)
        if objective.phase is not None:
            limit = int(view.level.phases[objective.phase].max)
        target = parse_figure(objective.is_, objective.target)
        if target >= limit:
            what = f"the target of {show(name)} is no sooner than the end, after {duration_text(limit)}"
            yield Finding(("objectives", name, "target"), what, "make it shorter: nobody can miss it")
        stable = int(objective.stable or 0)
        if objective.is_ == "rto" and stable >= limit:
            yield Finding(("objectives", name, "stable"), f"nothing stays up for {duration_text(stable)}", "shorten it")


def given_away(view: View) -> Iterator[Finding]:
    """No console line of the reference in what players read before they have found it out."""
    level = view.level
    texts: list[tuple[Path, str]] = [(("title",), level.title), (("brief",), level.brief)]
    if level.tier != "guided":  # a guided level may say what to type: it teaches the screen
        texts += [(("hints", name, "text"), hint.text) for name, hint in level.hints.items()]
        texts += [(("script", n, "message", "text"), r.message.text) for n, r in level.script.items() if r.message]
        for name, rule in level.script.items():
            if rule.ask is not None:
                texts.append((("script", name, "ask", "text"), rule.ask.text))
                texts += [(("script", name, "ask", "choices", c), text) for c, text in rule.ask.choices.items()]
    lines = [line for rule in level.solutions.reference.rules.values() for line in rule.do]
    for path, text in texts:
        flat = _flat(text)
        for line in lines:
            if len(line.split()) > 2 and _flat(line) in flat:
                what = f"this tells players the solution: {show(line)}"
                yield Finding(path, what, "say where to look instead")
                break


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


FAIR: tuple[tuple[str, Check], ...] = (
    ("fair.measured", measured),
    ("fair.traffic", scored_traffic),
    ("fair.late-clients", late_clients),
    ("fair.target", outlasting),
    ("fair.given-away", given_away),
)
