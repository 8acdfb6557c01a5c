"""a chat has settings, rules, trusted members and held messages; what is called beside Telegram is kept as rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(length=256)
NEW_ACTIONS = "('hold', 'restore', 'inform', 'case')"
NEW_TABLES = (
    "bulk_corrections",
    "bulk_decisions",
    "claims",
    "shared_bans",
    "case_messages",
    "second_opinions",
    "deliveries",
    "holds",
    "trusted_members",
    "rules",
)


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.add_column("chats", sa.Column("settings", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("messages", sa.Column("signs", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("messages", sa.Column("attachment", sa.String(length=256), nullable=True))
    op.add_column("messages", sa.Column("author_username", NAME, server_default="", nullable=False))
    op.add_column("verdicts", sa.Column("rule", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("lasts", sa.Integer(), nullable=True))
    op.add_column("actions", sa.Column("lasts", sa.Integer(), nullable=True))
    op.add_column("corrections", sa.Column("note", sa.Text(), nullable=True))
    _create_policies()
    _create_outbound()
    _create_reviewing()


def _create_policies() -> None:
    op.create_table(
        "rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("kind", words("rulekind", "words", "address", "regex"), nullable=False),
        sa.Column("effect", words("ruleeffect", "flag", "allow"), nullable=False),
        sa.Column("pattern", sa.String(length=512), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_rules_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("chat_id", "kind", "pattern", name=op.f("uq_rules_chat_id_kind_pattern")),
    )
    op.create_table(
        "trusted_members",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("trusted_by", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_trusted_members_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_trusted_members")),
    )
    op.create_table(
        "holds",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("state", words("holdstate", "held", "shown", "released", "refused"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_by", NAME, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_holds_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_holds")),
    )
    partial("ix_holds_held", "holds", "created_at", "state = 'held'")
    op.create_table(
        "case_messages",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_case_messages_message_id")),
        sa.ForeignKeyConstraint(["case_id"], ["actions.id"], name=op.f("fk_case_messages_case_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_case_messages")),
    )
    op.create_index("ix_case_messages_case_id", "case_messages", ["case_id"])
    op.create_table(
        "shared_bans",
        sa.Column("action_id", ID, nullable=False),
        sa.Column("verdict_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_shared_bans_action_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_shared_bans_verdict_id")),
        sa.PrimaryKeyConstraint("action_id", "verdict_id", name=op.f("pk_shared_bans")),
    )
    op.create_index("ix_shared_bans_verdict_id", "shared_bans", ["verdict_id"])


def _create_outbound() -> None:
    states = words("actionstate", "pending", "done", "failed", "cancelled")
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    partial("ix_deliveries_pending", "deliveries", "not_before", "state = 'pending'")
    op.create_table(
        "second_opinions",
        sa.Column("verdict_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("is_spam", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_second_opinions_verdict_id")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_second_opinions")),
    )
    partial("ix_second_opinions_waiting", "second_opinions", "asked_at", "answered_at IS NULL")


def _create_reviewing() -> None:
    op.create_table(
        "claims",
        sa.Column("verdict_id", ID, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("actor_name", NAME, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_claims_verdict_id")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_claims")),
    )
    op.create_table(
        "bulk_decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_decisions")),
    )
    op.create_table(
        "bulk_corrections",
        sa.Column("correction_id", ID, nullable=False),
        sa.Column("bulk_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_decisions.id"], name=op.f("fk_bulk_corrections_bulk_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], name=op.f("fk_bulk_corrections_correction_id")),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_bulk_corrections")),
    )
    op.create_index(op.f("ix_bulk_corrections_bulk_id"), "bulk_corrections", ["bulk_id"])


def downgrade() -> None:
    """What is held is gone from its chat, so an older release has nothing to judge in it, and nothing to act on."""
    op.execute("UPDATE messages SET state = 'nothing to judge' WHERE state = 'held'")
    op.execute(f"DELETE FROM actions WHERE kind IN {NEW_ACTIONS}")  # which the releases before do not know
    for table in NEW_TABLES:
        op.drop_table(table)
    op.drop_column("corrections", "note")
    op.drop_column("actions", "lasts")
    op.drop_column("orders", "lasts")
    op.drop_column("verdicts", "rule")
    op.drop_column("messages", "author_username")
    op.drop_column("messages", "attachment")
    op.drop_column("messages", "signs")
    op.drop_column("chats", "settings")
