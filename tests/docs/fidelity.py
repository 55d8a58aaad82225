"""docs/fidelity.md, from the tests in tests/fidelity: ``python -m tests.docs.fidelity > docs/fidelity.md``."""

from __future__ import annotations

import importlib
import pkgutil

import tests.fidelity
from tests.fidelity.documented import BEHAVIORS

HEAD = """\
# Fidelity

What the simulation is held to, test by test: each row is a behavior of AWS, where it is said, and the test in
`tests/fidelity` that compares. *documented*: an AWS document says it; *typical*: measured or reported by others;
*judgment*: nobody says, and this is what we chose. Every action is compared with botocore's own models besides
(`tests/fidelity/test_botocore.py`). Where AWS documents two answers, the row is the one that is modeled, and
*elsewhere* names the other.

This page is generated: `python -m tests.docs.fidelity > docs/fidelity.md`.
"""


def page() -> str:
    """Return the whole page, service by service."""
    for module in pkgutil.iter_modules(tests.fidelity.__path__, "tests.fidelity."):
        importlib.import_module(module.name)
    services: dict[str, list[str]] = {}
    for row in sorted(BEHAVIORS):
        service, _, what = row.what.partition(": ")
        module, _, name = row.test.rpartition(":")
        what += f" (*elsewhere:* {row.other})" if row.other else ""
        cells = (what[:1].upper() + what[1:], row.source, row.confidence, f"`{module.rpartition('.')[2]}::{name}`")
        services.setdefault(service, []).append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    parts = [HEAD]
    for service, rows in services.items():
        parts.append(f"## {service}\n\n| behavior | source | confidence | test |\n|---|---|---|---|\n" + "".join(rows))
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
