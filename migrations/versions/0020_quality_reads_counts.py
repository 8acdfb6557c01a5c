"""the page of quality reads counts of hours, and decisions with what they were about beside them"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COPIED: dict[str, sa.types.TypeEngine[Any]] = {
    "chat_id": sa.BigInteger(),
    "judged_at": sa.DateTime(timezone=True),
    "hour": sa.Integer(),
    "score": sa.Double(),
    "step": sa.Integer(),
    "tenth": sa.Integer(),
    "was_flagged": sa.Boolean(),
    "was_audited": sa.Boolean(),
    "is_only": sa.Boolean(),
}
INDEXES = {
    "ix_corrections_apart": ("corrections", ["judged_at", "verdict_id"], "judged_at IS NULL OR NOT is_only"),
    "ix_verdicts_message_id": ("verdicts", ["message_id", "id"], "NOT is_shadow"),
}


def upgrade() -> None:
    for name, kind in COPIED.items():
        op.add_column("corrections", sa.Column(name, kind, nullable=True))
    op.create_index("ix_corrections_judged_at", "corrections", ["judged_at"])
    for name, (table, columns, where) in INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "hour_counts",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "chat_id", name=op.f("pk_hour_counts")),
    )


def downgrade() -> None:
    op.drop_table("hour_counts")
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_index("ix_corrections_judged_at", "corrections")
    for name in reversed(COPIED):
        op.drop_column("corrections", name)
