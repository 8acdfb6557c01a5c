"""old messages are looked at again; a list of spammers is asked about newcomers; reactions are counted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(length=256)
STANDINGS = ("unknown", "newcomer", "some", "before", "good")


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    _create_rescans()
    _create_listings()
    _create_reactors()


def _create_rescans() -> None:
    op.create_table(
        "rescans",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("requested_by", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("model_version_id", ID, nullable=True),
        sa.Column("before_row", sa.BigInteger(), nullable=True),
        sa.Column("scanned", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(length=64), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("flagged_at", MOMENT, nullable=True),
        sa.Column("flagged", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_rescans_chat_id")),
        sa.ForeignKeyConstraint(["model_version_id"], ["model_versions.id"], name=op.f("fk_rescans_model_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescans")),
    )
    partial("ix_rescans_waiting", "rescans", "id", "done_at IS NULL")
    op.create_index(op.f("ix_rescans_chat_id"), "rescans", ["chat_id"])
    op.create_table(
        "rescan_hits",
        sa.Column("rescan_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("review_threshold", sa.Double(), nullable=False),
        sa.Column("act_threshold", sa.Double(), nullable=False),
        sa.Column("standing", words("standing", *STANDINGS), nullable=False),
        sa.ForeignKeyConstraint(["rescan_id"], ["rescans.id"], name=op.f("fk_rescan_hits_rescan_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_rescan_hits_message_id")),
        sa.PrimaryKeyConstraint("rescan_id", "message_id", name=op.f("pk_rescan_hits")),
    )


def _create_listings() -> None:
    op.create_table(
        "listings",
        sa.Column("user_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=True),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("source", sa.String(length=256), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_listings")),
    )
    partial("ix_listings_waiting", "listings", "asked_at", "answered_at IS NULL")


def _create_reactors() -> None:
    op.create_table(
        "reactors",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("reacted_at", MOMENT, nullable=False),
        sa.Column("shown_at", MOMENT, nullable=True),
        sa.Column("is_banned", sa.Boolean(), nullable=True),
        sa.Column("decided_by", NAME, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_reactors_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_reactors")),
    )


def downgrade() -> None:
    """A notice about reactions becomes a sentence that was never posted: the releases before know no such notice."""
    op.execute("UPDATE actions SET kind = 'announce', state = 'cancelled', verdict_id = NULL WHERE kind = 'reactions'")
    op.drop_table("reactors")
    op.drop_table("listings")
    op.drop_table("rescan_hits")
    op.drop_table("rescans")
