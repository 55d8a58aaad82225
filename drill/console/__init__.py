"""Console: the AWS CLI grammar <-> Action. Every front end, script and runbook gives its commands through it.

Everything follows from the Action classes: an action added to the catalog is typed, completed, filled in a form,
explained and logged without a line here.
"""

from drill.console.completion import Completion, choices_for, complete
from drill.console.grammar import Lookup, compose, opening, parse, render
from drill.console.manual import help_for, usage
from drill.console.registry import actions, actions_on, from_log, services, to_log
from drill.console.shape import FieldSpec, fields, prefill
from drill.console.words import ConsoleError, kebab

__all__ = [
    "Completion",
    "ConsoleError",
    "FieldSpec",
    "Lookup",
    "actions",
    "actions_on",
    "choices_for",
    "complete",
    "compose",
    "fields",
    "from_log",
    "help_for",
    "kebab",
    "opening",
    "parse",
    "prefill",
    "render",
    "services",
    "to_log",
    "usage",
]
