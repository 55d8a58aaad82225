"""A bucket that servers call answers once: the call is made, and the request goes on."""

from __future__ import annotations

from drill.engine.simulation import Simulation
from tests.engine.lab import level_file, tree


def test_a_server_that_reads_a_bucket_serves() -> None:
    components = {
        "files": {"kind": "s3.bucket", "region": "us-east-1"},
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s", "needs": ["files"]},
    }
    level = level_file(tree(components, {"users": {"enters": "web", "rate": "10/s"}})).bind(1)
    simulation = Simulation(level.level, 1, level.draws)
    simulation.advance(20_000)
    assert simulation.history.classes["users.all"].reasons == {}
    assert simulation.flow.books_at(20)[0].served >= 199
