"""the words in pictures and their perceptual hashes are stored"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATE = sa.Enum("waiting", "read", "failed", name="picturestate", native_enum=False, length=32)
INDEXES = {"waiting": ("message_id", "state = 'waiting'"), "decided": ("decided_at", "decided_at IS NOT NULL")}


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("perceptual_hash", sa.String(length=64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_pictures_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_pictures")),
    )
    for name, (column, where) in INDEXES.items():
        op.create_index(
            f"ix_pictures_{name}", "pictures", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"ix_pictures_{name}", table_name="pictures")
    op.drop_table("pictures")
