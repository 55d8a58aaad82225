"""Component: one thing in the topology. Subclassing is registration; its fields are its whole state.

A subclass is a catalog entry. Fields marked with ``STATE`` are run-time state and cannot be set by a level; all
others are what a level file may write. From the class come the level schema, the codec, the help and the reference.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec

from drill.model.units import Price

#: Marks a field that the simulation owns. ``Annotated[str, STATE]``.
STATE = msgspec.Meta(extra={"role": "state"})

#: A SimPy process: read it top to bottom as time passes.
Process = Generator[Any, Any, None]

How = Literal["hard", "soft", "hidden", "reads", "writer"]


def ref(*kinds: str) -> msgspec.Meta:
    """Mark a field as the name of a component of one of ``kinds`` (empty: of any kind).

    ``"region"`` and ``"zone"`` stand for the name of a Region or the id of an Availability Zone, ``"kind/field"`` for
    what components of a kind have in that field (an AMI that only instances know).
    """
    return msgspec.Meta(extra={"ref": list(kinds)})


class Need(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a server calls for each request it handles.

    ``hard``: every request calls it, and fails with it. ``soft``: the request goes on without it. ``hidden``: hard, but
    no map shows it. ``reads`` and ``writer``: only the class's reads, or only its writes, go there.
    """

    to: Annotated[str, ref()]
    how: How = "hard"
    calls: float = 1.0


class Hop(msgspec.Struct, frozen=True):
    """Calls still to make for a cohort of requests: where to, and how many reads and writes each request is there."""

    to: str
    reads: float
    writes: float
    soft: bool


class Tally(msgspec.Struct, kw_only=True):
    """What came in here in the second just gone, and how requests ended in it, per second."""

    arrived: float = 0.0
    ok: float = 0.0
    failed: float = 0.0


class Metric(msgspec.Struct, frozen=True):
    """One CloudWatch metric of a kind: its AWS name, unit, statistic, and how to read it off the component.

    ``read(component, world)`` returns the value of the second just gone (a gauge or a rate per second), or None when
    nothing is published. ``combine`` is how samples of a period are put together. ``ages``: its value changes by time
    alone, while nothing happens.
    """

    name: str
    unit: str
    read: Callable[[Any, Any], float | None]
    combine: Literal["average", "sum", "max", "min"] = "average"
    by_zone: Callable[[Any, Any], dict[str, float | None]] | None = None  # the same for each of its zones
    ages: bool = False


class Component(msgspec.Struct, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """One thing in the topology. Name, place, what it needs; subclasses add their own fields and behavior."""

    title: ClassVar[str] = ""  # "EC2 instance"
    glyph: ClassVar[str] = "▣"  # one column wide
    ascii: ClassVar[str] = "#"
    tier: ClassVar[int] = 50  # row on the map: 0 users' entry .. 90 data at the bottom
    scope: ClassVar[Literal["zonal", "regional", "global"]] = "zonal"
    drifts: ClassVar[bool] = False  # what each_second() moves changes no request, but where serve() says so
    metrics: ClassVar[tuple[Metric, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()  # documents behind the figures
    figures: ClassVar[dict[str, str]] = {}  # "boot": "~29 s, measured 2021" -> the reference page

    name: Annotated[str, STATE] = ""
    region: Annotated[str, ref("region")] = ""
    zone: Annotated[str, ref("zone")] = ""
    needs: list[str | Need] = []
    price: Price | None = None  # overrides the catalog's price

    # ---- life -----------------------------------------------------------------------------------------------------

    def problems(self, world: Any) -> Iterator[str]:
        """Yield what is wrong with this component as a level wrote it, one clear sentence each (lint)."""
        yield from ()

    def begin(self, world: Any) -> None:
        """Fill the state that follows from the level's fields, at T+0, before anything runs."""

    def processes(self, world: Any, clock: Any) -> Iterable[Process]:
        """Return the processes that run from T+0 on: health checks, scalers, replication."""
        return ()

    # ---- traffic --------------------------------------------------------------------------------------------------

    def stations(self) -> list[str]:
        """Return the names of the places where requests are handled (default: one, its own name; none: [])."""
        return []

    def leads_to(self, components: dict[str, Any]) -> Iterable[str | Need]:
        """Return every station or component that requests may be passed on to, whatever the state (for the order)."""
        return self.needs

    def serve(self, station: str, inbox: list[Any], flow: Any) -> None:
        """Handle one second of requests at ``station``: pass on, finish, hold or fail every cohort in ``inbox``."""
        raise NotImplementedError(f"{type(self).__name__} handles no requests")

    def instead(self, cohort: Any, reason: str) -> bool:
        """Take a cohort whose ``backup`` this is, and that fails for ``reason``, to ask elsewhere; False: it fails."""
        return False

    def answer(self, world: Any) -> dict[str, float] | None:
        """Return what DNS answers for this name: component or own station -> share. None: it is no name."""
        return None

    def answer_for(self, world: Any, place: str) -> dict[str, float] | None:
        """Return what DNS answers to users at ``place`` (default: the same to all)."""
        return self.answer(world)

    def alias_healthy(self, world: Any) -> bool:
        """Tell whether an alias record that evaluates its target's health may answer with this."""
        return True

    def ttl_seconds(self, world: Any) -> int:
        """Return how long that answer may be remembered."""
        return 60

    def keep_alive(self) -> int:
        """Return after how many seconds it closes a client's connection, however busy; 0: never."""
        return 0

    def entrance(self, world: Any, station: str) -> str:
        """Return the station that does with requests just what ``station`` does (default: itself)."""
        return station

    def each_second(self, world: Any, second: int) -> bool:
        """Move what moves by itself on by ``second`` (replication); return whether anything changed. After traffic."""
        return False

    def coast(self, world: Any, seconds: int) -> None:
        """Add up ``seconds`` that were like the last one, for what the component counts."""

    def fleet(self) -> list[Any]:
        """Return all its machines (model.machine.Machine), whatever their state."""
        return []

    def members(self, world: Any) -> list[Any]:
        """Return the machines that a load balancer may send requests to."""
        return []

    def station_of(self, machine: Any) -> str:
        """Return the station that handles requests for one of its machines."""
        return self.name

    def machine_responds(self, world: Any, machine: Any, within_ms: int) -> bool:
        """Tell whether a health check of one of its machines gets a good answer in time."""
        return self.responds(world, within_ms)

    # ---- what others may know -------------------------------------------------------------------------------------

    def responds(self, world: Any, within_ms: int) -> bool:
        """Tell whether a health check with this timeout gets a good answer now."""
        return True

    def observed(self, world: Any) -> dict[str, Any]:
        """Return what the service's own describe call says now; never the truth behind it. Keys as AWS names them.

        Keys that the map understands, all optional: ``state`` (AWS's word), ``health`` ok|warn|bad|off|busy,
        ``count`` and ``of`` (3 of 6), ``role``, ``note``.
        """
        return {}

    def findings(self, world: Any) -> list[str]:
        """Return what a security check finds open that should be closed, one clear sentence each."""
        return []

    def hourly(self, world: Any) -> float:
        """Return the price now, in US dollars per hour."""
        return float(self.price or 0.0)


C = TypeVar("C", bound=Component)


def need_of(item: str | Need) -> Need:
    """Return the long form of one entry of ``needs``."""
    return item if isinstance(item, Need) else Need(to=item)


def all_subclasses(base: type[Any]) -> list[type[Any]]:
    """Return every concrete descendant of ``base``, in order of definition (a leading underscore: not concrete)."""
    found: list[type[Any]] = []
    for cls in base.__subclasses__():
        if not cls.__name__.startswith("_"):
            found.append(cls)
        found.extend(all_subclasses(cls))
    return found


def kind_of(cls_or_object: Any) -> str:
    """Return the tag of a component, action or fault: its kind, API id or fault id."""
    return str(cls_or_object.__struct_config__.tag)
