"""Versions of the schema, forward only. ``VERSIONS`` is known without importing Alembic, which takes 0.1 s."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent

#: Every version that this release knows, oldest first: the first four characters of the files in ``versions``.
VERSIONS = tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))
HEAD = VERSIONS[-1]
