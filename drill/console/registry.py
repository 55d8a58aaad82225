"""Which actions there are, by the words that an operator types for them, and their form in a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from drill.catalog import everything, find
from drill.console.words import ConsoleError, kebab
from drill.model.command import Action, operation_of, service_of
from drill.model.units import decode, plain


def actions() -> dict[str, type[Action]]:
    """Return every action by its tag: ``ec2:AssociateAddress``."""
    return everything(Action)


def actions_on(kind: str, says: Mapping[str, str] | None = None) -> list[type[Action]]:
    """Return the actions that are offered on a kind of component, in the order in which they are offered.

    Those that change something come first, of them those that apply where ``says`` (``state``, ``role``) is said of it,
    and of these the most usual.
    """
    found = [cls for cls in actions().values() if kind in cls.on]
    return sorted(found, key=lambda cls: (cls.reads, not cls.applies(says or {}), cls.usual))


def services() -> dict[str, dict[str, type[Action]]]:
    """Return service -> operation as the AWS CLI spells it -> action."""
    found: dict[str, dict[str, type[Action]]] = {}
    for cls in actions().values():
        found.setdefault(service_of(cls), {})[kebab(operation_of(cls))] = cls
    return found


def to_log(action: Action) -> dict[str, Any]:
    """Return an action as a log keeps it: tag and parameters, as AWS names them."""
    known: dict[str, Any] = msgspec.to_builtins(action, enc_hook=plain)
    return known


def from_log(command: dict[str, Any]) -> Action:
    """Return the action that a log's command stands for. ConsoleError: there is none, or its parameters are wrong."""
    tag = command.get("api")
    cls = find(Action, tag) if isinstance(tag, str) else None
    if cls is None:
        raise ConsoleError(f"this drill has no action {tag!r}")
    try:
        action: Action = msgspec.convert(command, cls, dec_hook=decode)
        return action
    except msgspec.ValidationError as error:
        raise ConsoleError(f"{tag}: {error}") from None
