"""imported samples wait behind live messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IS_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("is_imported", sa.Boolean(), server_default=sa.false(), nullable=False))
    _index(["is_imported", "id"])


def downgrade() -> None:
    _index(["id"])
    op.drop_column("messages", "is_imported")


def _index(columns: list[str]) -> None:
    """The index of what waits, over these columns."""
    op.drop_index("ix_messages_pending", "messages")
    op.create_index("ix_messages_pending", "messages", columns, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)
