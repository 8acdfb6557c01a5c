"""standing moves thresholds, and who joined is remembered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.Enum("unknown", "newcomer", "some", "before", "good", name="standing", native_enum=False, length=32)
COUNTED = ["created_at", "standing", "is_shadow"]
KNOWN = sa.text("standing <> 'unknown'")


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("standing", STANDING, server_default="unknown", nullable=False))
    op.create_index("ix_verdicts_standing", "verdicts", COUNTED, sqlite_where=KNOWN, postgresql_where=KNOWN)
    op.add_column("chats", sa.Column("sees_joins_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column("has_comments", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "joins",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_joins_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_joins")),
    )
    op.create_index("ix_messages_chat_id_author_id_id", "messages", ["chat_id", "author_id", "id"])
    op.drop_index("ix_messages_chat_id_author_id", "messages")


def downgrade() -> None:
    op.create_index("ix_messages_chat_id_author_id", "messages", ["chat_id", "author_id"])
    op.drop_index("ix_messages_chat_id_author_id_id", "messages")
    op.drop_table("joins")
    op.drop_column("chats", "has_comments")
    op.drop_column("chats", "sees_joins_since")
    op.drop_index("ix_verdicts_standing", "verdicts")
    op.drop_column("verdicts", "standing")
