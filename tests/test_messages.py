"""Every sentence is there in both languages, says the same things, and is said somewhere."""

import ast
import pickle
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from iki import messages
from iki.messages import Problem, sentence

ROOT = Path(messages.__file__).parent
CATALOGUE = tomllib.loads((ROOT / "messages.toml").read_text(encoding="utf-8"))
SPEAKERS = {"sentence", "Problem"}


def code() -> Iterator[ast.AST]:
    """All nodes of all modules of the package."""
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT).parts
        if inside[0] not in {"tests", "build"} and not inside[0].startswith("."):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_both_languages_with_the_same_placeholders(key: str) -> None:
    assert set(CATALOGUE[key]) == {"id", "en"}
    assert placeholders(CATALOGUE[key]["id"]) == placeholders(CATALOGUE[key]["en"])


def test_every_sentence_asked_for_exists() -> None:
    asked = {
        node.args[0].value
        for node in code()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in SPEAKERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 20
    assert asked <= set(CATALOGUE)


def test_every_sentence_is_said_somewhere() -> None:
    whole, begun = set(), set()
    for node in code():
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            begun.add(str(node.values[0].value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole.add(node.value)
    prefixes = tuple(start for start in begun if "_" in start)
    assert [key for key in CATALOGUE if key not in whole and not key.startswith(prefixes)] == []


def test_language_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IKI_LANG", raising=False)
    assert sentence("cli_usage") == "Pemakaian:"
    monkeypatch.setenv("IKI_LANG", "en")
    assert sentence("cli_usage") == "Usage:"


def test_a_problem_survives_the_way_between_processes() -> None:
    problem = pickle.loads(pickle.dumps(Problem("export_no_tables", path="x")))
    assert (type(problem), str(problem)) == (Problem, sentence("export_no_tables", path="x"))
