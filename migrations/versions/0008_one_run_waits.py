"""one run waits, and a run by hand is not taken up by the schedule"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ASKED = sa.text("state = 'asked'")


def upgrade() -> None:
    op.add_column("runs", sa.Column("goes_on", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(
        "UPDATE runs SET state = 'failed', error = 'another run answers for it' "
        "WHERE state = 'asked' AND id > (SELECT min(id) FROM runs WHERE state = 'asked')"
    )
    op.create_index("uq_runs_asked", "runs", ["state"], unique=True, sqlite_where=ASKED, postgresql_where=ASKED)


def downgrade() -> None:
    op.drop_index("uq_runs_asked", "runs")
    op.drop_column("runs", "goes_on")
