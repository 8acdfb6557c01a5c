"""a model version's row has the hash of its manifest; versions from before have none"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("model_versions", sa.Column("manifest_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("model_versions", "manifest_hash")
