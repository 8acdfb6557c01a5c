"""verdicts know a strange script and what the words alone score; who joins can be judged by name"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("script", sa.String(length=32), nullable=True))
    op.add_column("verdicts", sa.Column("script_weight", sa.Double(), server_default="0", nullable=False))
    op.add_column("verdicts", sa.Column("score_without_names", sa.Double(), nullable=True))
    op.add_column("messages", sa.Column("is_join", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """An older release knows no joins: what was decided about them stays, and what still waits is never judged."""
    op.execute(
        "UPDATE messages SET state = 'nothing to judge' WHERE state = 'joined' OR (is_join AND state = 'pending')"
    )
    op.drop_column("messages", "is_join")
    op.drop_column("verdicts", "score_without_names")
    op.drop_column("verdicts", "script_weight")
    op.drop_column("verdicts", "script")
