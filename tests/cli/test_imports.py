"""No two modules of the command, the site or the jobs need each other, not even by an import inside a function."""

from __future__ import annotations

import grimp


def test_no_module_imports_another_that_leads_back_to_it() -> None:
    graph = grimp.build_graph("cli", "review", "jobs")
    imports = [(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)]
    assert len(imports) > 100, "the graph is not empty"
    circles = [(one, other) for one, other in imports if graph.find_shortest_chain(importer=other, imported=one)]
    assert circles == []


def test_only_the_app_imports_the_commands_and_only_main_the_app() -> None:
    graph = grimp.build_graph("cli")
    commands = graph.find_descendants("cli.commands")
    assert len(commands) > 5
    assert {user for command in commands for user in graph.find_modules_that_directly_import(command)} == {"cli.app"}
    assert graph.find_modules_that_directly_import("cli.app") == {"cli.__main__"}
