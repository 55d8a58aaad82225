"""Actions that no service has: every type of parameter that the console must carry. Not registered (underscore)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from drill.model.command import Action
from drill.model.component import Component, ref


class Target(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    id: Annotated[str, ref("lab.box")]
    port: int | None = None
    weight: float = 1.0
    sticky: bool = False
    tags: list[str] = []


class Deep(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    target: Target
    others: list[Target] = []
    labels: dict[str, str] = {}
    note: Any = None


class _Stretch(Action, kw_only=True, tag="lab:StretchDBThing"):
    """Stretch a thing as far as it goes.

    This paragraph is not shown.
    """

    summary = "Stretch it"
    on = ("lab.box",)
    subject = "thing"
    aliases: ClassVar[dict[str, tuple[str, ...]]] = {"count": ("min_count", "max_count")}

    thing: Annotated[str, ref("lab.box")] = msgspec.field(name="DBThingIdentifier")
    mode: Literal["slow", "fast"] = "slow"
    how_far: Annotated[int, msgspec.Meta(ge=0, description="meters")] = 1
    ratio: float = 0.5
    force: bool = False
    keep: bool = True
    maybe: bool | None = None
    zone: Annotated[str, ref("zone")] = ""
    names: list[Annotated[str, ref("lab.box")]] = []
    numbers: list[int] | None = None
    target: Target | None = None
    targets: list[Target] = []
    deep: Deep | None = None
    labels: dict[str, str] = {}
    anything: Any = None
    min_count: int = 1
    max_count: int = 1


class _Poke(Action, kw_only=True, tag="lab:PokeThings"):
    """Poke things."""

    subject = "targets"
    targets: list[Target]
    group_arn: Annotated[str, ref("lab.group")]


class _Sniff(Action, kw_only=True, tag="ops:Sniff"):
    """Sniff at a name."""

    summary = "Smell it"
    positional = "name"
    reads = True
    name: Annotated[str, ref()]
    hard: bool = False


class _Check(Action, kw_only=True, tag="lab:CheckThing"):
    """Check on a thing: its checks are called after it."""

    on = ("lab.box",)
    subject = "check_id"
    suggest = "{name}/first"
    check_id: str


class _Shout(Action, kw_only=True, tag="ops:Shout"):
    """Say it aloud."""

    text: str
    severity: int = 3


class _Box(Component, kw_only=True, tag="lab.box"):
    title = "Box"


class _Group(Component, kw_only=True, tag="lab.group"):
    title = "Group"


LAB: list[type[Action]] = [_Stretch, _Poke, _Sniff, _Shout, _Check]
Stretch, Poke, Sniff, Shout, Check, Box, Group = _Stretch, _Poke, _Sniff, _Shout, _Check, _Box, _Group


class Names:
    """A lookup: two boxes and a group in two Regions."""

    components: ClassVar[dict[str, Component]] = {
        "web-1": Box(name="web-1", region="us-east-1", zone="use1-az1"),
        "web-2": Box(name="web-2", region="us-east-1", zone="use1-az2"),
        "pool": Group(name="pool", region="us-west-2"),
    }
    regions: ClassVar[dict[str, Any]] = {"us-east-1": None, "us-west-2": None}
    zones: ClassVar[dict[str, Any]] = {"use1-az1": None, "use1-az2": None, "usw2-az1": None}
