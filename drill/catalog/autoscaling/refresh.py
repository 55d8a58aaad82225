"""Instance refresh: a group replaces all its machines, in batches that leave enough of them in service."""

from typing import Any, Literal

import msgspec

from drill.catalog.autoscaling.upkeep import LAUNCH_RETRY, launch, note, retire, swap
from drill.model.component import Process
from drill.model.machine import Machine
from drill.model.world import World

WHY = "taken out of service in response to an instance refresh"


class Refresh(msgspec.Struct, kw_only=True):
    """One instance refresh. ``left``: ids still to be replaced; ``new``: ids of the batch under way."""

    id: str
    started: int
    status: Literal["InProgress", "Successful", "Cancelled"] = "InProgress"
    min_healthy: int = 90  # percent of desired that stay in service
    max_healthy: int = 100  # percent of desired that there may be
    warmup: int = 0  # ms in service until a new machine counts
    total: int = 0
    left: list[str] = []
    checkpoints: list[int] = []  # percent replaced at which it still will wait
    pause: int = 0  # ms that it waits there

    def done(self) -> int:
        """Return what part is replaced, in percent."""
        return 100 * (self.total - len(self.left)) // self.total if self.total else 100


def current(group: Any) -> Refresh | None:
    """Return the refresh under way, or None."""
    last = group.refreshes[-1] if group.refreshes else None
    return last if last is not None and last.status == "InProgress" else None


def run(group: Any, refresh: Refresh, world: World, clock: Any) -> Process:
    """Replace batch after batch; each waits until as many are in service and warm as must be."""
    while refresh.left:
        if refresh.checkpoints and refresh.done() >= refresh.checkpoints[0]:
            yield from _rest(group, refresh, world, clock)
        yield clock.until(
            lambda: (
                refresh.status != "InProgress" or not _waiting(group, refresh) or bool(_next(group, refresh, world))
            ),
            "instance refresh",
            group.name,
        )
        if refresh.status != "InProgress":
            return
        pause = 1_000
        for machine in _next(group, refresh, world):
            if refresh.max_healthy > 100:
                new = launch(group, machine.zone, world, clock, instead=machine.id)
                if new is None:
                    pause = LAUNCH_RETRY
                    break
                clock.start(swap(group, new, machine, world, clock, WHY))
            else:
                retire(group, machine, world, clock, WHY)
            refresh.left.remove(machine.id)
        refresh.left = [machine.id for machine in _waiting(group, refresh)]
        yield clock.wait(pause, "instance refresh", group.name)
    yield clock.until(
        lambda: refresh.status != "InProgress" or _settled(group, refresh, world),
        "instance refresh",
        group.name,
    )
    if refresh.status == "InProgress":
        refresh.status = "Successful"
        note(group, clock, f"Instance refresh {refresh.id} has replaced every instance.")


def _rest(group: Any, refresh: Refresh, world: World, clock: Any) -> Process:
    """Wait at a checkpoint, from when what was replaced so far is in service."""

    def over() -> bool:
        return refresh.status != "InProgress" or _settled(group, refresh, world)

    yield clock.until(over, "checkpoint", group.name)
    done = refresh.done()
    refresh.checkpoints = [percent for percent in refresh.checkpoints if percent > done]
    yield clock.wait(refresh.pause, "checkpoint", group.name, shown=True)


def _settled(group: Any, refresh: Refresh, world: World) -> bool:
    """Tell whether nothing of it is under way any more: as many serve as should, and none waits to take over."""
    if any(machine.instead and not machine.leaving for machine in group.machines):
        return False
    return bool(_serving(group, refresh, world) >= group.desired)


def _serving(group: Any, refresh: Refresh, world: World) -> int:
    """Return how many machines are in service, answer, pass their balancer's checks (type ELB), and are warm."""
    count = 0
    for machine in group.machines:
        if machine.leaving or machine.standby or not machine.works(world):
            continue
        if group.health_check == "ELB" and machine.id in group.unhealthy_targets:
            continue
        warm = not machine.boots or machine.since < refresh.started or world.now - machine.since >= refresh.warmup
        count += warm
    return count


def _waiting(group: Any, refresh: Refresh) -> list[Machine]:
    return [m for m in group.machines if m.id in refresh.left and not m.leaving]


def _next(group: Any, refresh: Refresh, world: World) -> list[Machine]:
    """Return the machines that may be replaced now, the oldest first."""
    if not (group.active("InstanceRefresh") and group.active("Launch") and group.active("Terminate")):
        return []
    waiting = _waiting(group, refresh)
    if refresh.checkpoints:  # no further than the next of them
        kept = refresh.total - -(-refresh.total * refresh.checkpoints[0] // 100)
        waiting = waiting[: max(0, len(waiting) - kept)]
    gone = [m for m in waiting if not m.works(world)]
    under_way = [m for m in group.machines if m.instead and not m.leaving]
    if refresh.max_healthy > 100:
        room = max(1, group.desired * (refresh.max_healthy - 100) // 100) - len(under_way)
        return waiting[: max(0, room)] if _serving(group, refresh, world) >= group.desired or gone else []
    need = -(-group.desired * refresh.min_healthy // 100)
    at_once = max(1, group.desired - need)
    room = min(at_once, _serving(group, refresh, world) - (group.desired - at_once))
    return (gone + [m for m in waiting if m not in gone])[: max(0, room, len(gone))]
