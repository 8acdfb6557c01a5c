"""newcomers' messages are judged before those of members whose messages were ham"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IS_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("is_known", sa.Boolean(), server_default=sa.false(), nullable=False))
    _index(["is_imported", "is_known", "id"])


def downgrade() -> None:
    _index(["is_imported", "id"])
    op.drop_column("messages", "is_known")


def _index(columns: list[str]) -> None:
    """The index of what waits, over these columns."""
    op.drop_index("ix_messages_pending", "messages")
    op.create_index("ix_messages_pending", "messages", columns, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)
