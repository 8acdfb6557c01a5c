"""a message knows which picture, video, file or sticker it came with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("media_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "media_id")
