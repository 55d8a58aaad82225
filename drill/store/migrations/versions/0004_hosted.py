"""Hosted sessions: what the host ordered, how far time has come, and what players ask the host to do."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    """Make the tables, then what PostgreSQL alone can hold."""
    op.create_table(
        "hosted_sessions",
        _text("id", primary_key=True), _text("level"), _text("seed"), _text("engine"), _text("gameplay"),
        _text("content"), _text("facilitator"), sa.Column("t", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("n", sa.Integer, nullable=False, server_default="0"),
        sa.Column("speed", sa.Integer, nullable=False, server_default="1"),
        _text("state", server_default="open"), _when("created_at"), _when("heard_at"),
    )  # fmt: skip
    op.create_table(
        "hosted_entries",
        _text("session_id", sa.ForeignKey("hosted_sessions.id")), sa.Column("n", sa.Integer, nullable=False),
        _text("line"), _when("added_at"),
        sa.PrimaryKeyConstraint("session_id", "n"),
    )  # fmt: skip
    op.create_table(
        "hosted_requests",
        _text("id", primary_key=True), _text("session_id", sa.ForeignKey("hosted_sessions.id")),
        _text("member_id", sa.ForeignKey("members.id")), _text("line"), _when("asked_at"),
        _text("answer", nullable=True),
    )  # fmt: skip
    op.create_index("hosted_requests_open", "hosted_requests", ["session_id", "asked_at"])
    if op.get_bind().dialect.name == "postgresql":
        script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
        driver = op.get_bind().connection.dbapi_connection
        assert driver is not None
        driver.execute(script)  # straight to the driver: many statements, no parameters


def _text(name: str, *rest: object, nullable: bool = False, **given: object) -> sa.Column[str]:
    words = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    return sa.Column(name, words, *rest, nullable=nullable, **given)


def _when(name: str) -> sa.Column[object]:
    now = "clock_timestamp()" if op.get_bind().dialect.name == "postgresql" else "CURRENT_TIMESTAMP"
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text(now))
