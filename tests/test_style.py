"""STYLE.md, as far as a machine can hold it. A limit is today's number, and may only go down."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house import SOURCE, House, is_context_dependent, is_one_word, measure

MAX_ONE_WORD_FUNCTIONS = 9.0
MAX_ONE_WORD_CLASSES = 14.5
MAX_CONTEXT_DEPENDENT_DOCSTRINGS = 0.5
"""Per cent of all functions, classes, docstrings."""
MAX_MODULES_OF_A_NAME = 6
"""Modules that may define the same function or class, outside of any other."""
BARE_WORDS = re.compile(r"_?(FEW|MANY|MOST|LEAST|FAR|NEAR|CLOSE|LOW|HIGH|WIDER|QUICK|SLOW|LONG|AT_ONCE|ROUNDS|TRIES)")
"""Names of numbers that say neither a unit nor a thing."""


@pytest.fixture(scope="module")
def house() -> House:
    return measure()


def test_functions_have_a_verb_and_an_object(house: House) -> None:
    assert house.one_word_functions <= MAX_ONE_WORD_FUNCTIONS


def test_classes_have_two_words(house: House) -> None:
    assert house.one_word_classes <= MAX_ONE_WORD_CLASSES


def test_docstrings_name_their_subject(house: House) -> None:
    assert house.context_dependent_docstrings <= MAX_CONTEXT_DEPENDENT_DOCSTRINGS


def test_no_function_is_long(house: House) -> None:
    assert house.long_functions == 0


def test_a_number_is_named_for_its_unit_or_its_thing() -> None:
    named = [(module.name, name) for module in SOURCE.rglob("*.py") for name in numbers_of(module)]
    assert named, "there are constants"
    assert [one for one in named if BARE_WORDS.fullmatch(one[1])] == []


def test_a_name_is_not_for_everything() -> None:
    names = Counter(name for module in SOURCE.rglob("*.py") for name in public_names_of(module))
    assert [name for name, modules in names.items() if modules > MAX_MODULES_OF_A_NAME] == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("find", True),
        ("_find", True),
        ("Kept", True),
        ("find_lead", False),
        ("SortedIndex", False),
        ("HTTPError", False),
    ],
)
def test_words_are_counted(name: str, is_one: bool) -> None:
    assert is_one_word(name) is is_one


def test_a_docstring_that_needs_the_code_above_is_known() -> None:
    assert is_context_dependent("Whether it waited too long.")
    assert not is_context_dependent("True if the write waited too long.")
    assert not is_context_dependent("Whatsoever.")


def numbers_of(module: Path) -> set[str]:
    found = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.BinOp):
            value = node.value.value if isinstance(node.value, ast.Constant) else 0
            if isinstance(value, int | float) and isinstance(node.targets[0], ast.Name):
                found.add(node.targets[0].id)
    return found


def public_names_of(module: Path) -> set[str]:
    nodes = ast.parse(module.read_text("utf-8")).body
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name for node in nodes if isinstance(node, kinds) and not node.name.startswith("_")}
