"""Which name was probably meant."""

import pytest

from leadline.kit.suggest import find_nearest


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("limt", ["page", "limit"], "limit"),
        ("LIMIT", ["page", "limit"], "limit"),
        ("limit", ["page", "LIMIT"], "LIMIT"),
        ("score", ["score[eq]", "score[ne]"], "score[eq]"),
        ("score", ["score[ne]", "score[eq]"], "score[ne]"),
        ("ab", ["ax"], "ax"),
        ("ab", ["xy"], None),
        ("ab", [], None),
        ("", ["a"], None),
    ],
)
def test_it_is_the_most_alike_and_of_equals_the_first(name: str, known: list[str], meant: str | None) -> None:
    assert find_nearest(name, known, likeness=0.5) == meant
