"""Console: the AWS CLI grammar <-> Action. Every front end, script and runbook gives its commands through it.

Everything follows from the Action classes: an action added to the catalog is typed, completed, filled in a form,
explained and logged without a line here. What helps to type one is in ``completion`` and ``manual``: a command that
plays a script needs neither.
"""

from drill.console.grammar import Lookup, compose, opening, parse, render
from drill.console.registry import actions, actions_on, from_log, services, to_log
from drill.console.shape import FieldSpec, fields, prefill
from drill.console.words import ConsoleError, kebab

__all__ = [
    "ConsoleError",
    "FieldSpec",
    "Lookup",
    "actions",
    "actions_on",
    "compose",
    "fields",
    "from_log",
    "kebab",
    "opening",
    "parse",
    "prefill",
    "render",
    "services",
    "to_log",
]
