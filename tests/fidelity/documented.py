"""Which documented behavior each fidelity test holds the drill to, collected for docs/fidelity.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

Confidence = Literal["documented", "typical", "judgment"]
Test = TypeVar("Test", bound=Callable[..., Any])


class Behavior(NamedTuple):
    """One behavior of AWS: what, where it is said, how sure that is, and the test that compares."""

    what: str
    source: str
    confidence: Confidence
    test: str
    other: str = ""  # what AWS says elsewhere, where it says two things: this row is the one that is modeled


BEHAVIORS: list[Behavior] = []


def documented(
    what: str, *, source: str, confidence: Confidence = "documented", other: str = ""
) -> Callable[[Test], Test]:
    """Mark a test with the behavior that it compares with AWS.

    ``confidence``: an AWS document says it; measured or derived by others; or nobody does and it is our judgment.
    ``other``: what another AWS document says instead.
    """

    def mark(test: Test) -> Test:
        BEHAVIORS.append(Behavior(what, source, confidence, f"{test.__module__}:{test.__name__}", other))
        test.behavior = BEHAVIORS[-1]  # type: ignore[attr-defined]
        return test

    return mark


def table() -> str:
    """Return all collected behaviors as a Markdown table, service by service in the order of their tests."""
    rows = ["| behavior | source | confidence |", "|---|---|---|"]
    rows += [f"| {row.what} | {row.source} | {row.confidence} |" for row in sorted(BEHAVIORS)]
    return "\n".join(rows)
