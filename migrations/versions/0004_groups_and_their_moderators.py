"""groups and their moderators"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("set_by", sa.String(256), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_link_codes_chat_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("spam", "ban", "ban for good", "warn", "ham", name="orderkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("actor", sa.String(256), nullable=False),
        sa.Column("actor_name", sa.String(256), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_orders_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders") as batch_op:
        batch_op.create_index("ix_orders_message_id", ["message_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_reports_message_id")),
        sa.PrimaryKeyConstraint("message_id", "reporter_id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports") as batch_op:
        batch_op.create_index("ix_reports_reporter_id", ["reporter_id", "created_at"], unique=False)

    op.create_table(
        "appeals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verdict_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_appeals_verdict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_appeals_verdict_id")),
    )
    with op.batch_alter_table("actions") as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("user_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("chats") as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=8), server_default="en", nullable=False))
        batch_op.add_column(sa.Column("standing_after", sa.Integer(), server_default="5", nullable=False))
        batch_op.add_column(sa.Column("reports_needed", sa.Integer(), server_default="2", nullable=False))
        batch_op.add_column(sa.Column("reports_an_hour", sa.Integer(), server_default="10", nullable=False))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_because", sa.Text(), nullable=True))

    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("album_id", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("thread_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("picture_id", sa.String(length=256), nullable=True))
        batch_op.create_index("ix_messages_chat_id_author_id", ["chat_id", "author_id"], unique=False)


def downgrade() -> None:
    """An older release only notifies and deletes, and cancels nothing."""
    op.execute("DELETE FROM actions WHERE kind IN ('restrict', 'ban', 'lift', 'unban', 'remove', 'warn', 'digest')")
    op.execute("UPDATE actions SET state = 'failed' WHERE state = 'cancelled'")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_index("ix_messages_chat_id_author_id")
        batch_op.drop_column("picture_id")
        batch_op.drop_column("thread_id")
        batch_op.drop_column("album_id")

    with op.batch_alter_table("chats") as batch_op:
        batch_op.drop_column("paused_because")
        batch_op.drop_column("paused_at")
        batch_op.drop_column("reports_an_hour")
        batch_op.drop_column("reports_needed")
        batch_op.drop_column("standing_after")
        batch_op.drop_column("language")

    with op.batch_alter_table("actions") as batch_op:
        batch_op.drop_column("is_automatic")
        batch_op.drop_column("until")
        batch_op.drop_column("user_id")
        batch_op.drop_column("message_id")

    op.drop_table("appeals")
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_index("ix_reports_reporter_id")

    op.drop_table("reports")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_index("ix_orders_message_id")

    op.drop_table("orders")
    op.drop_table("link_codes")
    op.drop_table("switches")
