"""Saved runs, as releases before Alembic made them (those are adopted), and the outbox."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make both tables; a file of an older release has the first."""
    words = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()

    def text(name: str, **given: object) -> sa.Column[str]:
        return sa.Column(name, words, nullable=False, **given)

    if not sa.inspect(op.get_bind()).has_table("runs"):
        op.create_table(
            "runs",
            text("id", primary_key=True), text("level"), text("gameplay"), text("engine"), text("seed"),
            text("operator"), text("started"), text("ended"), sa.Column("won", sa.Boolean, nullable=False),
            sa.Column("points", sa.Integer, nullable=False), sa.Column("stars", sa.Integer, nullable=False),
            text("rows"), text("log"), text("digest"),
            sqlite_with_rowid=False,
        )  # fmt: skip
        op.create_index("runs_by_level", "runs", ["level", sa.text("won DESC"), sa.text("points DESC"), "ended"])
    op.create_table(
        "outbox",
        text("id", primary_key=True), text("kind"), text("server"), text("payload"), text("created"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try", sa.Integer, nullable=False, server_default="0"),
        text("last_error", server_default=""),
    )  # fmt: skip
