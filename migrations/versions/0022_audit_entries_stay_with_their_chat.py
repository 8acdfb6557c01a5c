"""audit entries stay with their chat

An entry's chat changes only where a group became a supergroup that had a row of its own already: the entries go over to
the row of the group, as `storage/access/moved.py` does it. A later step that copies `audit_entries`, `chats` or `moves`
on SQLite has to drop the trigger `audit_entries_changed` before and create it afterwards, for it names all three.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

REFUSAL = "entries of the audit are only added"
SAME = {"sqlite": "NEW.{0} IS OLD.{0}", "postgresql": "NEW.{0} IS NOT DISTINCT FROM OLD.{0}"}
STAYS = ("id", "at", "actor", "what", "verdict_id")
ERASED = "(NEW.detail = OLD.detail OR (NEW.detail = '' AND substr(OLD.detail, 1, 7) = 'member '))"
ANY_CHAT = "(NEW.chat_id IS NULL) = (OLD.chat_id IS NULL)"
OF_A_MOVE = """
    EXISTS (
        SELECT 1 FROM moves
        JOIN chats AS its_group ON its_group.external_id = moves.old_id AND its_group.platform = 'telegram'
        JOIN chats AS supergroup ON supergroup.external_id = moves.new_id AND supergroup.platform = 'telegram'
        WHERE its_group.id = NEW.chat_id AND supergroup.id = OLD.chat_id
    )"""
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION refuse_to_change_the_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {{allowed}} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
END $$"""


def upgrade() -> None:
    same = SAME[op.get_bind().dialect.name].format("chat_id")
    _allow(f"({same} OR {OF_A_MOVE})")


def downgrade() -> None:
    _allow(ANY_CHAT)


def _allow(chat: str) -> None:
    """From here on an entry is changed as far as this says of its chat, and as a member who is forgotten has it."""
    dialect = op.get_bind().dialect.name
    allowed = " AND ".join([*(SAME[dialect].format(column) for column in STAYS), ERASED, chat])
    if dialect == "sqlite":
        op.execute("DROP TRIGGER audit_entries_changed")
        moment = f"BEFORE UPDATE ON audit_entries WHEN NOT ({allowed})"
        op.execute(f"CREATE TRIGGER audit_entries_changed {moment} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
    else:
        op.execute(POSTGRESQL.format(allowed=allowed))
