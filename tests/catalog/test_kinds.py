"""One definition per kind: everything in the catalog says of itself what front ends, docs and levels need."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import unicodedata

import pytest

from drill import catalog
from drill.catalog import HOMES, everything, find
from drill.model.command import Action, Fault, operation_of, service_of
from drill.model.component import Component, all_subclasses, kind_of

OURS = "drill.catalog"
KINDS = [c for c in everything(Component).values() if c.__module__.startswith(OURS)]
ACTIONS = [c for c in everything(Action).values() if c.__module__.startswith(OURS)]
FAULTS = [c for c in everything(Fault).values() if c.__module__.startswith(OURS)]


@pytest.mark.parametrize("kind", KINDS, ids=kind_of)
def test_a_kind_can_be_shown_and_explained(kind: type[Component]) -> None:
    assert kind.title and kind.__doc__ and kind.sources
    assert len(kind.glyph) == 1 and unicodedata.east_asian_width(kind.glyph) not in "WF"
    assert len(kind.ascii) == 1 and kind.ascii.isascii() and kind.ascii.isprintable()
    names = [metric.name for metric in kind.metrics]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("action", ACTIONS, ids=kind_of)
def test_an_action_can_be_offered_and_found(action: type[Action]) -> None:
    assert action.summary and action.__doc__ and service_of(action) and operation_of(action)
    assert not action.subject or action.subject in action.__struct_fields__
    assert {*action.on} <= {kind_of(kind) for kind in KINDS}
    assert action.bucket[0] >= 1 and action.bucket[1] > 0 and action.takes >= 0
    assert not action.reads or action.output is not Action.output or service_of(action) == "ops"


@pytest.mark.parametrize("fault", FAULTS, ids=kind_of)
def test_a_fault_says_what_breaks(fault: type[Fault]) -> None:
    assert fault.summary and fault.__doc__ and fault.on
    assert kind_of(fault).startswith(("aws:", "drill:"))


def test_every_tag_is_there_once() -> None:
    for rows in (KINDS, ACTIONS, FAULTS):
        tags = [kind_of(row) for row in rows]
        assert len(tags) == len(set(tags))


@pytest.mark.parametrize("cls", [*KINDS, *ACTIONS, *FAULTS], ids=kind_of)
def test_what_is_asked_for_by_its_tag_is_found_where_it_is_defined(cls: type) -> None:
    home = cls.__module__.split(".")[2]
    assert kind_of(cls).startswith(HOMES[home])
    assert find(next(base for base in (Component, Action, Fault) if issubclass(cls, base)), kind_of(cls)) is cls


def test_every_file_that_defines_something_is_listed() -> None:
    for found in pkgutil.walk_packages(catalog.__path__, f"{OURS}."):
        importlib.import_module(found.name)
    listed = {module for home in HOMES for module in catalog.modules(home)}
    for base in (Component, Action, Fault):
        homeless = {cls.__module__ for cls in all_subclasses(base) if cls.__module__.startswith(OURS)} - listed
        assert not homeless, f"name {homeless} in the MODULES of its package, or in HOMES"


def test_a_short_level_does_not_import_the_whole_catalog() -> None:
    code = (
        "import sys; from drill.level.loader import load; from drill.level.bundle import find;"
        "load(find('eip-remap')).bind(1); print(*[m for m in sys.modules if m.startswith('drill.catalog.')])"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "drill.catalog.ec2" in seen and "drill.catalog.route53" not in seen and "drill.catalog.vpc" not in seen
