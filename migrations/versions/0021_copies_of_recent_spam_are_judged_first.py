"""copies of what was spam within the last hour are judged before other messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

IS_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_table(
        "recent_spam",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_recent_spam_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_spam")),
    )
    op.create_index("ix_recent_spam_message_id", "recent_spam", ["message_id"])
    op.create_index("ix_recent_spam_fingerprint_seen_at", "recent_spam", ["fingerprint", "seen_at"])
    op.add_column("messages", sa.Column("is_unlike_spam", sa.Boolean(), server_default=sa.true(), nullable=False))
    _index(["is_imported", "is_unlike_spam", "is_known", "id"])


def downgrade() -> None:
    _index(["is_imported", "is_known", "id"])
    op.drop_column("messages", "is_unlike_spam")
    op.drop_table("recent_spam")


def _index(columns: list[str]) -> None:
    """The index of what waits, over these columns."""
    op.drop_index("ix_messages_pending", "messages")
    op.create_index("ix_messages_pending", "messages", columns, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)
