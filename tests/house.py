"""Measures of the source code: names, docstrings, sizes. `make house` shows them, tests/test_style.py bounds them."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[1] / "src" / "leadline"
MAX_FUNCTION_LINES = 50
CONTEXT_DEPENDENT = re.compile(
    r"(What|Whatever|Whether|Those|These|The same|The other|The rest|As|Of|Who|Whoever|Whom|Whose|Some|One|Ones"
    r"|It|Its|They|Their|That|Where|How|Which|So|Such|Also|Else|Neither|Nor|Not|Unlike|Like this)\b"
)
"""How a docstring begins that cannot be understood without the code above it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class House(NamedTuple):
    """Shares are per cent of all functions, classes or docstrings; lengths are lines."""

    files: int
    lines: int
    longest_file: int
    functions: int
    one_word_functions: float
    longest_function: int
    long_functions: float
    classes: int
    one_word_classes: float
    docstrings: int
    context_dependent_docstrings: float


def measure(folder: Path = SOURCE) -> House:
    sources = [path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    functions = [node for node in nodes if isinstance(node, Function) and not _is_special(node.name)]
    lengths = [_length(node) for node in functions]
    classes = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    docstrings = list(find_docstrings(nodes))
    file_lengths = [source.count("\n") for source in sources]
    return House(
        files=len(sources),
        lines=sum(file_lengths),
        longest_file=max(file_lengths),
        functions=len(functions),
        one_word_functions=_share(is_one_word(node.name) for node in functions),
        longest_function=max(lengths),
        long_functions=_share(length > MAX_FUNCTION_LINES for length in lengths),
        classes=len(classes),
        one_word_classes=_share(map(is_one_word, classes)),
        docstrings=len(docstrings),
        context_dependent_docstrings=_share(map(is_context_dependent, docstrings)),
    )


def find_docstrings(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | Function) and (text := ast.get_docstring(node)):
            yield text


def is_context_dependent(docstring: str) -> bool:
    return CONTEXT_DEPENDENT.match(docstring) is not None


def is_one_word(name: str) -> bool:
    """True for `find` and `Kept`, False for `find_lead` and `SortedIndex`. An acronym counts as one word."""
    return len(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name)) == 1


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _length(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def _share(truths: "Iterator[bool] | map[bool]") -> float:
    known = list(truths)
    return round(100 * sum(known) / max(1, len(known)), 1)


if __name__ == "__main__":
    for name, value in measure(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE)._asdict().items():
        print(f"{name.replace('_', ' '):30} {value:>8}")  # noqa: T201
