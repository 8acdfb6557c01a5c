"""audit entries are only added

A later step that copies `audit_entries` on SQLite has to create the triggers there again. They name no other table, so
that other tables can be copied.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REFUSAL = "entries of the audit are only added"
SAME = {"sqlite": "NEW.{0} IS OLD.{0}", "postgresql": "NEW.{0} IS NOT DISTINCT FROM OLD.{0}"}
STAYS = ("id", "at", "actor", "what", "verdict_id")
# A member who asks to be forgotten is erased, and a group that becomes a supergroup may turn out to have two rows.
MAY_CHANGE = """
    AND (NEW.detail = OLD.detail OR (NEW.detail = '' AND substr(OLD.detail, 1, 7) = 'member '))
    AND (NEW.chat_id IS NULL) = (OLD.chat_id IS NULL)"""

SQLITE = {
    "changed": "BEFORE UPDATE ON audit_entries WHEN NOT ({allowed})",
    "deleted": "BEFORE DELETE ON audit_entries",
    "replaced": "BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)",
}
POSTGRESQL = f"""
CREATE FUNCTION refuse_to_change_the_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {{allowed}} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
END $$"""
ON_POSTGRESQL = {
    "rows": "BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW",
    "all": "BEFORE TRUNCATE ON audit_entries",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    allowed = " AND ".join(SAME[dialect].format(column) for column in STAYS) + MAY_CHANGE
    if dialect == "sqlite":
        for name, moment in SQLITE.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            op.execute(f"CREATE TRIGGER audit_entries_{name} {moment.format(allowed=allowed)} {refuse}")
        return
    op.execute(POSTGRESQL.format(allowed=allowed))
    for name, moment in ON_POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER audit_entries_{name} {moment} EXECUTE FUNCTION refuse_to_change_the_audit()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER audit_entries_{name}")
        return
    for name in ON_POSTGRESQL:
        op.execute(f"DROP TRIGGER audit_entries_{name} ON audit_entries")
    op.execute("DROP FUNCTION refuse_to_change_the_audit()")
