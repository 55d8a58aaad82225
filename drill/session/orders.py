"""Orders: what a facilitator does to a drill, one class each. They stand in the log like commands, with their author.

A fault that is added by hand is a Fault and stands there as itself. Everything here has its effect when it is given, is
replayed as it was, and is told in the debrief as what it is: done by hand, not by the level.
"""

from typing import Any, ClassVar

import msgspec

from drill.engine.history import Bought, Steered
from drill.level.shapes import references
from drill.model.command import Fault
from drill.model.component import kind_of
from drill.model.text import one_line
from drill.model.units import clock_text, duration_text, plain

MAX_TEXT = 500  # characters of a message or hint
ROLES = ("commander", "operator", "communications")


class Order(msgspec.Struct, kw_only=True, tag_field="order", forbid_unknown_fields=True):
    """One order. ``sim`` in its methods is the Simulation that it is given to."""

    after_end: ClassVar[bool] = False  # whether it can be given once the end has come, before the run is closed

    def problem(self, sim: Any) -> str:
        """Return why it cannot be done now, "" when it can. Changes nothing."""
        return ""

    def obey(self, sim: Any) -> None:
        """Do it to the simulation; orders to the session itself (pause, rewind, seat) do nothing here."""

    def told(self, sim: Any) -> str:
        """Return what it is, in a few words, as the debrief tells it."""
        return ""


class Pause(Order, kw_only=True, tag="pause"):
    """Time stands still until ``resume``; commands can be given."""

    def told(self, sim: Any) -> str:
        return "time stands still"


class Resume(Order, kw_only=True, tag="resume"):
    """Time passes again."""

    def told(self, sim: Any) -> str:
        return "time passes again"


class Message(Order, kw_only=True, tag="message"):
    """A message to everybody, as if from ``from``."""

    from_: str = msgspec.field(name="from", default="support")
    text: str

    def problem(self, sim: Any) -> str:
        named = 0 < len(self.from_) <= 40
        return _text_problem("message", self.text) or ("" if named else "name who the message is from")

    def obey(self, sim: Any) -> None:
        sim.notify(self.from_, self.text, f"by-hand-{len(sim.world.notices) + 1}")

    def told(self, sim: Any) -> str:
        return f"message from {self.from_}: {self.text}"


class Hint(Order, kw_only=True, tag="hint"):
    """A hint, free of charge: one of the level's by its id, or in the facilitator's own words."""

    hint: str = ""
    text: str = ""

    def problem(self, sim: Any) -> str:
        if self.text or not self.hint:
            return "give a hint by its id or in words, not both" if self.hint else _text_problem("hint", self.text)
        if self.hint not in sim.level.hints:
            return f"the level has no hint {self.hint}; it has {_names(sim.level.hints)}"
        return f"the hint {self.hint} is known already" if f"hint/{self.hint}" in sim.world.flags else ""

    def obey(self, sim: Any) -> None:
        text = self.text
        if self.hint:
            text = sim.level.hints[self.hint].text
            sim.world.flags[f"hint/{self.hint}"] = sim.world.now
            sim.history.hints.append(Bought(at=sim.world.now, hint=self.hint, cost=0))
        sim.notify("facilitator", text, f"by-hand-{len(sim.world.notices) + 1}")

    def told(self, sim: Any) -> str:
        return f"hint {self.hint}" if self.hint else f"hint: {self.text}"


class Scripted(Order, kw_only=True, tag="scripted"):
    """Base of the orders about a rule of the level's script that has not come yet."""

    rule: str

    def problem(self, sim: Any) -> str:
        if self.rule not in sim.level.script:
            return f"the script has no inject {self.rule}; it has {_names(sim.level.script)}"
        state, at = sim.script.state(self.rule)
        return "" if state == "waiting" else f"{self.rule} {state} at T+{clock_text(at)} already"


class Fire(Scripted, kw_only=True, tag="fire"):
    """An inject of the script comes now, and not once more when its own time comes."""

    def problem(self, sim: Any) -> str:
        found = super().problem(sim)
        return "" if self.rule in sim.level.script and sim.script.state(self.rule)[0] == "skipped" else found

    def obey(self, sim: Any) -> None:
        sim.script.fire(self.rule)

    def told(self, sim: Any) -> str:
        return f"inject {self.rule} comes now"


class Skip(Scripted, kw_only=True, tag="skip"):
    """An inject of the script does not come (any more)."""

    def obey(self, sim: Any) -> None:
        sim.script.skip(self.rule)

    def told(self, sim: Any) -> str:
        return f"inject {self.rule} does not come"


class Delay(Scripted, kw_only=True, tag="delay"):
    """An inject of the script comes ``by`` ms later than it would."""

    by: int

    def problem(self, sim: Any) -> str:
        within = 0 < self.by <= sim.world.length
        return super().problem(sim) or ("" if within else "delay it by a time within the drill")

    def obey(self, sim: Any) -> None:
        sim.script.delay(self.rule, self.by)

    def told(self, sim: Any) -> str:
        return f"inject {self.rule} comes {duration_text(self.by)} later"


class Clear(Order, kw_only=True, tag="clear"):
    """A fault ends: the script's by the id of its rule, one added by hand as ``fault-1``, ``fault-2``."""

    of: str

    def problem(self, sim: Any) -> str:
        struck = sim.script.faults
        return "" if self.of in struck else f"no fault {self.of} has struck; there is {_names(struck)}"

    def obey(self, sim: Any) -> None:
        sim.script.end_fault(self.of)

    def told(self, sim: Any) -> str:
        return f"fault {self.of} ends"


class Rewind(Order, kw_only=True, tag="rewind"):
    """Go back to the instant ``to`` (ms): what came after it is taken back, and play goes on from there."""

    after_end: ClassVar[bool] = True

    to: int

    def problem(self, sim: Any) -> str:
        if 0 <= self.to < sim.world.now:
            return ""
        return f"go back to a moment before T+{clock_text(sim.world.now)}"

    def told(self, sim: Any) -> str:
        return f"back from T+{clock_text(sim.world.now)} to T+{clock_text(self.to)}"


class Seat(Order, kw_only=True, tag="seat"):
    """Somebody takes a role. It decides nothing in the world, and outlasts a rewind."""

    name: str
    role: str

    def problem(self, sim: Any) -> str:
        if self.role not in ROLES:
            return f"there is no role {one_line(self.role)[:40]}; choose {', '.join(ROLES)}"
        return "" if 0 < len(self.name) <= 60 else "a name has 1 to 60 characters"

    def told(self, sim: Any) -> str:
        return f"{self.name} is {self.role}"


ORDERS = Pause | Resume | Message | Hint | Fire | Skip | Delay | Clear | Rewind | Seat


def fault_problem(fault: Fault, world: Any) -> str:
    """Return why a fault cannot strike in this world, "" when it can."""
    kinds = type(fault).on
    pools = {"zone": world.zones, "region": world.regions, "link": world.links}
    for _, name, wanted in [*references(fault), *([((), fault.target, list(kinds))] if "service" not in kinds else [])]:
        found = world.components.get(name)
        if any(name in pools[kind] for kind in wanted if kind in pools):
            continue
        if found is None or (wanted and kind_of(found) not in wanted):
            noun = " or ".join(wanted) or "component"
            return f"{kind_of(fault)} needs the name of a {noun}, not {one_line(name)[:60]!r}"
    return next(iter(fault.problems(world)), "")


def strike(sim: Any, fault: Fault, author: str) -> None:
    """Let a fault strike that was added by hand."""
    name = f"fault-{len([n for n in sim.script.faults if n.startswith('fault-')]) + 1}"
    summary = fault.summary or kind_of(fault)
    text = f"{summary} (added by {author})" if author else summary
    sim.script.strike(name, fault, text)
    where = f" {fault.target}" if fault.target else ""
    sim.history.orders.append(
        Steered(at=sim.world.now, author=author, what="fault", text=f"{name}: {kind_of(fault)}{where}")
    )


def logged(command: Order | Fault) -> dict[str, Any]:
    """Return an order or a fault as the log writes it."""
    found: dict[str, Any] = msgspec.to_builtins(command, enc_hook=plain)
    return found


def what_of(order: Order) -> str:
    """Return the word of an order: ``message``, ``rewind``."""
    return str(order.__struct_config__.tag)


def _text_problem(noun: str, text: str) -> str:
    return "" if 0 < len(text.strip()) <= MAX_TEXT else f"a {noun} has 1 to {MAX_TEXT} characters"


def _names(found: Any) -> str:
    return ", ".join(list(found)[:12]) or "none"
