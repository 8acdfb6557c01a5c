"""roles, the audit and the queue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLE = sa.Enum("operator", "moderator", name="role", native_enum=False, length=32)
PARTS = {
    "ix_verdicts_disagrees": (["message_id"], "disagrees"),
    "ix_verdicts_doubt": (["doubt", "id"], "NOT is_shadow"),
    "ix_verdicts_spam_doubt": (["doubt", "id"], "is_spam AND NOT is_shadow"),
}
WORDS = "to_tsvector('simple', left(text, 20000) || ' ' || author_name)"  # the queue's search


def upgrade() -> None:
    for table in ("login_links", "login_sessions"):
        with op.batch_alter_table(table) as logins:
            logins.add_column(sa.Column("role", ROLE, server_default="operator", nullable=False))
            logins.add_column(sa.Column("user_id", sa.BigInteger(), nullable=True))
            logins.add_column(sa.Column("chat_ids", sa.JSON(), nullable=True))
    op.create_table(
        "audit_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(256), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chat_id", ID, nullable=True),
        sa.Column("verdict_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_audit_entries_chat_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_audit_entries_verdict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_chat_id", "audit_entries", ["chat_id", "id"])
    is_stored = op.get_bind().dialect.name == "postgresql"  # SQLite adds no stored one, and can index the other kind
    doubt = sa.Computed("abs(score - review_threshold)", persisted=is_stored or None)
    op.add_column("verdicts", sa.Column("doubt", sa.Double(), doubt, nullable=False))
    for name, (columns, where) in PARTS.items():
        op.create_index(name, "verdicts", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("ix_verdicts_created_at", "verdicts", ["created_at"])
    flagged = sa.text("state = 'spam' OR edit > 0")
    op.create_index("ix_messages_flagged", "messages", ["chat_id"], sqlite_where=flagged, postgresql_where=flagged)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_messages_words ON messages USING gin (({WORDS}))")


def downgrade() -> None:
    """What was set aside teaches an older release nothing either. Who came in as a moderator would be an operator there."""
    op.execute("UPDATE corrections SET state = 'replaced' WHERE state = 'set aside'")
    for table in ("login_links", "login_sessions"):
        op.execute(f"DELETE FROM {table} WHERE role = 'moderator'")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_messages_words", "messages")
    op.drop_index("ix_messages_flagged", "messages")
    for name in ("ix_verdicts_created_at", *PARTS):
        op.drop_index(name, "verdicts")
    op.drop_column("verdicts", "doubt")
    op.drop_table("audit_entries")
    for table in ("login_links", "login_sessions"):
        with op.batch_alter_table(table) as logins:
            for name in ("chat_ids", "user_id", "role"):
                logins.drop_column(name)
