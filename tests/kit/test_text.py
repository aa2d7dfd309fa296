"""Text as searching sees it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kit.text import fold_case


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dana LEE", "dana lee"),
        ("STRASSE", "straße"),
        ("ÉMILE", "émile"),
        ("e\u0301mile", "Émile"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Ǆ", "ǆ"),
    ],
)
def test_case_and_composition_make_no_difference(one: str, other: str) -> None:
    assert fold_case(one) == fold_case(other)


@pytest.mark.parametrize(("one", "other"), [("Emile", "Émile"), ("a b", "ab"), ("50%", "50_")])
def test_other_differences_are_kept(one: str, other: str) -> None:
    assert fold_case(one) != fold_case(other)


@settings(derandomize=True)
@given(st.text(max_size=50))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold_case(fold_case(text)) == fold_case(text)


@settings(derandomize=True)
@given(st.text(max_size=50))
def test_a_text_is_found_however_it_is_composed(text: str) -> None:
    assert fold_case(unicodedata.normalize("NFD", text)) == fold_case(unicodedata.normalize("NFC", text))
