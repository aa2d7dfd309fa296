"""What holds for every value: of field types, of filters and searches, of pages, of times."""

import json
import operator
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records.body import read_new
from leadline.records.structures import AddressField, TagsField
from leadline.records.texts import EmailField, PhoneField, ReferenceField, SlugField, TextField
from leadline.records.times import DateField, TimeField
from leadline.records.types import ChoiceField, FieldType, FlagField, IntegerField, MoneyField, Rejected
from tests.cast import Desk
from tests.size import examples

stable = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

WRITTEN = st.characters(exclude_categories=("Cs", "Cc"))
TEXTS = st.text(WRITTEN, max_size=40)
AMOUNTS = st.decimals(0, 99_999_999_999, places=4)
ULIDS = st.text("0123456789abcdefghjkmnpqrstvwxyzABCDEFGHJKMNPQRSTVWXYZ", min_size=25, max_size=25).map("7{}".format)
PARTS = st.fixed_dictionaries({}, optional={part: st.none() | TEXTS for part in AddressField.parts})

TYPES: dict[str, tuple[FieldType, st.SearchStrategy[Any]]] = {
    "text": (TextField(), TEXTS),
    "lines": (TextField(lines=True, max_length=500), st.text(st.sampled_from("a\r\n é"), max_size=50)),
    "email": (EmailField(), st.emails()),
    "phone": (PhoneField(), st.from_regex(r"\A[+ ()]{0,3}([0-9][ ./-]?){3,20}\Z")),
    "slug": (SlugField(known=("referral",)), st.from_regex(r"\A[a-z0-9_]{0,50}\Z")),
    "reference": (ReferenceField(to="lead", prefix="ld"), ULIDS.map("ld_{}".format)),
    "choice": (ChoiceField(values=("new", "lost")), st.sampled_from(["new", "lost"])),
    "integer": (
        IntegerField(minimum=1, maximum=10),
        st.integers(1, 10) | st.integers(1, 10).map("{}.0".format).map(Decimal),
    ),
    "money": (MoneyField(), st.integers(0, 99_999_999_999) | AMOUNTS),
    "flag": (FlagField(), st.booleans()),
    "moment": (
        TimeField(),
        st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30)).map(lambda at: at.isoformat()[:19]),
    ),
    "date": (DateField(), st.dates().map(str)),
    "tags": (TagsField(each=TextField(max_length=50)), st.lists(TEXTS, max_size=50)),
    "address": (AddressField(each=TextField()), PARTS),
}
"""Each type, with what it takes."""

of_each_type = pytest.mark.parametrize("name", TYPES)


def over_the_wire(value: Any) -> Any:
    """The value as JSON brings it back."""
    return json.loads(json.dumps(value), parse_float=Decimal)


@of_each_type
@given(data=st.data())
@stable
def test_what_was_read_reads_as_itself(name: str, data: st.DataObject) -> None:
    type_, values = TYPES[name]
    value = type_.parse_value(data.draw(values))
    assert value is None or type_.parse_value(over_the_wire(value)) == value


@of_each_type
@given(data=st.data())
@stable
def test_what_is_stored_loads_as_itself(name: str, data: st.DataObject) -> None:
    type_, values = TYPES[name]
    value = type_.parse_value(data.draw(values))
    store, load = type_.to_column() or (lambda value: value), type_.from_column() or (lambda value: value)
    loaded = load(store(value))
    assert (loaded, type(loaded)) == (value, type(value))


@of_each_type
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, st.lists, max_leaves=3))
@stable
def test_anything_else_is_read_or_rejected_with_a_sentence(name: str, value: Any) -> None:
    rejected = rejection(TYPES[name][0], value)
    assert rejected is None or (rejected.code and rejected.message.startswith(("must ", "has ", "names ")))


def rejection(type_: FieldType, value: object) -> Rejected | None:
    try:
        type_.parse_value(value)
    except Rejected as rejected:
        return rejected
    return None


@given(AMOUNTS)
@example(Decimal("99999999999.9999"))
@example(Decimal("0.0001"))
@example(Decimal("1E+5"))
@stable
def test_an_amount_is_kept_to_the_last_decimal(amount: Decimal) -> None:
    if amount > MoneyField.maximum:
        with pytest.raises(Rejected):
            MoneyField().parse_value(amount)
        return
    value = MoneyField().parse_value(amount)
    assert MoneyField().to_column()(value) == amount * 10_000 == MoneyField().parse_filter("eq", f"{amount:f}")
    assert over_the_wire(value) == amount


@given(st.decimals(0, 1_000, places=7).filter(lambda amount: amount != round(amount, 4)))
@stable
def test_an_amount_with_more_decimals_is_rejected_not_rounded(amount: Decimal) -> None:
    with pytest.raises(Rejected, match="four decimals"):
        MoneyField().parse_value(amount)


OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1970, 1, 3), datetime(9998, 12, 29), timezones=st.just(UTC) | OFFSETS)


@given(at=TIMES, letter=st.sampled_from("Tt "), colon=st.booleans(), plus=st.sampled_from("+ "))
@stable
def test_a_time_means_what_datetime_says_it_means(at: datetime, letter: str, colon: bool, plus: str) -> None:
    at = at.replace(microsecond=0)
    zone = at.strftime("%z") if not colon else at.isoformat()[19:]
    text = at.strftime("%Y-%m-%d").rjust(10, "0") + letter + at.strftime("%H:%M:%S") + zone.replace("+", plus)
    assert TimeField().parse_value(text) == at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@given(at=TIMES, second=st.integers(-2, 2))
@pytest.mark.parametrize(
    ("name", "compare"), [("gt", operator.gt), ("gte", operator.ge), ("lt", operator.lt), ("lte", operator.le)]
)
@stable
def test_a_fraction_of_a_second_is_compared_exactly(name: str, compare: Any, at: datetime, second: int) -> None:
    stored = at.replace(microsecond=0) + timedelta(seconds=second)
    operand = TimeField().parse_filter(name, at.isoformat())
    assert compare(int(stored.timestamp()), operand) == compare(stored, at)


def fold(text: str | None) -> str:
    return unicodedata.normalize("NFC", (text or "").casefold())


class People:
    """Leads with arbitrary names, as they are kept in this test and on the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.known: list[dict[str, Any]] = []

    def add(self, *bodies: dict[str, Any]) -> None:
        async def work(tx: Transaction) -> list[dict[str, Any]]:
            create = self.desk.app.records.create
            drafts = [read_new(LEADS, {"email": "dana@startup.example", **body}) for body in bodies]
            system = self.desk.acme.system
            return [(await create(tx, system, LEADS, draft)).record.values for draft in drafts]

        self.known += self.desk.run(self.desk.app.database.write(work))

    def found(self, **parameters: str) -> tuple[int, list[str]]:
        answer = self.desk.team.get("/api/leads/", params={**parameters, "limit": "100"})
        assert answer.status_code == 200, answer.text
        return answer.json()["count"], [lead["id"] for lead in answer.json()["results"]]

    def expected(self, holds: Any) -> tuple[int, list[str]]:
        ids = [str(lead["id"]) for lead in reversed(self.known) if holds(lead)]
        return len(ids), ids[:100]


@pytest.fixture
def people(desk: Desk) -> People:
    """Nobody at first; they grow from example to example."""
    return People(desk)


NAMES = st.text(st.sampled_from("aAbßéE\u0301ẞıİſΣς%_\\'\"*😀🏳 ") | WRITTEN, min_size=1, max_size=12).filter(
    TextField().parse_value
)


@given(names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3), data=st.data())
@settings(stable, max_examples=examples(60))
def test_a_search_finds_exactly_what_contains_it(
    people: People, names: list[tuple[str, str]], data: st.DataObject
) -> None:
    people.add(*({"lastName": last, "company": company} for last, company in names))
    inside = st.sampled_from([text for pair in names for text in pair])
    word = data.draw(inside.flatmap(lambda text: st.integers(0, len(text) - 1).map(lambda at: text[at:])) | NAMES)
    if not word.strip():
        return
    text = fold(word.strip())
    parts = ("lastName", "email", "company")
    assert people.found(search=word) == people.expected(lambda lead: any(text in fold(lead[part]) for part in parts))


@given(names=st.lists(NAMES, min_size=1, max_size=3), word=NAMES, data=st.data())
@settings(stable, max_examples=examples(60))
def test_a_filter_finds_exactly_what_it_says(
    people: People, names: list[str], word: str, data: st.DataObject
) -> None:
    people.add(*({"lastName": name, "leadScore": len(name) % 10 + 1} for name in names))
    text = fold(data.draw(st.sampled_from([word, *names])).strip())  # blanks around it do not count
    known: dict[str, Callable[[str], bool]] = {
        "contains": lambda name: text in name,
        "startswith": lambda name: name.startswith(text),
        "eq": lambda name: name == text,
        "ne": lambda name: name != text,
        "gt": lambda name: name > text,
        "lte": lambda name: name <= text,
    }
    name = data.draw(st.sampled_from(sorted(known)))
    score = data.draw(st.integers(0, 11))
    found = people.found(**{f"lastName[{name}]": text, "leadScore[gte]": str(score)})
    assert found == people.expected(lambda lead: lead["leadScore"] >= score and known[name](fold(lead["lastName"])))


@given(limit=st.integers(1, 30), offset=st.none() | st.integers(0, 30), sort=st.sampled_from(LEADS.listed))
@settings(stable, max_examples=examples(30))
def test_a_walk_through_the_pages_meets_each_record_once(
    people: People, limit: int, offset: int | None, sort: str
) -> None:
    if not people.known:
        people.add(*({"lastName": f"Lee {number % 4}", "leadScore": number % 3 + 1} for number in range(23)))
    start = f"/api/leads/?limit={limit}&sort={sort}" + ("" if offset is None else f"&offset={offset}")
    met = [lead["id"] for page in walk(people.desk, start) for lead in page["results"]]
    _, everyone = people.found(sort=sort)
    assert met == everyone[offset or 0 :]
    assert len(set(everyone)) == 23


def walk(desk: Desk, url: str | None) -> Iterator[dict[str, Any]]:
    while url is not None:
        page: dict[str, Any] = desk.team.get(url).json()
        yield page
        assert page["results"] or page["next"] is None
        url = page["next"]


@given(st.lists(TEXTS.map(str.strip).filter(bool), min_size=2, max_size=8))
@settings(stable, max_examples=examples(40))
def test_sorting_is_by_code_points_of_the_folded_text(people: People, names: list[str]) -> None:
    people.add(*({"lastName": name} for name in names))
    keys = {str(lead["id"]): (fold(lead["lastName"]), str(lead["id"])) for lead in people.known}
    _, found = people.found(sort="lastName")
    assert all(keys[one] < keys[other] for one, other in pairwise(found))
