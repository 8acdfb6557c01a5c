"""What a file of code refers to, by full names, and what SQL it puts together: read off the code, whatever it is imported as."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LITERAL_SQL = {"text", "literal_column"}  # of sqlalchemy
STATEMENTS = {"exec_driver_sql", "executescript"}  # methods that take SQL alone
EXECUTES = {"execute", "executemany"}  # methods that take SQL or what sqlalchemy made of it


class Names:
    """The full names that a file's own names stand for."""

    def __init__(self, tree: ast.AST) -> None:
        self._imported: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self._imported |= {one.asname: one.name for one in node.names if one.asname}
            elif isinstance(node, ast.ImportFrom):
                self._imported |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}

    def of(self, node: ast.AST) -> str:
        """`torch.load` for `t.load` after `import torch as t`; nothing for what is no dotted name."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id, node.id).removeprefix("builtins.")
        if isinstance(node, ast.Attribute):
            inner = self.of(node.value)
            return f"{inner}.{node.attr}".removeprefix("builtins.") if inner else ""
        return ""


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that a file imports, with what it takes from each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}".removeprefix("builtins.") for one in node.names)


def joined_sql(tree: ast.AST) -> Iterator[str]:
    """The arguments of calls that run SQL which is not written there: put together, or made elsewhere."""
    names, made = Names(tree), _put_together_before(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            sql, method = node.args[0], node.func.attr if isinstance(node.func, ast.Attribute) else ""
            module, _, name = names.of(node.func).rpartition(".")
            is_literal = name in LITERAL_SQL and module.partition(".")[0] == "sqlalchemy"
            is_driver = method in EXECUTES and (is_put_together(sql) or (isinstance(sql, ast.Name) and sql.id in made))
            if ((is_literal or method in STATEMENTS) and not _is_written_out(sql)) or is_driver:
                yield ast.unparse(sql)


def _put_together_before(tree: ast.AST) -> set[str]:
    """The names that a text which is put together is given to."""
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and is_put_together(node.value)]
    return {target.id for node in given for target in node.targets if isinstance(target, ast.Name)}


def is_put_together(node: ast.AST) -> bool:
    """Whether a text is made of parts that are not all written there."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Constant)
    ):
        return node.func.attr in ("format", "join", "replace")
    is_text = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and _holds_text(node))
    return is_text and not _is_written_out(node)


def _holds_text(node: ast.BinOp) -> bool:
    parts = (node.left, node.right)
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        or (isinstance(part, ast.BinOp) and _holds_text(part))
        for part in parts
    )


def _is_written_out(node: ast.AST) -> bool:
    """Whether a text is a constant, or made of constants alone, which have names in capitals."""
    if isinstance(node, ast.JoinedStr):
        return all(map(_is_written_out, node.values))
    if isinstance(node, ast.FormattedValue):
        return _is_written_out(node.value)
    if isinstance(node, ast.IfExp):
        return _is_written_out(node.body) and _is_written_out(node.orelse)
    if isinstance(node, ast.BinOp):
        return _is_written_out(node.left) and _is_written_out(node.right)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())
