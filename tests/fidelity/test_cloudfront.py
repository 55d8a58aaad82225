"""CloudFront and an S3 origin, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.loader import LevelError
from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, level_file, tree
from tests.fidelity.documented import documented

FAILOVER = "CloudFront developer guide: optimize high availability with origin failover"
ERRORS = "CloudFront developer guide: control how long errors are cached"
EXPIRES = "CloudFront developer guide: manage how long content stays in the cache"
INVALIDATE = "CloudFront developer guide: invalidate files"


def world(rate: int = 400, origin: int = 200, **cdn: Any) -> dict[str, Any]:
    parts = {
        "cdn": {
            "kind": "cloudfront.distribution",
            "domain": "shop.example",
            "origins": {"shop": {"to": "web"}, "copy": {"to": "bucket"}},
            "groups": {"both": {"primary": "shop", "secondary": "copy"}},
            "target": "shop",
            "objects": 4000,
            "paths": {"/news/*": "10%"},
            "classes": {"pages": {"hit": "90%"}, "buy": {"method": "POST"}},
            **cdn,
        },
        "web": {
            "kind": "elb.application-load-balancer",
            "zones": ["use1-az1", "use1-az2"],
            "targets": ["web-1"],
        },
        "web-1": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": f"{origin}/s", "backlog": "6s"},
        "bucket": {"kind": "s3.bucket", "region": "us-west-2"},
    }
    classes = {
        "pages": {"share": "90%", "patience": "4s"},
        "buy": {"share": "10%", "patience": "4s", "writes": 1},
    }
    users = {"users": {"enters": "cdn", "rate": f"{rate}/s", "classes": classes}}
    return tree(parts, users, regions=TWO_REGIONS, length="60m")


def lab(*args: Any, **more: Any) -> Lab:
    return Lab(world(*args, **more)).run(20)


def reaches(it: Lab) -> float:
    return float(it["web-1"].server.arrived)


def invalidate(path: str) -> str:
    batch = f"Paths={{Quantity=1,Items=[{path}]}},CallerReference=x"
    return f"aws cloudfront create-invalidation --distribution-id cdn --invalidation-batch {batch}"


@documented("CloudFront: the origin sees misses, and everything that is not cached", source=EXPIRES)
def test_the_origin_sees_misses() -> None:
    it = lab()
    assert reaches(it) == pytest.approx(400 * (0.9 * 0.1 + 0.1))
    assert it["cdn"].hits == pytest.approx(324)
    assert it.good("users.pages", 0, 19) == 1.0


@documented("CloudFront: an invalidation of everything sends everyone to the origin", source=INVALIDATE)
def test_invalidating_everything() -> None:
    it = lab(origin=1000)
    it.now(invalidate("/*"))
    it.run(38)
    assert reaches(it) > 330
    it.run(200)
    assert it["cdn"].warm > 0.95, "every answer is kept"
    assert reaches(it) < 120


@documented("CloudFront: an invalidation of some paths leaves the others", source=INVALIDATE)
def test_invalidating_a_path() -> None:
    it = lab()
    it.now(invalidate("/news/*"))
    it.run(37)
    assert it["cdn"].warm == pytest.approx(0.9, abs=0.02)
    assert it.run(60).good("users.pages", 20, 59) == 1.0


@documented(
    "CloudFront: a cold cache on a small origin stays cold",
    source="HotOS 2021: Metastable Failures",
    confidence="typical",
)
def test_a_cold_cache_on_a_small_origin_stays_cold() -> None:
    it = lab(rate=1500, origin=350, objects=60_000)
    assert it.good("users.pages", 0, 19) == 1.0
    it.now(invalidate("/*"))
    it.run(600)
    assert it["cdn"].warm < 0.3
    assert it.good("users.pages", 500, 599) < 0.5


@documented("CloudFront: errors are cached for 10 s, which spares the origin", source=ERRORS)
def test_errors_are_cached() -> None:
    it = lab()
    it.now("aws elbv2 deregister-targets --target-group-arn web --targets Id=web-1")
    it.run(60)
    it.sim.before_command()
    reasons = it.world.traffic.classes[0].failed
    assert set(reasons) == {"503", "cached error"}
    assert reasons["cached error"] > 0
    it.now("aws elbv2 register-targets --target-group-arn web --targets Id=web-1")
    it.run(150)
    assert it["cdn"].failed_at == []
    assert it.good("users.pages", 120, 149) == 1.0


@documented("CloudFront: what is cached is answered while the origin is away", source=EXPIRES)
def test_hits_survive_the_origin() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "web-1")
    assert it.run(60).good("users.pages", 30, 50) == pytest.approx(0.9)
    assert it.good("users.buy", 30, 50) == 0.0


@documented("CloudFront: stale-if-error serves expired objects while the origin answers errors", source=EXPIRES)
def test_stale_if_error() -> None:
    it = lab(stale="2m")
    it.now("aws elbv2 deregister-targets --target-group-arn web --targets Id=web-1")
    it.run(300)
    assert it.good("users.pages", 60, 120) > 0.985
    assert it.good("users.pages", 200, 290) < 0.92, "for as long as it says"


def grouped(**more: Any) -> Lab:
    origins = {"shop": {"to": "web", **more}, "copy": {"to": "bucket"}}
    return lab(target="both", origins=origins)


@documented("CloudFront: an origin group fails over for GET, HEAD and OPTIONS, never for POST", source=FAILOVER)
def test_an_origin_group_saves_reads_only() -> None:
    it = grouped()
    assert it["bucket"].tally.arrived == 0
    it.now("aws elbv2 deregister-targets --target-group-arn web --targets Id=web-1")
    it.run(60)
    assert it["bucket"].tally.arrived == pytest.approx(36)
    assert it.good("users.pages", 30, 59) == 1.0
    assert it.good("users.buy", 30, 59) == 0.0


@documented("CloudFront: every request tries the primary first: nothing is remembered", source=FAILOVER)
def test_an_origin_group_comes_back_at_once() -> None:
    it = grouped()
    it.now("aws elbv2 deregister-targets --target-group-arn web --targets Id=web-1")
    it.run(60).now("aws elbv2 register-targets --target-group-arn web --targets Id=web-1")
    it.run(120)
    assert it["bucket"].tally.arrived == 0


@documented("CloudFront: a silent primary is tried 3 times for 10 s before the secondary", source=FAILOVER)
def test_a_silent_primary_costs_thirty_seconds() -> None:
    slow, quick = grouped(), grouped(connection_timeout="1s", connection_attempts=1)
    for it in (slow, quick):
        it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-east-1")
        it.run(60)
    assert slow.good("users.pages", 30, 50) == pytest.approx(0.9)
    assert quick.good("users.pages", 30, 50) == 1.0


def half_broken(**group: Any) -> Lab:
    """Return a lab whose primary answers half of its requests with a 502, and is healthy for whoever asks."""
    parts = world(target="both", groups={"both": {"primary": "shop", "secondary": "copy", **group}})
    parts["world"]["components"]["web-2"] = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "200/s"}
    parts["world"]["components"]["web"]["targets"] = ["web-1", "web-2"]
    it = Lab(parts).run(20)
    it.sim.before_command()
    it["web-2"].machine.ready = False  # its port is closed; the balancer takes a minute to notice
    it.touch()
    return it.run(50)


@documented("CloudFront: an origin group fails over request by request, while the primary is healthy", source=FAILOVER)
def test_an_origin_group_fails_over_per_request() -> None:
    it = half_broken()
    assert it["web"].responds(it.world, 4_000)
    assert it["bucket"].tally.arrived == pytest.approx(18), "half of 36 misses a second"
    assert it.good("users.pages", 25, 45) == 1.0
    assert it.good("users.buy", 25, 45) == pytest.approx(0.5)
    assert reaches(it) > 0


@documented("CloudFront: an origin group fails over on the status codes that were chosen for it only", source=FAILOVER)
def test_an_origin_group_fails_over_on_its_codes() -> None:
    it = half_broken(status_codes=[500, 503, 504])
    assert it["bucket"].tally.arrived == 0
    assert it.good("users.pages", 25, 45) < 0.97


@documented("CloudFront: an origin group can fail over on 400, 403, 404, 416, 429, 500, 502, 503 and 504",
            source=FAILOVER)  # fmt: skip
def test_codes_that_a_group_can_have() -> None:
    with pytest.raises(LevelError, match="501 is none"):
        level_file(world(groups={"both": {"primary": "shop", "secondary": "copy", "status_codes": [501]}}))


@documented("CloudFront: changes go through us-east-1 and take minutes to reach the edges",
            source="CloudFront developer guide: update a distribution")  # fmt: skip
def test_changing_the_origin_takes_minutes() -> None:
    config = "DefaultCacheBehavior={TargetOriginId=copy}"
    line = f"aws cloudfront update-distribution --id cdn --distribution-config {config}"
    it = lab()
    it.now(line)
    assert it.run(200)["cdn"].status == "InProgress"
    assert reaches(it) > 0
    assert it.run(300)["cdn"].status == "Deployed"
    assert it.run(330)["bucket"].tally.arrived > 0
    it.break_("aws:fis:inject-api-internal-error", "cloudfront/us-east-1", down=True)
    assert it.now(line).error == "ServiceUnavailable"
    assert it.run(340).good("users.pages", 331, 338) == 1.0, "the edges go on"


@documented("CloudFront: paths to invalidate start with a slash", source="CloudFront API reference: CreateInvalidation")
def test_paths_start_with_a_slash() -> None:
    refused = lab().do(invalidate("news"))
    assert isinstance(refused, Refusal) and refused.code == "InvalidArgument"


@documented("CloudFront: answers to POST are not cached", source=EXPIRES)
def test_posts_are_not_cached() -> None:
    with pytest.raises(LevelError, match="not cached"):
        level_file(world(classes={"buy": {"method": "POST", "hit": "50%"}}))


@documented("S3: reads beyond 5,500 per second and prefix get 503 Slow Down",
            source="Amazon S3 User Guide: performance design patterns")  # fmt: skip
def test_s3_says_slow_down() -> None:
    it = lab(rate=10_000, target="copy", classes={"pages": {"hit": 0}, "buy": {"method": "POST"}}, error_ttl="0s")
    it.run(40)
    assert it["bucket"].slowed > 0
    assert it.good("users.pages", 25, 35) == pytest.approx(5500 / 9000, abs=0.1)


@documented("CloudFront: a change names the version that it replaces, and is refused where another came first",
            source="CloudFront API reference: UpdateDistribution")  # fmt: skip
def test_a_stale_etag() -> None:
    it = lab()
    line = (
        "aws cloudfront update-distribution --id cdn --distribution-config DefaultCacheBehavior={TargetOriginId=copy}"
    )
    assert "E1" in it.output("aws cloudfront get-distribution-config --id cdn")
    it.now(f"{line} --if-match E1")
    refused = it.do(f"{line} --if-match E1")
    assert isinstance(refused, Refusal) and refused.code == "PreconditionFailed"
    assert "E2" in it.output("aws cloudfront get-distribution-config --id cdn")
