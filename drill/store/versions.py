"""Versions of the schema, forward only. Known without importing Alembic, which takes 0.1 s.

A new one is a file ``migrations/versions/NNNN_what.py``. That folder is no package: Alembic reads its files by itself.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "migrations"

#: Every version that this release knows, oldest first: the first four characters of the files' names.
VERSIONS = tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))
HEAD = VERSIONS[-1]
