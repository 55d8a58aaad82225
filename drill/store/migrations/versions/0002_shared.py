"""What teams share: events, teams, codes, members, attempts, heads, hints, verdicts.

SQLite gets the tables. PostgreSQL gets the roles' rights, row-level security and functions, too: 0002_shared.sql.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the tables, then what PostgreSQL alone can hold."""
    _columns()
    _events()
    _play()
    if op.get_bind().dialect.name == "postgresql":
        script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
        driver = op.get_bind().connection.dbapi_connection
        assert driver is not None
        driver.execute(script)  # straight to the driver: many statements, no parameters


def _words() -> sa.Text:
    return sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()


def _text(name: str, *rest: object, nullable: bool = False, **given: object) -> sa.Column[str]:
    return sa.Column(name, _words(), *rest, nullable=nullable, **given)


def _when(name: str) -> sa.Column[object]:
    """The time of the statement, not that of its transaction, which may have begun long before."""
    now = "clock_timestamp()" if op.get_bind().dialect.name == "postgresql" else "CURRENT_TIMESTAMP"
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text(now))


def _columns() -> None:
    for name in ("team_id", "event_id", "member_id"):
        op.add_column("runs", _text(name, nullable=True))
    op.add_column("runs", sa.Column("content", sa.LargeBinary))
    op.add_column("runs", sa.Column("received_at", sa.DateTime(timezone=True)))  # of shared ones: a trigger fills it
    op.add_column("runs", sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("runs_by_event", "runs", ["event_id", "team_id", "level"])


def _events() -> None:
    op.create_table(
        "events",
        _text("id", primary_key=True), _text("name", unique=True), _text("spec"), _text("commitment"), _text("state"),
        sa.Column("opens_at", sa.DateTime(timezone=True)), sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.Column("frozen_at", sa.DateTime(timezone=True)), sa.Column("frozen_board", sa.LargeBinary),
        _when("created_at"),
        sa.CheckConstraint("state IN ('announced', 'open', 'closed')", name="events_state"),
    )  # fmt: skip
    op.create_table(
        "event_secrets",
        _text("event_id", sa.ForeignKey("events.id"), primary_key=True), _text("salt"), _text("seeds"), _text("levels"),
    )  # fmt: skip
    op.create_table(
        "event_levels",
        _text("event_id", sa.ForeignKey("events.id")), _text("level"),
        sa.Column("position", sa.Integer, nullable=False), _text("title"), _text("content"), _text("engine"),
        _text("gameplay"), sa.PrimaryKeyConstraint("event_id", "level"),
    )  # fmt: skip
    op.create_table(
        "teams",
        _text("id", primary_key=True), _text("event_id", sa.ForeignKey("events.id")), _text("name"),
        _text("bracket", server_default=""), sa.UniqueConstraint("event_id", "name", name="teams_name"),
    )  # fmt: skip
    op.create_table(
        "codes",
        _text("code", primary_key=True), _text("kind"), _text("ref"),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    op.create_table(
        "members",
        _text("id", primary_key=True), _text("kind"), _text("ref"), _text("name"), _text("role", server_default=""),
        _text("token_hash", unique=True), _when("joined_at"),
    )  # fmt: skip
    op.create_index("members_by_ref", "members", ["ref"])


def _play() -> None:
    op.create_table(
        "attempts",
        _text("id", primary_key=True), _text("event_id", sa.ForeignKey("events.id")),
        _text("team_id", sa.ForeignKey("teams.id")), _text("member_id", sa.ForeignKey("members.id")), _text("level"),
        sa.Column("seed_index", sa.Integer, nullable=False), _when("started_at"),
    )  # fmt: skip
    op.create_index("attempts_by_team", "attempts", ["event_id", "team_id", "level", "seed_index"])
    op.create_table(
        "heads",
        _text("run", sa.ForeignKey("attempts.id")), sa.Column("n", sa.Integer, nullable=False),
        sa.Column("t", sa.Integer, nullable=False), _text("head"), _when("received_at"),
        sa.PrimaryKeyConstraint("run", "n"),
    )  # fmt: skip
    op.create_table(
        "hints",
        _text("run", sa.ForeignKey("attempts.id")), _text("hint"), _when("bought_at"),
        sa.PrimaryKeyConstraint("run", "hint"),
    )  # fmt: skip
    op.create_table(
        "verdicts",
        _text("run", sa.ForeignKey("runs.id"), primary_key=True), sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("entry", sa.Integer), _text("reason", server_default=""),
        sa.Column("points", sa.Integer, nullable=False), sa.Column("won", sa.Boolean, nullable=False),
        sa.Column("stars", sa.Integer, nullable=False), _text("rows", server_default="[]"),
        _text("pace", server_default=""), _when("judged_at"),
    )  # fmt: skip
