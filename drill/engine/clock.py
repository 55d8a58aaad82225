"""Clock: what a process may wait for. SimPy is the calendar; this is its few primitives, each visible in the World."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Literal, NamedTuple

from simpy.core import Environment
from simpy.events import NORMAL, URGENT, Event, EventPriority

from drill.engine.throttle import ENDPOINT, WORDS, throttle_words, throttled
from drill.model.command import NO_ANSWER, Action, Pending, Refusal, operation_of, service_of
from drill.model.component import Process
from drill.model.places import dead_zones, zones_in
from drill.model.units import SECOND
from drill.model.workers import LONGEST
from drill.model.world import World

_TRAFFIC = "*"  # no component has this name
CONNECT = 60 * SECOND  # that the AWS CLI waits for a connection (its default)
ROUNDS = 50  # more rounds than this in one instant is a loop between processes


On = Literal["events", "queues", "traffic", "seconds"]


class Until(NamedTuple):
    """A process that waits for a condition. ``key``: its place in the order of registration; ``own``: the component
    whose state, besides that of places, is all it reads ("": it may read anything); ``quiet``: it does nothing at once
    when the condition comes true, but waits for something else."""

    key: int
    predicate: Callable[[], bool]
    event: Event
    who: str
    on: On
    of: str
    own: str
    quiet: bool


class _Calendar(Environment):
    """SimPy's calendar, whose clock can be moved on to an instant at which none of its own events is due."""

    def skip_to(self, at: int) -> None:
        """Move the clock; nothing may be due before ``at``."""
        self._now = at


class Clock:
    """Waits, probes and conditions for processes. All times are integer milliseconds of simulated time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.env = _Calendar(0)
        self.touched = True  # something happened that the flow must look at
        self.repriced = True  # ... and that may have changed what things cost
        self.topology_changed = False  # components or stations came or went: the order must be worked out again
        self.lost: Callable[[str, float, float, str], None] = lambda store, writes, seconds, why: None
        self.queues_moved: dict[str, bool] = {}  # components whose queues the flow has just made longer or shorter
        self._stirred = True  # anything but traffic happened in this instant
        self._flipped: dict[str, bool] = {}  # ... or only to these components
        self.catch_up: Callable[[], None] = lambda: None  # called before any process goes on at other than an event
        self._untils: dict[int, Until] = {}
        self._listening: dict[str, dict[int, Until]] = {}  # by whose queues they listen to; _TRAFFIC: to every second
        self._owned: dict[str, dict[int, Until]] = {}  # by the component whose state they read; "": by anything
        self._new: dict[int, Until] = {}  # not looked at yet
        self._woken: list[str] = []  # whom the last conditions that came true were for
        self._probes: list[tuple[Event, bool]] = []

    @property
    def now(self) -> int:
        """Return the present instant, in ms."""
        return int(self.env.now)

    # ---- for processes --------------------------------------------------------------------------------------------

    def wait(
        self, ms: int, what: str = "", who: str = "", shown: bool = False, first: bool = False, quiet: bool = False
    ) -> Event:
        """Return an event that comes in ``ms``. ``shown``: operators see it as work on its way. ``first``: it comes
        before everything else of its instant (the level's script). ``quiet``: nobody needs to look at the world after
        it, unless its process says so (``stir``)."""
        event = self._event()
        self._due(event, ms, what, who, shown, URGENT if first else NORMAL, quiet)
        return event

    def probe(self, ms: int, what: str = "", who: str = "", quiet: bool = False) -> Event:
        """Return an event that comes in ``ms``, after that instant has settled: for what looks at the world."""
        event = self.env.event()
        timer = self._event()
        assert timer.callbacks is not None
        self._due(timer, ms, what, who, False, NORMAL, quiet)
        timer.callbacks.append(lambda _: self._probes.append((event, quiet)))
        return event

    def until(
        self,
        predicate: Callable[[], bool],
        what: str = "",
        who: str = "",
        on: On = "events",
        of: str = "",
        own: str = "",
        quiet: bool = False,
    ) -> Event:
        """Return an event that comes once ``predicate()`` is true; looked at after each instant, never polled.

        ``on``: what can make it true: ``events`` (anything but traffic), also ``queues`` (how long the servers' queues
        of the component ``of`` are, or of any), ``traffic`` of any kind, or ``seconds`` that pass. It is looked at only
        after instants in which such a thing happened. ``own``, ``quiet``: see Until.
        """
        event = self.env.event()
        assert event.callbacks is not None
        key = self._register(what, who, -1, False)
        event.callbacks.append(lambda _: self._over(key, quiet))
        row = self._untils[key] = self._new[key] = Until(key, predicate, event, who, on, of, own, quiet)
        self._owned.setdefault(own, {})[key] = row
        if on != "events":
            self._listening.setdefault(of if on == "queues" else _TRAFFIC, {})[key] = row
        return event

    def start(self, process: Process) -> Event:
        """Start a process in this instant and return the event of its end."""
        if self.env.now < self.world.now:  # a command between two events: SimPy's clock still stands at the former
            self.env.skip_to(self.world.now)
        self.stir()
        return self.env.process(process)

    def api(self, action: Action, scope: str) -> Generator[Any, Any, Refusal | None]:
        """Make the API call ``action`` on the control plane in ``scope``: latency, throttle, outage.

        Returns the control plane's own refusal, or None when it takes the call.
        """
        service = service_of(action)
        plane = self.world.plane(service, scope)
        name = f"{service}:{operation_of(action)}"
        if not self.world.region_up(scope):  # whoever is outside reaches none of its endpoints
            yield self.wait(CONNECT, name, scope)
            if not self.world.region_up(scope):
                url = f"https://{service}.{scope}.amazonaws.com/"
                return action.refuse(NO_ANSWER, f'Connect timeout on endpoint URL: "{url}"')
        burst, refill = action.bucket
        refused = throttled(plane, operation_of(action), burst, refill, self.now)
        if not refused and action.resources[0] > 0:
            key = f"{operation_of(action)}/resources"
            refused = throttled(plane, key, *action.resources, self.now, action.amount())
        if refused:
            yield self.wait(200, name, scope)
            return action.refuse(*throttle_words(service))
        if plane.workers is not None:
            code = yield from self.turn(service, scope, zones_in(action, self.world))
            if code:
                return action.refuse(code, WORDS[code])
        yield self.wait(action.takes + plane.latency, name, scope)
        if plane.down:
            code = ENDPOINT if service == "route53-recovery-cluster" else "ServiceUnavailable"
            return action.refuse(code, WORDS[code])
        if plane.errors > 0 and self.world.roll(f"plane/{service}/{scope}") < plane.errors:
            return action.refuse("InternalError", WORDS["InternalError"])
        return None

    def turn(self, service: str, scope: str, zones: Iterable[str] = ()) -> Generator[Any, Any, str]:
        """Wait for a worker of a control plane whose calls share them; ``zones``: what the call is about.

        Returns "" once it has one, or the error code with which it ends without.
        """
        plane, name = self.world.plane(service, scope), f"{service} in {scope}"
        pool = plane.workers
        if pool is None:
            return ""
        if pool.refused > 0 and self.world.roll(f"workers/{service}/{scope}") < pool.refused:
            yield self.wait(200, "workers", name)
            return "ServiceUnavailable"
        if pool.busy():
            turn, late = pool.passed + pool.waiting, self.now + LONGEST

            def mine() -> bool:
                return plane.workers is not pool or pool.passed >= turn

            yield self.until(lambda: mine() or self.now >= late, "workers", name)
            if not mine():
                return "InternalError"
        dead = dead_zones(self.world, scope)
        if plane.workers is pool and any(zone in dead for zone in zones):
            pool.keep(self.now // SECOND, 1.0)
            yield self.wait(pool.stuck, "workers", name)
            return "InternalError"
        return ""

    # ---- for the simulation ---------------------------------------------------------------------------------------

    def ticking(self) -> bool:
        """Tell whether anyone waits for what may come true by time alone."""
        return any(row.on == "seconds" for row in self._listening.get(_TRAFFIC, {}).values())

    def next_due(self) -> float:
        """Return the time of the next calendar event in ms (infinity: none)."""
        return self.env.peek()

    def run_instant(self, at: int, flow_step: Callable[[], None], looks: Callable[[], None]) -> None:
        """Do everything of the instant ``at`` in order: events, ``flow_step``, ``looks``, untils; then probes."""
        env = self.env
        if env.now < at:
            env.skip_to(at)
        stepped = False
        for _ in range(ROUNDS):
            while env.peek() <= at:
                env.step()
            if not stepped:
                stepped = True
                flow_step()
                looks()
            if self._fire_untils():
                continue
            if not self._probes:
                return
            self.catch_up()
            probes, self._probes = self._probes, []
            for event, quiet in probes:
                event.succeed()
                if not quiet:
                    self.stir()  # what a probe's process finds out may move traffic and conditions
        names = ", ".join(self._woken[:6])
        raise RuntimeError(f"processes of one instant wake each other without end at {at} ms: {names}")

    def _fire_untils(self) -> bool:
        rows = list(self._untils.values()) if self._stirred else self._listeners()
        self._new.clear()
        fired = [row for row in rows if row.predicate()]
        self._stirred, self._flipped, self.queues_moved = False, {}, {}
        if fired:
            self.catch_up()
            self._woken = sorted({row.who for row in fired if row.who})
            for row in fired:
                del self._untils[row.key], self._owned[row.own][row.key]
                if row.on != "events":
                    del self._listening[row.of if row.on == "queues" else _TRAFFIC][row.key]
                row.event.succeed()
            if all(row.quiet for row in fired):
                self.touched = self.repriced = True  # no condition can be different for it
            else:
                self.stir()
        return bool(fired)

    def _listeners(self) -> list[Until]:
        """Return those whose condition may be true by traffic, or what was told of alone, in order of registration."""
        found = self._new | self._listening.get(_TRAFFIC, {})
        if self._flipped:
            for name in ("", *self._flipped):
                found.update(self._owned.get(name, {}))
        if self.queues_moved:
            for name in ("", *self.queues_moved):
                found.update(self._listening.get(name, {}))
        return [found[key] for key in sorted(found)]

    def stir(self) -> None:
        """Note that something other than traffic happened: conditions, the flow and who adds up prices must look."""
        self.touched = self._stirred = self.repriced = True

    def tell(self, *names: str) -> None:
        """Note that what others hold of these components has changed, and neither any state nor any price."""
        self.touched = True
        self._flipped.update(dict.fromkeys(names, True))

    def stir_conditions(self) -> None:
        """Note that what operators know has changed: conditions must look, the flow need not."""
        self._stirred = True

    # ---- pending work is state ------------------------------------------------------------------------------------

    def _event(self) -> Event:
        event = Event(self.env)
        event._ok = True
        event._value = None
        return event

    def _due(
        self, event: Event, ms: int, what: str, who: str, shown: bool, priority: EventPriority, quiet: bool
    ) -> None:
        assert event.callbacks is not None
        key = self._register(what, who, self.now + max(0, ms), shown)
        event.callbacks.append(lambda _: self._over(key, quiet))
        self.env.schedule(event, priority, max(0, ms))

    def _register(self, what: str, who: str, until: int, shown: bool) -> int:
        world = self.world
        world.waits += 1
        world.pending[world.waits] = Pending(what=what, who=who, since=self.now, until=until, shown=shown)
        return world.waits

    def _over(self, key: int, quiet: bool = False) -> None:
        del self.world.pending[key]
        if not quiet:
            self.stir()
