"""Reads off templates, scripts and code what a person would see of them, and what of it goes through the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.extract import extract_from_dir
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
REVIEW = ROOT / "review"
OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
IN_CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    "say": None,
    "gettext": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": IN_CONTEXT,
    "gettext_noop": None,
    "pgettext_noop": IN_CONTEXT,
    "Refused": (2,),
}
CALLS = {*KEYWORDS, "Field", "npgettext"}  # whose arguments are looked up, or seen by nobody
SHOWN = {"title", "placeholder", "aria-label", "alt"}  # attributes that people read
VERBATIM = {"code", "pre", "kbd", "script"}
NAMES = {"hamlet", "UTC", "broad"}  # the last is a class, in a block of its own
LETTERS = re.compile(r"[A-Za-z]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z]+|[a-z]{2,} [a-z]{2,}")  # what stands in a table of a template
Message = tuple[str | None, str | tuple[str, ...]]  # its context and its English forms


def messages() -> set[Message]:
    """Every sentence of the site that goes through a catalogue, and those of storage that its pages show."""
    own = extract_from_dir(REVIEW, METHODS, OPTIONS, keywords=KEYWORDS)
    shared = extract_from_dir(ROOT / "storage", METHODS[:1], keywords={"Wording": None})
    return {(context, message) for part in (own, shared) for _, _, message, _, context in part}


def bare_in_template(source: str) -> list[str]:
    """What the template shows in English only."""
    template = Environment(extensions=["jinja2.ext.i18n"]).parse(source)
    reader = _Reader(expressions := [])
    reader.feed("".join(_flat(template, expressions)))
    reader.close()
    return [*reader.bare, *_tables(template)]


def bare_in_script(source: str) -> list[str]:
    """String literals of JavaScript that read like a sentence."""
    code = re.sub(r"^\s*//.*$|\s// .*$", "", source, flags=re.MULTILINE)
    literals = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", code)
    return [text for one in literals for text in one if re.search(r"[A-Z]?[a-z]{2,} [a-z]{2,}", text)][1:]


def bare_in_code(source: str) -> list[str]:
    """Sentences in Python that no catalogue knows: those that begin like one and are not looked up."""
    return [text for text in _constants(ast.parse(source)) if re.match(r"[A-Z][a-z']* [a-z].*[.!?:]", text)]


class _Reader(HTMLParser):
    def __init__(self, expressions: list[nodes.Node]) -> None:
        super().__init__()
        self.bare: list[str] = []
        self._expressions, self._open = expressions, [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SHOWN:
                self._look(value or "")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if VERBATIM.isdisjoint(self._open):
            self._look(data)

    def _look(self, text: str) -> None:
        for number in re.findall("\0([0-9]+)\0", text):
            text += " ".join(["", *_constant_outputs(self._expressions[int(number)])])
        words = set(LETTERS.findall(re.sub("\0[0-9]+\0", " ", text))) - NAMES
        if words:
            self.bare.append(text.strip())


def _flat(template: nodes.Node, expressions: list[nodes.Node]) -> Iterator[str]:
    """The template's HTML with the number of an expression in the place of each."""
    for output in template.find_all(nodes.Output):
        for part in output.nodes:
            if isinstance(part, nodes.TemplateData):
                yield part.data
            else:
                expressions.append(part)
                yield f"\0{len(expressions) - 1}\0"


def _constant_outputs(node: nodes.Node) -> Iterator[str]:
    """The strings that an expression may show as they stand."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        for branch in (node.expr1, node.expr2):
            yield from _constant_outputs(branch) if branch else ()
    elif isinstance(node, nodes.BinExpr | nodes.Concat):
        for part in node.iter_child_nodes():
            yield from _constant_outputs(part)


def _tables(template: nodes.Node) -> Iterator[str]:
    """Strings in a template's lists and dictionaries that read like something to be shown."""
    lists = [table for loop in template.find_all(nodes.For) for table in loop.iter.find_all(nodes.Tuple)]
    for table in [*lists, *template.find_all(nodes.Dict)]:
        for part in table.items:
            value = part.value if isinstance(part, nodes.Pair) else part
            if isinstance(value, nodes.Const) and SENTENCE.search(str(value.value)):
                yield str(value.value)


def _constants(node: ast.AST) -> Iterator[str]:
    """The strings outside of docstrings and of calls that look them up."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and _name(child.func) in CALLS:
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        yield from _constants(child)


def _name(called: ast.AST) -> str:
    if isinstance(called, ast.Call):
        return _name(called.func)
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
