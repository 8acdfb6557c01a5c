"""groups that became supergroups, sentences said in a topic, appeals of those whom an order banned"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moves",
        sa.Column("old_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_moves")),
    )
    op.add_column("actions", sa.Column("thread_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM actions WHERE kind = 'appeal'")  # which the releases before do not know
    op.drop_column("actions", "thread_id")
    op.drop_table("moves")
