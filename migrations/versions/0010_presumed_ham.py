"""presumed ham, and the history it may come from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("chats", sa.Column("history_settled_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "snapshot_presumed",
        sa.Column("snapshot_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("is_held_out", sa.Boolean(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_snapshot_presumed_message_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_presumed_snapshot_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "message_id", name=op.f("pk_snapshot_presumed")),
    )
    op.create_index("ix_snapshot_presumed_message_id", "snapshot_presumed", ["message_id"])


def downgrade() -> None:
    """What was imported from before hamlet is ham to an older release: it was never flagged, and is not judged now."""
    op.execute("UPDATE messages SET state = 'ham' WHERE state = 'history'")
    op.drop_table("snapshot_presumed")
    op.drop_column("chats", "history_settled_until")
