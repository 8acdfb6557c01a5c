"""learning on a schedule"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by", sa.String(256), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "running", "done", "failed", name="runstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("stage", sa.String(256), nullable=False),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("model_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["model_version_id"], ["model_versions.id"], name=op.f("fk_runs_model_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    with op.batch_alter_table("runs") as batch_op:
        batch_op.create_index("ix_runs_state", ["state"], unique=False)

    op.create_table(
        "snapshot_items",
        sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("correction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_held_out", sa.Boolean(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], name=op.f("fk_snapshot_items_correction_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_items_snapshot_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "correction_id", name=op.f("pk_snapshot_items")),
    )
    with op.batch_alter_table("snapshot_items") as batch_op:
        batch_op.create_index("ix_snapshot_items_correction_id", ["correction_id"], unique=False)

    with op.batch_alter_table("actions") as batch_op:
        batch_op.add_column(sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=True))
        batch_op.alter_column("verdict_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_actions_chat_id"), "chats", ["chat_id"], ["id"])

    with op.batch_alter_table("model_versions") as batch_op:
        batch_op.add_column(sa.Column("parent", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("provenance", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("gate", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("shadow_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_texts", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(
            "uq_model_versions_shadow",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'shadow'"),
            postgresql_where=sa.text("state = 'shadow'"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_model_versions_snapshot_id"), "snapshots", ["snapshot_id"], ["id"])

    with op.batch_alter_table("verdicts") as batch_op:
        batch_op.add_column(sa.Column("is_shadow", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_audited", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("disagrees", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_index("ix_verdicts_spam")
        batch_op.create_index(
            "ix_verdicts_spam",
            ["id"],
            sqlite_where=sa.text("is_spam AND NOT is_shadow"),
            postgresql_where=sa.text("is_spam AND NOT is_shadow"),
        )
        batch_op.create_index(
            "ix_verdicts_audited",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_audited"),
            postgresql_where=sa.text("is_audited"),
        )
        batch_op.create_index(
            "ix_verdicts_shadow",
            ["model_version_id"],
            unique=False,
            sqlite_where=sa.text("is_shadow"),
            postgresql_where=sa.text("is_shadow"),
        )


def downgrade() -> None:
    """An older release knows no shadow, takes nothing back and makes no call that belongs to no verdict."""
    op.execute("UPDATE model_versions SET state = 'challenger' WHERE state = 'shadow'")
    op.execute("UPDATE corrections SET state = 'replaced' WHERE state IN ('withdrawn', 'erased')")
    op.execute("DELETE FROM actions WHERE verdict_id IS NULL OR kind = 'announce'")
    with op.batch_alter_table("verdicts") as batch_op:
        batch_op.drop_index("ix_verdicts_spam")
        batch_op.create_index(
            "ix_verdicts_spam", ["id"], sqlite_where=sa.text("is_spam"), postgresql_where=sa.text("is_spam")
        )
        batch_op.drop_index(
            "ix_verdicts_shadow", sqlite_where=sa.text("is_shadow"), postgresql_where=sa.text("is_shadow")
        )
        batch_op.drop_index(
            "ix_verdicts_audited", sqlite_where=sa.text("is_audited"), postgresql_where=sa.text("is_audited")
        )
        batch_op.drop_column("disagrees")
        batch_op.drop_column("is_audited")
        batch_op.drop_column("is_shadow")

    with op.batch_alter_table("model_versions") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_model_versions_snapshot_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_model_versions_shadow",
            sqlite_where=sa.text("state = 'shadow'"),
            postgresql_where=sa.text("state = 'shadow'"),
        )
        batch_op.drop_column("erased_texts")
        batch_op.drop_column("shadow_from")
        batch_op.drop_column("gate")
        batch_op.drop_column("provenance")
        batch_op.drop_column("snapshot_id")
        batch_op.drop_column("parent")

    with op.batch_alter_table("actions") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_actions_chat_id"), type_="foreignkey")
        batch_op.alter_column("verdict_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("text")
        batch_op.drop_column("chat_id")

    with op.batch_alter_table("snapshot_items") as batch_op:
        batch_op.drop_index("ix_snapshot_items_correction_id")

    op.drop_table("snapshot_items")
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_index("ix_runs_state")

    op.drop_table("runs")
    op.drop_table("snapshots")
