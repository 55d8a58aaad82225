"""The catalog: one file (or folder) per AWS service. A file is imported when something that it defines is asked for.

A command that plays one level or re-runs one log needs a few services; all of them take longer to import than a short
drill takes to re-run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from drill.model.component import all_subclasses, kind_of

#: How the tags of the kinds, actions and faults begin that each service defines. Where two may, the likelier is first.
HOMES: dict[str, tuple[str, ...]] = {
    "arc": ("arc.", "arc-zonal-shift:", "route53-recovery-cluster:"),
    "autoscaling": ("autoscaling.", "autoscaling:"),
    "cloudfront": ("cloudfront.", "cloudfront:"),
    "cloudwatch": ("cloudwatch.", "cloudwatch:"),
    "ec2": ("ec2.", "ebs.", "ec2:", "aws:ebs:", "drill:ec2:capacity-rush"),
    "elbv2": ("elb.", "elbv2:"),
    "faults": ("aws:", "drill:"),
    "ops": ("ops:",),
    "outside": ("outside.", "drill:outside:"),
    "rds": ("rds.", "rds:"),
    "route53": ("route53.", "route53:"),
    "s3": ("s3.",),
    "shedding": ("ops:",),
    "vpc": ("vpc.", "ec2:", "aws:network:", "drill:vpc:"),
}


def find(base: type[Any], tag: str) -> type[Any] | None:
    """Return the Component, Action or Fault (``base``) of a tag (``ec2.instance``, ``ec2:StopInstances``), or None."""
    homes = [home for home, begins in HOMES.items() if tag.startswith(begins)]
    return first(base, lambda cls: kind_of(cls) == tag, homes) or first(base, lambda cls: kind_of(cls) == tag)


def first(base: type[Any], fits: Callable[[Any], bool], homes: Iterable[str] = HOMES) -> type[Any] | None:
    """Return a Component, Action or Fault (``base``) that fits, or None. Imports no more than it takes to find one."""
    for cls in all_subclasses(base):
        if fits(cls):
            return cls
    for home in sorted(homes, key=lambda home: f"drill.catalog.{home}" not in sys.modules):
        for module in modules(home):
            import_module(module)
            for cls in all_subclasses(base):
                if cls.__module__ == module and fits(cls):
                    return cls
    return None


def everything(base: type[Any]) -> dict[str, type[Any]]:
    """Return every Component, Action or Fault (``base``) by its tag, service by service; what tests define last."""
    order = {module: at for at, module in enumerate(module for home in HOMES for module in modules(home))}
    for module in order:
        import_module(module)
    classes = sorted(all_subclasses(base), key=lambda cls: order.get(cls.__module__, len(order)))
    return {kind_of(cls): cls for cls in classes}


def modules(home: str) -> list[str]:
    """Return the names of the modules in which a service defines its kinds, actions and faults, the likeliest first."""
    name = f"drill.catalog.{home}"
    return [f"{name}.{module}" for module in getattr(import_module(name), "MODULES", ())] or [name]
