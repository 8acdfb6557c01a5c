"""chats choose a strictness"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sa.Enum("cautious", "normal", "strict", name="strictness", native_enum=False, length=32)
    with op.batch_alter_table("chats") as chats:
        chats.add_column(sa.Column("strictness", words, server_default="normal", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("chats") as chats:
        chats.drop_column("strictness")
