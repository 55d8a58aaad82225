"""Competitions: what players are told by functions: the board's data, and the hints that they have bought.

Functions of PostgreSQL only; SQLite has no players but its owner.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Make the functions, where there are any."""
    if op.get_bind().dialect.name == "postgresql":
        script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
        driver = op.get_bind().connection.dbapi_connection
        assert driver is not None
        driver.execute(script)  # straight to the driver: many statements, no parameters
