"""Convincing Frames without an engine: calm, zone power loss, Region failover, a crowd, and a tiny one."""

from __future__ import annotations

from typing import Any

from drill.view.frame import (
    AlarmRow,
    Card,
    FeedRow,
    Frame,
    Gauge,
    HintOffer,
    Job,
    Lane,
    Mark,
    RegionBox,
    Series,
    Source,
    Users,
    ZoneBox,
)

GLYPHS = {
    "route53.record": ("◆", "*", 10),
    "ec2.elastic-ip": ("◇", "+", 20),
    "elb.application-load-balancer": ("⇄", "=", 25),
    "autoscaling.group": ("▣", "#", 50),
    "ec2.instance": ("▣", "#", 50),
    "rds.instance": ("▤", "=", 80),
    "ec2.nat-gateway": ("▭", "-", 85),
    "sqs.queue": ("≋", "~", 90),
    "s3.bucket": ("▥", "=", 95),
    "cloudfront.distribution": ("◈", "%", 5),
}


def card(id: str, kind: str, title: str = "", **more: Any) -> Card:
    glyph, plain, tier = GLYPHS[kind]
    name = id.split("/")[0]
    return Card(id=id, component=name, kind=kind, glyph=glyph, ascii=plain, title=title or name, tier=tier, **more)


def lane(source: str, target: str, rate: float | None = None, **more: Any) -> Lane:
    return Lane(source=source, target=target, rate=rate, **more)


def wave(n: int, low: float, high: float, since: int) -> tuple[float | None, ...]:
    return tuple(
        low + (i % 3) * 0.4 if i < since else min(high, low + (high - low) * (i - since + 1) / 4) for i in range(n)
    )


def series() -> tuple[Series, ...]:
    return (
        Series(name="CPUUtilization", unit="Percent", values=wave(24, 61, 98, 14), period=10_000, until=250_000),
        Series(
            name="RequestCountPerTarget",
            unit="Count/Second",
            values=wave(24, 104, 157, 14),
            period=10_000,
            until=250_000,
        ),
        Series(
            name="SurgeQueueLength",
            unit="Count",
            values=(*wave(22, 0, 38, 15), None, None),
            period=10_000,
            until=250_000,
        ),
    )


EAST = ("use1-az1", "use1-az2", "use1-az3")


def _zone_power_cards(dark: bool) -> tuple[Card, ...]:
    cards = [
        card(
            "shop.example", "route53.record", role="failover", state="warn" if dark else "ok",
            word="2 of 3 checks failed" if dark else "healthy", lines=("failover", "TTL 60 s"),
            rate=1130, changed=151_000 if dark else -1,
        ),
        card(
            "web-alb", "elb.application-load-balancer", region="us-east-1", state="warn" if dark else "ok",
            word="6 of 9 targets" if dark else "9 of 9 targets", rate=1130, failed=189 if dark else 0,
            lines=("189/s 503",) if dark else (), changed=151_000 if dark else -1,
        ),
        card("dr-alb", "elb.application-load-balancer", region="us-west-2", word="2 of 2 targets", rate=0),
        card("orders", "sqs.queue", region="us-east-1", state="warn" if dark else "ok",
             word="1,204 waiting" if dark else "12 waiting", lines=("+12/s",) if dark else ()),
        card("assets", "s3.bucket", region="us-east-1", word="ok"),
    ]  # fmt: skip
    for i, zone in enumerate(EAST):
        gone = dark and i == 0
        hot = dark and not gone
        cards.append(
            card(
                f"web-asg/{zone}", "autoscaling.group", "web", region="us-east-1", zone=zone,
                state="bad" if dark else "ok", word="0 of 3" if gone else "3 of 3",
                load=None if gone else 1.31 if hot else 0.78, rate=0 if gone else 470 if hot else 376,
                failed=94 if hot else None, seen=80_000 if gone else None,
                progress=("+2 boot", 0.4, 41_000) if hot and i == 1 else None, changed=250_000 if hot and i == 1 else 0,
            )
        )  # fmt: skip
    cards += [
        card("db", "rds.instance", "db", region="us-east-1", zone=EAST[0], role="primary",
             state="bad" if dark else "ok", word="primary", load=None if dark else 0.41, rate=None if dark else 310,
             seen=80_000 if dark else None),
        card("db/standby", "rds.instance", "db", region="us-east-1", zone=EAST[1], role="standby",
             state="busy" if dark else "ok", word="promoting" if dark else "standby",
             progress=("promote", 0.55, 34_000) if dark else None),
        card("db-west", "rds.instance", "db", region="us-west-2", zone="usw2-az1", role="replica",
             word="replica", lines=("lag 3.1 s",) if dark else ("lag 0.4 s",)),
        card("dr-web", "ec2.instance", "web", region="us-west-2", zone="usw2-az1", word="2 of 2", load=0.01, rate=0),
    ]  # fmt: skip
    for letter, zone in zip("abc", EAST, strict=True):
        gone = dark and letter == "a"
        cards.append(card(f"nat-{letter}", "ec2.nat-gateway", region="us-east-1", zone=zone,
                          state="bad" if gone else "ok", word="no data" if gone else "available"))  # fmt: skip
    return tuple(cards)


def _zone_power_lanes(dark: bool) -> tuple[Lane, ...]:
    shares = (0, 470, 471) if dark else (377, 377, 376)
    lanes = [
        lane("shop.example", "web-alb", 1130, failed=189 if dark else None, state="warn" if dark else "ok"),
        lane("shop.example", "dr-alb", 0, kind="standby", state="off"),
        lane("dr-alb", "dr-web", 0, kind="standby", state="off"),
        lane("db", "db/standby", kind="replication", state="bad" if dark else "ok"),
        lane("db", "db-west", kind="replication", state="warn" if dark else "ok", label="lag 3.1 s" if dark else ""),
    ]
    for zone, share in zip(EAST, shares, strict=True):
        state = "bad" if dark and not share else "ok"
        lanes.append(lane("web-alb", f"web-asg/{zone}", share, state=state, failed=94 if dark and share else None))
        lanes.append(lane(f"web-asg/{zone}", "db", share * 0.27, state="bad" if dark else "ok",
                          failed=share * 0.27 if dark else None))  # fmt: skip
    return tuple(lanes)


def zone_power(dark: bool = True, now: int = 252_000) -> Frame:
    """The picture's situation: one zone of three has lost power, the survivors drown."""
    good = 0.832 if dark else 1.0
    history = tuple(1.0 if i < 15 or not dark else max(0.80, 0.96 - (i - 15) * 0.03) for i in range(24))
    return Frame(
        level="zone-power",
        title="Zone power",
        tier="hinted",
        seed=7,
        operator="ada",
        now=now,
        length=600_000,
        users=Users(success=good, p95=1420 if dark else 182, rate=1130, history=history, state="bad" if dark else "ok"),
        spend=0.61,
        hourly=9.40,
        gauges=(
            Gauge(name="rto", label="RTO", actual="01:52" if dark else "00:00", target="05:00",
                  left=0.63 if dark else 1, state="warn" if dark else "ok", must=True),
            Gauge(name="availability", label="availability", actual="97.4 %" if dark else "100.0 %", target="97.0 %",
                  left=0.13 if dark else 1, state="bad" if dark else "ok"),
            Gauge(name="rpo", label="RPO", actual="0 s", target="0 s", left=1, state="ok"),
            Gauge(name="spend", label="spend", actual="$0.61", target="$4", left=0.85, state="ok"),
        ),
        deadline=(440_000, "RTO runs out") if dark else None,
        sources=(
            Source(name="na", place="us-east-1", rate=820, enters="shop.example", failed=140 if dark else 0,
                   state="bad" if dark else "ok"),
            Source(name="eu", place="eu-west-1", rate=310, enters="shop.example", failed=49 if dark else 0,
                   state="bad" if dark else "ok"),
        ),
        cards=_zone_power_cards(dark),
        lanes=_zone_power_lanes(dark),
        regions=(
            RegionBox(name="us-east-1", state="warn" if dark else "ok", note="EC2 API slow 4 s" if dark else "",
                      zones=tuple(ZoneBox(name=z, state="bad" if dark and i == 0 else "ok",
                                          word="no power" if dark and i == 0 else "") for i, z in enumerate(EAST))),
            RegionBox(name="us-west-2", state="ok", note="warm standby", zones=(ZoneBox(name="usw2-az1"),)),
        ),
        alarms=(
            AlarmRow(name="alb-5xx", state="ALARM", text="189/s > 10/s", since=169_000),
            AlarmRow(name="web-cpu", state="ALARM", text="98 % > 70 %", since=180_000),
            AlarmRow(name="az1-canary", state="INSUFFICIENT_DATA", text="2 periods missing", since=150_000),
            *(AlarmRow(name=f"calm-{i}", state="OK", text="", since=0) for i in range(9)),
        ) if dark else tuple(AlarmRow(name=f"calm-{i}", state="OK", text="", since=0) for i in range(12)),
        feed=_feed() if dark else (FeedRow(at=0, source="drill", text="drill starts"),),
        marks=(
            Mark(at=138_000, kind="fault", text="use1-az1 dark", until=now, state="bad"),
            Mark(at=169_000, kind="alarm", text="alb-5xx", state="warn"),
            Mark(at=182_000, kind="action", text="ops declare-incident"),
            Mark(at=221_000, kind="message", text="health"),
            Mark(at=250_000, kind="action", text="set-desired-capacity 13"),
        ) if dark else (),
        jobs=(
            Job(what="boot 2 instances", who="web-asg", share=0.4, left=41_000),
            Job(what="promote standby", who="db", share=0.55, left=34_000),
            Job(what="1 of 4 launches waits for capacity", who="web-asg", share=None, left=None),
        ) if dark else (),
        next_hint=HintOffer(id="h1", cost=30),
        entries=14,
    )  # fmt: skip


def _feed() -> tuple[FeedRow, ...]:
    """Oldest first."""
    return (
        FeedRow(at=0, source="drill", text="drill starts"),
        FeedRow(at=140_000, source="users", text="success rate falls, 100 % to 83 %", state="bad"),
        FeedRow(at=151_000, source="elb", text="3 targets unhealthy in use1-az1", state="warn"),
        FeedRow(at=169_000, source="alarm", text="alb-5xx OK → ALARM", state="bad"),
        FeedRow(at=182_000, source="you", text="ops declare-incident --severity 1"),
        FeedRow(at=200_000, source="support", text="“checkout fails, is it just me? three merchants are asking”",
                state="warn"),
        FeedRow(at=221_000, source="health", text="“investigating power in a single AZ (use1-az1)” posted 80 s late",
                state="unknown"),
        FeedRow(at=238_000, source="ec2", text="2 instances pending in use1-az2", state="busy"),
        FeedRow(at=250_000, source="you",
                text="aws autoscaling set-desired-capacity --auto-scaling-group-name web-asg --desired-capacity 13"),
    )  # fmt: skip


def calm() -> Frame:
    """All is well, half a minute in."""
    return zone_power(dark=False, now=31_000)


def failover(now: int = 400_000) -> Frame:
    """A whole Region is cut off; traffic drains to the other as DNS answers expire; a replica is being promoted."""
    east, west = ("use1-az1", "use1-az2"), ("usw2-az1", "usw2-az2")
    cards = [
        card("api.example", "route53.record", word="failed over", state="busy", lines=("failover", "TTL 60 s"),
             progress=("DNS drains", 0.62, 23_000), rate=900),
        card("east-alb", "elb.application-load-balancer", region="us-east-1", state="unknown", word="no data",
             seen=95_000, rate=None),
        card("west-alb", "elb.application-load-balancer", region="us-west-2", state="warn", word="4 of 4 targets",
             rate=560, failed=41),
        card("queue", "sqs.queue", region="us-west-2", word="3 waiting"),
    ]  # fmt: skip
    for z in east:
        cards.append(card(f"web-e/{z}", "autoscaling.group", "web", region="us-east-1", zone=z, state="unknown",
                          word="no data", seen=95_000))  # fmt: skip
    for z in west:
        cards.append(
            card(f"web-w/{z}", "autoscaling.group", "web", region="us-west-2", zone=z, state="warn",
                 word="2 of 5", load=0.93, rate=280, failed=20, progress=("+3 boot", 0.2, 52_000))
        )  # fmt: skip
    cards += [
        card("db-e", "rds.instance", "db", region="us-east-1", zone=east[0], state="unknown", word="primary",
             seen=95_000),
        card("db-w", "rds.instance", "db", region="us-west-2", zone=west[0], state="busy", word="promoting",
             lines=("lag 4.2 s at the cut",), load=0.5, progress=("promote", 0.3, 140_000)),
    ]  # fmt: skip
    lanes = [
        lane("api.example", "east-alb", 340, failed=340, state="bad"),
        lane("api.example", "west-alb", 560, failed=41, state="warn"),
        *(lane("east-alb", f"web-e/{z}", None, state="unknown") for z in east),
        *(lane("west-alb", f"web-w/{z}", 280, failed=20, state="warn") for z in west),
        *(lane(f"web-w/{z}", "db-w", 75, failed=75, state="bad") for z in west),
        lane("db-e", "db-w", kind="replication", state="bad", label="cut"),
    ]
    base = zone_power()
    return Frame(
        level="region-failover", title="Region failover", tier="blind", seed=41, operator="grace", now=now,
        length=900_000, phase="outage", users=Users(success=0.58, p95=None, rate=900, history=base.users.history,
        state="bad"), spend=1.2, hourly=14.2, gauges=base.gauges, deadline=(612_000, "RTO runs out"),
        sources=(Source(name="world", place="everywhere", rate=900, enters="api.example", failed=381, state="bad"),),
        cards=tuple(cards), lanes=tuple(lanes),
        regions=(
            RegionBox(name="us-east-1", state="bad", note="unreachable",
                      zones=tuple(ZoneBox(name=z, state="unknown", word="not known") for z in east)),
            RegionBox(name="us-west-2", state="warn", note="", zones=tuple(ZoneBox(name=z) for z in west)),
        ),
        alarms=base.alarms, feed=base.feed, marks=base.marks, jobs=base.jobs, entries=22, saving=False,
    )  # fmt: skip


def crowd(regions: int = 4, zones: int = 4, components: int = 60, now: int = 120_000, beat: int = 0) -> Frame:
    """Many of everything. ``beat`` changes a tenth of the components (for benchmarks)."""
    names = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"][:regions]
    kinds = ["ec2.instance", "ec2.instance", "rds.instance", "ec2.nat-gateway"]
    boxes, cards, lanes, every = [], [], [], []
    cards.append(card("shop.example", "route53.record", word="healthy", rate=4000.0))
    for r, region in enumerate(names):
        found = [f"{region.replace('-', '')[:4]}{r}-az{z + 1}" for z in range(zones)]
        boxes.append(RegionBox(name=region, zones=tuple(ZoneBox(name=z) for z in found)))
        every += [(region, z) for z in found]
        if len(cards) < components:
            cards.append(card(f"alb-{r}", "elb.application-load-balancer", region=region, word="ok", rate=1000.0))
            lanes.append(lane("shop.example", f"alb-{r}", 1000.0))
    i = 0
    while len(cards) < components:
        region, zone = every[i % len(every)]
        kind = kinds[i // len(every) % len(kinds)]
        moved = (i + beat) % 10 == 0
        load = None if "nat" in kind else ((i * 37 + (beat if moved else 0) * 11) % 90) / 100
        state = "warn" if load is not None and load > 0.8 else "ok"
        name = f"{kind.split('.')[1][:3]}-{i}"
        cards.append(
            card(name, kind, region=region, zone=zone, state=state, load=load, word="running",
                 rate=None if load is None else load * 300, lines=("lag 0.2 s",) if "rds" in kind else ())
        )  # fmt: skip
        if kind == "ec2.instance":
            lanes.append(lane(f"alb-{names.index(region)}", name, 120.0 + (beat if moved else 0)))
        i += 1
    base = zone_power(dark=False)
    return Frame(
        level="crowd", title="Crowd", tier="blind", seed=3, operator="lin", now=now, length=900_000,
        users=base.users, spend=2.0, hourly=51.0, gauges=base.gauges,
        sources=tuple(Source(name=n, place=n, rate=1000.0, enters="shop.example") for n in ("na", "eu", "apac", "sa")),
        cards=tuple(cards), lanes=tuple(lanes), regions=tuple(boxes), alarms=base.alarms, feed=base.feed,
    )  # fmt: skip


def tiny(now: int = 62_000) -> Frame:
    """One zone, three components, a guided level."""
    cards = (
        card("web-ip", "ec2.elastic-ip", region="us-east-1", word="on web-1", rate=250.0, failed=250.0, state="bad"),
        card("web-1", "ec2.instance", region="us-east-1", zone="use1-az1", state="bad", word="stopped", seen=58_000,
             changed=60_000),
        card("web-2", "ec2.instance", region="us-east-1", zone="use1-az1", word="running", load=0.0, rate=0.0),
    )  # fmt: skip
    base = zone_power()
    return Frame(
        level="first-shift", title="First shift", tier="guided", seed=1, operator="", now=now, length=180_000,
        users=Users(success=0.0, p95=None, rate=250, history=(1.0,) * 18 + (0.0,) * 3, state="bad"),
        spend=0.01, hourly=0.2, gauges=base.gauges[:1],
        sources=(Source(name="shoppers", place="us-east-1", rate=250, enters="web-ip", failed=250, state="bad"),),
        cards=cards,
        lanes=(lane("web-ip", "web-1", 250.0, failed=250.0, state="bad"),),
        regions=(RegionBox(name="us-east-1", zones=(ZoneBox(name="use1-az1"),)),),
        alarms=base.alarms[:1], feed=base.feed[:3],
        guide="web-1 has stopped, and users still hold its address. Choose web-ip with the arrows, press Enter, "
        "and point it at web-2, which is warm.",
    )  # fmt: skip


ALL = {"calm": calm, "zone-power": zone_power, "failover": failover, "crowd": crowd, "tiny": tiny}
