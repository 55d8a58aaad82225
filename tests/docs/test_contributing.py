"""CONTRIBUTING's service is one: a level uses it, the console takes its action, the reference has its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, blocks, environment

PLAY = """
import runpy, sys
module = runpy.run_path(sys.argv[1], run_name="drill.catalog.example")
sys.modules["drill.catalog.example"] = type(sys)("drill.catalog.example")
vars(sys.modules["drill.catalog.example"]).update(module)

from pathlib import Path
from drill.console import parse, render
from drill.level.loader import load
from drill.level.schema import level_schema
from drill.model.command import Refusal
from drill.session.session import Session

session = Session.start(load(Path(sys.argv[2])), 1)
line = "aws elasticache reboot-cache-cluster --cache-cluster-id cache --cache-node-ids-to-reboot 0001"
session.advance(10_000)
action = parse(line, session.world)
assert render(action) == line
assert not isinstance(session.submit(action), Refusal)
session.advance(20_000)
assert session.world.components["cache"].rebooting
refused = session.submit(action)
assert isinstance(refused, Refusal) and refused.code == "InvalidCacheClusterState", refused
session.advance(90_000)
assert not session.world.components["cache"].rebooting
session.finish()
assert any("elasticache.cluster" in str(row) for row in level_schema()["$defs"].values())
"""

LAID_OVER = """
world:
  components:
    cache: {kind: elasticache.cluster, zone: use1-az1}
    web-1: {kind: ec2.instance, zone: use1-az1, capacity: 400/s, needs: [cache]}
"""


def test_the_service_of_the_example_works(tmp_path: Path) -> None:
    import yaml

    from drill.level.solutions import merge

    (service,) = blocks("CONTRIBUTING.md", "python")
    code = tmp_path / "elasticache.py"
    code.write_text(service.text, encoding="utf-8")
    level = tmp_path / "spare.yaml"
    whole = merge(yaml.safe_load(blocks("docs/levels.md", "yaml")[0].text), yaml.safe_load(LAID_OVER))
    level.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
    play = tmp_path / "play.py"
    play.write_text(PLAY, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(play), str(code), str(level)], cwd=ROOT, env=environment(tmp_path), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_example_s_action_is_botocore_s() -> None:
    import botocore.session

    (service,) = blocks("CONTRIBUTING.md", "python")
    shape = botocore.session.get_session().get_service_model("elasticache").operation_model("RebootCacheCluster")
    assert 'tag="elasticache:RebootCacheCluster"' in service.text
    assert set(shape.input_shape.required_members) == {"CacheClusterId", "CacheNodeIdsToReboot"}
