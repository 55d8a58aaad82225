"""A command given between two events of the calendar takes its time from when it was given."""

from __future__ import annotations

from drill.catalog.ec2.address import AssociateAddress
from drill.engine.clock import Clock
from drill.model.world import World


def test_a_process_started_between_events_waits_from_now() -> None:
    world = World(seed=1)
    clock = Clock(world)
    done: list[int] = []

    def call():
        yield clock.wait(AssociateAddress.takes)
        done.append(clock.now)

    world.now = 93_250
    clock.start(call())
    for at in (93_250, 93_650):
        clock.run_instant(at, lambda: None, lambda: None)
    assert done == [93_650]
