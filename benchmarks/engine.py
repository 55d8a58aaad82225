"""How fast the engine is, as ratios to ``python -c pass`` measured in the same run.

    python benchmarks/engine.py

Prints, for region-failover played by its reference over 30 simulated minutes: the headless re-run, thirty calm minutes,
thirty minutes in which nobody helps; ten and a hundred copies of the topology; 300 components of which some, or all,
fail throughout; the share that the flow's own steps have. Each figure is the best of several runs, and what is compared
is measured in turns: these machines are shared, and noise only ever adds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drill.engine.simulation import Simulation
from drill.level.level import Level
from drill.level.loader import LevelFile, find, load
from drill.session.runbook import Runner
from drill.session.session import Session

MINUTES = 30
SEED = 3


def best(run: Callable[[], Any], times: int = 5) -> float:
    """Return the shortest of several runs, in ms."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append((time.perf_counter() - start) * 1000)
    return min(found)


def commands(file: LevelFile) -> list[tuple[int, Any, str]]:
    """Return what the reference types, and when."""
    session = Session.start(file, SEED)
    Runner(session, session.level.solutions.reference).play()
    return [(given.at, given.action, given.line) for given in session.history.commands]


def bound(file: LevelFile, copies: int = 1) -> tuple[Level, dict[str, Any]]:
    """Return the level over 30 minutes, with its topology, users and faults ``copies`` times."""
    found = file.bind(SEED)
    level = found.level
    level.length = type(level.length)(MINUTES * 60_000)
    for copy in range(1, copies):
        other = file.bind(SEED).level
        for name, component in other.world.components.items():
            level.world.components[f"{name}-{copy}"] = _renamed(component, set(other.world.components), copy)
        for name, population in other.traffic.items():
            population.enters = f"{population.enters}-{copy}"
            level.traffic[f"{name}-{copy}"] = population
    return level, found.draws


def _renamed(component: Any, names: set[str], copy: int) -> Any:
    """Return a component whose references point at its own copy."""

    def moved(value: Any) -> Any:
        if isinstance(value, str):
            return f"{value}-{copy}" if value in names else value
        if isinstance(value, list):
            return [moved(item) for item in value]
        if isinstance(value, dict):
            return {key: moved(item) for key, item in value.items()}
        if hasattr(value, "__struct_fields__"):
            for field in value.__struct_fields__:
                setattr(value, field, moved(getattr(value, field)))
        return value

    return moved(component)


def play(level: Level, draws: dict[str, Any], given: list[tuple[int, Any, str]]) -> Simulation:
    """Run a level headless with commands at their times."""
    simulation = Simulation(level, SEED, draws)
    for at, action, line in given:
        simulation.advance(at)
        simulation.submit(action, "benchmark", line)
    simulation.finish()
    return simulation


def timed(file: LevelFile, given: list[tuple[int, Any, str]], copies: int = 1, calm: bool = False) -> float:
    """Return the best time of a run in ms, setting the level up left out."""
    found = []
    for _ in range(5 if copies == 1 else 1):
        level, draws = bound(file, copies)
        if calm:
            level.script.clear()
        start = time.perf_counter()
        play(level, draws, given)
        found.append((time.perf_counter() - start) * 1000)
    return min(found)


def flow_share(file: LevelFile, given: list[tuple[int, Any, str]]) -> float:
    """Return which share of a re-run the flow's own steps take."""
    level, draws = bound(file)
    spent = 0.0
    simulation = Simulation(level, SEED, draws)
    step = simulation.flow.step

    def watched(second: int) -> None:
        nonlocal spent
        start = time.perf_counter()
        step(second)
        spent += time.perf_counter() - start

    simulation.flow.step = watched  # type: ignore[method-assign]
    start = time.perf_counter()
    for at, action, line in given:
        simulation.advance(at)
        simulation.submit(action, "benchmark", line)
    simulation.finish()
    return spent / (time.perf_counter() - start)


LARGE = """
drill: 1
id: large
title: Large
tier: blind
teaches: [size]
length: {minutes}m
world:
  regions: {{us-east-1: {{zones: [use1-az1, use1-az2, use1-az3]}}}}
  components:
    alb: {{kind: elb.application-load-balancer, zones: [use1-az1, use1-az2, use1-az3], targets: [{names}]}}
    db: {{kind: rds.instance, zone: use1-az2, capacity: 9000/s}}
{servers}
traffic:
  users: {{enters: alb, rate: {rate}/s, classes: {{pages: {{patience: 3s, retries: {{tries: 1, gap: 2s}}}}}}}}
script:
  dark: {{at: 10s, fault: drill:az:power-interruption, target: use1-az1}}
objectives:
  rto: {{is: rto, floor: 95%, stable: 30s, par: 1m, target: 2m, zero: 5m}}
  spend: {{is: spend, par: $10, target: $20, zero: $30}}
solutions: {{reference: {{rules: {{look: {{at: 1m, do: [curl alb]}}}}}}}}
"""


def large(serving: int, components: int = 300) -> float:
    """Return the best time in ms of 30 minutes in which a third of ``serving`` servers is dead and the rest drown."""
    names = [f"web-{n}" for n in range(serving)]
    servers = [
        f"    {name}: {{kind: ec2.instance, zone: use1-az{n % 3 + 1}, capacity: 10/s, needs: [db]}}"
        for n, name in enumerate(names)
    ]
    servers += [f"    ip-{n}: {{kind: ec2.elastic-ip, region: us-east-1}}" for n in range(components - serving - 2)]
    text = LARGE.format(minutes=MINUTES, names=", ".join(names), servers="\n".join(servers), rate=serving * 9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.yaml"
        path.write_text(text, encoding="utf-8")
        file = load(path)
    found = []
    for _ in range(2):
        level = file.bind(SEED)
        start = time.perf_counter()
        Simulation(level.level, SEED, level.draws).finish()
        found.append((time.perf_counter() - start) * 1000)
    return min(found)


def main() -> None:
    """Print every figure in ms, and over the time that ``python -c pass`` takes."""
    file = load(find("region-failover"))
    given = commands(file)
    turns = [
        (
            best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 7),
            timed(file, given),
            timed(file, [], calm=True),
            timed(file, []),
        )
        for _ in range(3)
    ]
    nothing, *figures = (min(column) for column in zip(*turns, strict=True))
    print(f"{'python -c pass':<44}{nothing:9.1f} ms    1.0")
    names = ("region-failover, 30 min, re-run", "30 calm minutes", "30 minutes without help")
    for name, ms, most in zip(names, figures, (7.7, 0.8, 19.2), strict=True):
        print(f"{name:<44}{ms:9.1f} ms  {ms / nothing:6.1f}   (at most {most})")
    for copies in (10, 100):
        turns = [(timed(file, []), timed(file, [], copies)) for _ in range(2)]
        one, ms = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
        what = f"  the same, {copies} copies of everything"
        print(f"{what:<44}{ms:9.1f} ms  {ms / one:6.1f} times   (at most {copies})")
    for serving in (60, 100, 298):
        ms = large(serving)
        what = f"300 components, {serving} serving, failing throughout"
        print(f"{what:<44}{ms:9.1f} ms  {ms / nothing:6.1f}   (at most 76.9)")
    print(f"{'share of the flow in the re-run':<44}{flow_share(file, given):9.0%}                (at least half)")


if __name__ == "__main__":
    main()
