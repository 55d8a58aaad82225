"""The catalogue: one file (or folder) per AWS service. Each is imported when something that it defines is asked for.

A command that plays one level or re-runs one log needs a few services; all of them take longer to import than a short
drill takes to re-run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from drill.model.component import all_subclasses, kind_of

#: How the tags of the kinds, actions and faults begin that each service defines. Where two may, the likelier is first.
HOMES: dict[str, tuple[str, ...]] = {
    "arc": ("arc.", "arc-zonal-shift:", "route53-recovery-cluster:"),
    "autoscaling": ("autoscaling.", "autoscaling:"),
    "cloudfront": ("cloudfront.", "cloudfront:"),
    "cloudwatch": ("cloudwatch.", "cloudwatch:"),
    "ec2": ("ec2.", "ebs.", "ec2:", "aws:ebs:", "drill:ec2:"),
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
    for home, begins in HOMES.items():
        if tag.startswith(begins):
            import_module(f"drill.catalog.{home}")
            for cls in all_subclasses(base):
                if kind_of(cls) == tag:
                    found: type[Any] = cls
                    return found
    return everything(base).get(tag)


def everything(base: type[Any]) -> dict[str, type[Any]]:
    """Return every Component, Action or Fault (``base``) by its tag, service by service; what tests define last."""
    for home in HOMES:
        import_module(f"drill.catalog.{home}")
    order = {f"drill.catalog.{home}": at for at, home in enumerate(HOMES)}
    classes = all_subclasses(base)
    classes.sort(key=lambda cls: order.get(".".join(cls.__module__.split(".")[:3]), len(order)))
    return {kind_of(cls): cls for cls in classes}
