"""What a statement is called: words of ours, whatever else stands in it."""

from __future__ import annotations

import pytest

from storage.statements import named


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT messages.id \nFROM messages WHERE messages.text = 'x FROM secret'", "SELECT messages"),
        ("INSERT INTO verdicts (score) VALUES (?)", "INSERT verdicts"),
        ('update "chats" SET title = ?', "UPDATE chats"),
        ("DELETE FROM secret WHERE id = 1", "DELETE"),
        ("WITH waiting AS (SELECT id FROM messages) SELECT 1 FROM waiting", "WITH messages"),
        ("BEGIN IMMEDIATE", "BEGIN"),
        ("SELECT 'secret'", "SELECT"),
        ("secret", "OTHER"),
        ("", "OTHER"),
    ],
)
def test_a_statement_is_named_by_its_first_word_and_a_table_of_ours(statement: str, name: str) -> None:
    assert named(statement) == name
