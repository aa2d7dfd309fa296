"""What a filter makes of a value before it compares: blanks around it, the `+` of an e-mail, parts of a second."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.records.query import read_query
from leadline.records.times import DateField, TimeField
from leadline.records.types import Rejected
from tests.answers import refusal
from tests.cast import Desk, Place, desk_on

T = "2030-01-01T00:00:00"
BLANKS = "\t\n\r \u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u202f\u205f\u3000"
"""All of Unicode's (White_Space), but for some of those between U+2000 and U+200A."""


@pytest.fixture(scope="module")
def office(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Müller, who wrote at T, and Ito, a second later; each of them a lead, a contact, an account and
    an opportunity. Ito's e-mail has a `+`, and Müller's are Ben's. Nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("office")) as desk:
        for second, name, email, own in (
            (0, "Müller", "a@x.example", {"assignedTo": desk.ben.id, "source": "referral"}),
            (1, "Ito", "b+crm@x.example", {"source": "event"}),
        ):
            desk.clock.at = int(datetime.fromisoformat(f"{T}Z").timestamp() + second) * 1000
            desk.lead(lastName=name, firstName=None, email=email, company=name, leadScore=second + 1, **own)
            desk.contact(lastName=name, firstName=None, email=email, tags=[name], **own)
            account = desk.account(name=name, industry="Software" if second else "Retail")
            day = f"2030-01-0{second + 1}"
            desk.opportunity(name=name, value=second + 0.5, closeDate=day, accountId=account["id"])
        yield desk


def found(desk: Desk, kind: str, query: str) -> str:
    """Who a list shows, the eldest first: M for Müller, I for Ito. Facets count them, too."""
    answer = desk.team.get(f"/api/{kind}/?sort=createdAt&{query}")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert desk.team.get(f"/api/{kind}/facets/?{query}").json()["count"] == page["count"] == len(page["results"])
    return "".join((one.get("name") or one.get("lastName"))[0] for one in page["results"])


SPACED = [
    ("leads", "email={}a@x.example{},{}b%2bcrm@x.example{}", "MI"),
    ("leads", "email[eq]={}a@x.example{}", "M"),
    ("leads", "email[ne]={}a@x.example{}", "I"),
    ("leads", "company[eq]={}Müller{}", "M"),
    ("leads", "company[in]={}Müller{},{}ito{}", "MI"),
    ("leads", "company[gte]={}m{}", "M"),
    ("leads", "company[contains]={}üll{}", "M"),
    ("leads", "company[startswith]={}it{}", "I"),
    ("leads", "status={}new{},{}lost{}", "MI"),
    ("leads", "status[eq]={}new{}", "MI"),
    ("leads", "source={}referral{},{}event{}", "MI"),
    ("leads", "source[contains]={}refer{}", "M"),
    ("leads", "assignedTo={}none{},{}none{}", "I"),
    ("leads", "assignedTo={}none{}", "I"),
    ("leads", "leadScore[in]={}1{},{}2{}", "MI"),
    ("leads", "leadScore[gt]={}1{}", "I"),
    ("leads", "phone[null]={}true{}", "MI"),
    ("leads", "emailOptOut[eq]={}false{}", "MI"),
    ("leads", "createdAfter={}2030-01-01T00:00:00Z{}", "I"),
    ("leads", "search={}mülle{}", "M"),
    ("contacts", "tags={}Müller{},{}ito{}", "MI"),
    ("contacts", "tags[contains]={}Müller{}", "M"),
    ("accounts", "industry={}Software{},{}Retail{}", "MI"),
    ("opportunities", "closeDate[lte]={}2030-01-01{}", "M"),
    ("opportunities", "closeDate[in]={}2030-01-01{},{}2030-01-02{}", "MI"),
    ("opportunities", "valueMin={}1{}", "I"),
    ("opportunities", "value[in]={}0.5{}", "M"),
]


@pytest.mark.parametrize(("kind", "query", "who"), SPACED)
def test_blanks_around_each_value_count_for_nothing(office: Desk, kind: str, query: str, who: str) -> None:
    for blanks in ("%20", quote(BLANKS)):
        assert found(office, kind, query.format(*[blanks] * query.count("{}"))) == who


@given(blanks=st.text(st.characters(categories=["Zs", "Zl", "Zp"], include_characters="\t\r\n"), max_size=20))
@example(BLANKS)
def test_no_blank_of_unicode_around_a_value_counts(blanks: str) -> None:
    for kind, name in ((LEADS, "company[in]"), (LEADS, "email"), (CONTACTS, "tags"), (LEADS, "company[startswith]")):
        plain = read_query(kind, [(name, "Ab")])
        assert read_query(kind, [(name, f"{blanks}Ab{blanks}")]) == plain
        assert plain[1] == []


def test_a_control_character_that_shows_is_none_of_the_blanks(office: Desk) -> None:
    for value in ("M%0Aller", "a,b%09c", "%00a", "a%7f"):
        answer = office.team.get(f"/api/leads/?company[in]={value}")
        assert refusal(answer) == (400, [("company[in]", "control_character")])


@pytest.mark.parametrize(
    "query",
    [
        *("email=b+crm@x.example", "email=c@x.example,b+crm@x.example", "email[eq]=b+crm@x.example"),
        *("email[in]=b+crm@x.example", "email[ne]=b+crm@x.example", "email[contains]=b+crm", "email[startswith]=B+C"),
        *("email[gte]=b+crm@x.example", "email=b%2Bcrm@x.example", "email=c@x.example,+b+crm@x.example"),
    ],
)
def test_a_raw_plus_in_an_email_is_a_plus(office: Desk, query: str) -> None:
    for kind in ("leads", "contacts"):
        assert found(office, kind, query) == ("M" if "[ne]" in query else "I")


def test_a_raw_plus_in_another_text_is_a_blank(office: Desk) -> None:
    assert found(office, "leads", "company[eq]=+ito+") == "I"
    assert found(office, "leads", "company[contains]=b+crm") == ""


PARTS = [
    ("createdAt[gte]=T.0000009Z", "I"),
    ("createdAt[gte]=T.000000001Z", "I"),
    ("createdAt[gt]=T.0000009Z", "I"),
    ("createdAt[lt]=T.0000009Z", "M"),
    ("createdAt[lte]=T.0000009Z", "M"),
    ("createdAfter=T.0000009Z", "I"),
    ("createdBefore=T.0000009Z", "M"),
    ("updatedAfter=T.0000009Z", "I"),
    ("updatedBefore=T.0000009Z", "M"),
    ("updatedAt[gte]=T.0000009Z", "I"),
    ("updatedAt[lt]=T.0000009Z", "M"),
    ("createdAt[gte]=2030-01-01T02:00:00.0000009+02:00", "I"),
    ("createdAt[lt]=2029-12-31T14:30:00.0000009-09:30", "M"),
    ("createdAt[gte]=2029-12-31T23:59:60.0000009Z", "I"),
    ("createdAt[gte]=T.000000000Z", "MI"),
    ("createdAt[eq]=T.000000000Z", "M"),
    ("createdAt[lt]=T.000000000Z", ""),
]


@pytest.mark.parametrize(("query", "who"), PARTS)
def test_the_smallest_part_of_a_second_counts(office: Desk, query: str, who: str) -> None:
    query = query.replace("T.", f"{T}.").replace("+", "%2B")
    assert found(office, "leads", query) == who
    assert found(office, "leads", f"{query}&status=new") == who


@pytest.mark.parametrize(
    "name", ["createdAt[eq]", "createdAt[ne]", "updatedAt[eq]", "createdAt[in]", "convertedAt[eq]"]
)
def test_no_record_is_compared_for_equality_with_a_part_of_a_second(office: Desk, name: str) -> None:
    answer = office.team.get(f"/api/leads/?{name}={T}.0000009Z")
    assert refusal(answer) == (400, [(name, "too_precise")])


@pytest.mark.parametrize(("operator", "who"), [("gte", "I"), ("lt", "M"), ("gt", "I"), ("lte", "M")])
def test_the_smallest_part_of_a_day_counts(office: Desk, operator: str, who: str) -> None:
    assert found(office, "opportunities", f"closeDate[{operator}]={T}.0000009Z") == who


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
seconds = st.datetimes(datetime(1, 1, 2), datetime(9998, 12, 31)).map(lambda one: one.replace(microsecond=0))
COMPARE = {
    "gt": Fraction.__gt__,
    "gte": Fraction.__ge__,
    "lt": Fraction.__lt__,
    "lte": Fraction.__le__,
}


@given(
    second=seconds,
    digits=st.text("0123456789", max_size=9),
    offset=st.integers(-14 * 60, 14 * 60),
    operator=st.sampled_from(sorted(COMPARE)),
    beside=st.integers(-2, 2),
)
@example(datetime(1, 1, 2), "000000001", 0, "gte", 0)
@example(datetime(1969, 12, 31, 23, 59, 59), "999999999", 0, "lt", 0)
@settings(deadline=None)
def test_a_time_is_compared_exactly(second: datetime, digits: str, offset: int, operator: str, beside: int) -> None:
    """With a record `beside` it by so many seconds: what SQL and the index compare gives what the fractions give."""
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    fraction = f".{digits}" if digits else ""
    text = f"{second.isoformat()}{fraction}{sign}{minutes // 60:02}:{minutes % 60:02}"
    whole = (second.replace(tzinfo=UTC) - timedelta(minutes=offset) - EPOCH) // timedelta(seconds=1)
    meant = whole + Fraction(int(digits or 0), 10 ** len(digits))
    record = whole + beside

    operand = TimeField().parse_filter(operator, text)

    assert isinstance(operand, int)
    compare = COMPARE[operator]
    assert compare(Fraction(record), Fraction(operand)) == compare(Fraction(record), meant)
    if int(digits or 0):
        with pytest.raises(Rejected):
            TimeField().parse_filter("eq", text)
    else:
        assert TimeField().parse_filter("eq", text) == whole


@given(
    second=seconds,
    digits=st.text("0123456789", min_size=1, max_size=9),
    operator=st.sampled_from(sorted(COMPARE)),
    beside=st.integers(-1, 1),
)
def test_a_day_is_compared_exactly_with_a_time(second: datetime, digits: str, operator: str, beside: int) -> None:
    day = second.date() + timedelta(days=beside)
    first = Fraction((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // timedelta(seconds=1))
    whole = (second.replace(tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
    meant = whole + Fraction(int(digits), 10 ** len(digits))

    operand = str(DateField().parse_filter(operator, f"{second.isoformat()}.{digits}Z"))

    holds = {"gt": str.__gt__, "gte": str.__ge__, "lt": str.__lt__, "lte": str.__le__}[operator]
    assert holds(day.isoformat(), operand) == COMPARE[operator](first, meant)
