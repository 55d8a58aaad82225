"""The level's script: what triggers a rule, what it does, and when it stops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.lab import Lab, tree

WEB = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}
MESSAGE = {"message": {"text": "hello"}}
DEAD = {"fault": "drill:ec2:host-failure", "target": "web"}


def lab(length: str = "5m", **script: Any) -> Lab:
    phases = script.pop("phases", {})
    users = {"users": {"enters": "web", "rate": "50/s", "classes": {"all": {"patience": "1s"}}}}
    return Lab(tree({"web": WEB}, users, script=script, length=length, phases=phases))


def heard(it: Lab, until: float) -> list[float]:
    """Return when messages came, in seconds."""
    it.run(until)
    return [notice.at / 1000 for notice in it.world.notices]


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ({"at": "90s"}, [90]),
        ({"at": "90s", "wait": "5s"}, [95]),
        ({"at": "end"}, [300]),
        ({"after": "dead"}, [60]),
        ({"after": "dead", "wait": "10s"}, [70]),
        ({"at": "250s", "repeat": "20s"}, [250, 270, 290]),
        ({"at": "200s", "repeat": "30s", "while": {"state": "web", "is": "running"}}, [200, 230, 260, 290]),
        ({"at": "90s", "unless": {"state": "web", "is": "running"}}, []),
        ({"when": {"measure": "users.success", "below": "50%"}}, [61]),
        ({"when": {"measure": "users.success", "below": "50%", "for": "20s"}}, [81]),
        (
            {"when": {"all": [{"measure": "users.success", "below": "50%", "for": "20s"}, {"phase": "early"}]}},
            [81],
        ),
        ({"when": {"phase": "late"}}, [120]),
        ({"at": "late+30s"}, [150]),
        ({"when": {"not": {"phase": "early"}}}, [120]),
    ],
    ids=str,
)
def test_triggers(rule: dict[str, Any], times: list[float]) -> None:
    phases = {"early": {"max": "2m"}, "late": {"max": "3m"}}
    it = lab(dead={"at": "60s", **DEAD}, told={**rule, **MESSAGE}, phases=phases)
    assert heard(it, 300) == pytest.approx(times, abs=2.0)


def test_a_condition_that_breaks_off_starts_its_time_again() -> None:
    rule = {"when": {"measure": "users.success", "below": "50%", "for": "20s"}}
    it = lab(
        first={"at": "50s", **DEAD, "for": "15s"}, second={"at": "100s", **DEAD, "for": "60s"}, told={**rule, **MESSAGE}
    )
    assert heard(it, 300) == pytest.approx([121], abs=2)


def test_a_fault_ends_by_itself_when_it_is_cleared_or_share_by_share() -> None:
    it = lab(dead={"at": "50s", **DEAD, "for": "30s"})
    it.run(150)
    assert [it.good("users.all", s) for s in (49, 52, 78, 81)] == [1.0, 0.0, 0.0, 1.0]
    it = lab(dead={"at": "50s", **DEAD}, mended={"at": "100s", "clear": "dead"})
    it.run(150)
    assert [it.good("users.all", s) for s in (49, 52, 98, 101)] == [1.0, 0.0, 0.0, 1.0]
    it = lab(
        dark={
            "at": "50s",
            "fault": "drill:az:power-interruption",
            "target": "use1-az1",
            "for": "20s",
            "recover": [["10s", "100%"]],
        }
    )
    it.run(150)
    assert [it.good("users.all", s) for s in (49, 52, 78, 81)] == [1.0, 0.0, 0.0, 1.0]


def test_what_comes_back_is_told_share_by_share() -> None:
    dark = {"at": "50s", "fault": "drill:az:power-interruption", "target": "use1-az1"}
    it = lab(dark={**dark, "recover": [["10s", "30%"], ["20s", "100%"]]})
    it.run(150)
    texts = [truth.text for truth in it.session.history.truths]
    assert texts == ["the zone loses power", "30 % of what was hit is back", "all that was hit is back"]
    it = lab(dark={**dark, "for": "20s"})
    it.run(150)
    assert it.session.history.truths[-1].text == "over: the zone loses power"


def test_demand_changes_by_rate_by_factor_and_along_a_curve() -> None:
    it = lab(
        more={"at": "50s", "demand": {"population": "users", "factor": 1.5}},
        other={"at": "80s", "demand": {"population": "users", "rate": "20/s"}},
    )
    it.run(100)
    asks = it.session.history.classes["users.all"].asks
    assert (asks[49], asks[50], asks[80]) == (50, 75, 30), "a factor stays when the rate changes"
    level = tree(
        {"web": WEB},
        {"users": {"enters": "web", "rate": {"calm": "10/s", "curve": [["60s", "10/s"], ["120s", "70/s"]]}}},
    )
    asks = Lab(level).run(200).session.history.classes["users.all"].asks
    assert asks[30] == 10 and asks[90] == pytest.approx(40, abs=5) and asks[150] == 70
