"""One definition per kind: everything in the catalogue says of itself what front ends, docs and levels need."""

from __future__ import annotations

import unicodedata

import pytest

import drill.catalog  # noqa: F401  (registers everything)
from drill.model.command import Action, Fault, operation_of, service_of
from drill.model.component import Component, all_subclasses, kind_of

OURS = "drill.catalog"
KINDS = [c for c in all_subclasses(Component) if c.__module__.startswith(OURS)]
ACTIONS = [c for c in all_subclasses(Action) if c.__module__.startswith(OURS)]
FAULTS = [c for c in all_subclasses(Fault) if c.__module__.startswith(OURS)]


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
