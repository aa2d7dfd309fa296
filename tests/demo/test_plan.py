"""The plan of the demo: nobody real is in it, and it looks like the year of a desk."""

import re
import unicodedata
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from leadline.demo.crew import ADMIN, PROGRAMS, SELLERS
from leadline.demo.plan import DemoPlan
from leadline.demo.steps import Step, StepAction
from leadline.demo.work_hours import HISTORY_DAYS

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
RESERVED_EMAIL = re.compile(r"[a-z0-9._-]+@(example\.(com|org|net)|[a-z0-9-]+\.example)")
FICTIONAL_PHONES = re.compile(
    r"(\+1)?\d{3}55501\d\d"  # NANPA
    r"|(\+44|0)(207946|161496|117496|7700900)0?\d{3}"  # Ofcom
    r"|(\+49|0)(3023125|6990009|4066969|8999998)\d{3}"  # Bundesnetzagentur
    r"|(\+33|0)(19900|26191|63998|46571)\d{4}"  # Arcep
    r"|(\+46846500|\+46701740|0313900)[46]\d{2,3}"  # PTS
)


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return DemoPlan(NOW).make_steps()


def new_leads(steps: list[Step]) -> list[Any]:
    return [body for step in steps if step.action in (StepAction.CREATE, StepAction.IMPORT) for body in step.bodies]


def test_steps_are_in_order_and_fill_the_year_until_now(steps: list[Step]) -> None:
    assert all(first.at <= second.at for first, second in pairwise(steps))
    assert steps[-1].at < NOW
    assert (NOW - steps[0].at).days in range(HISTORY_DAYS - 20, HISTORY_DAYS + 1)


def test_everybody_in_it_is_of_the_crew(steps: list[Step]) -> None:
    crew = {ADMIN.name, *PROGRAMS, *(seller.name for seller in SELLERS)}
    assert {step.actor for step in steps} == crew
    owners = {body.get("assignedTo") for step in steps for body in step.bodies}
    assert owners - {None} <= crew - {*PROGRAMS}


def test_addresses_and_numbers_reach_nobody(steps: list[Step]) -> None:
    leads = new_leads(steps)
    assert [lead["email"] for lead in leads if not RESERVED_EMAIL.fullmatch(lead["email"])] == []
    phones = {re.sub(r"[ ()-]", "", lead["phone"]) for lead in leads if lead["phone"]}
    assert [phone for phone in phones if not FICTIONAL_PHONES.fullmatch(phone)] == []
    sites = {body["website"] for step in steps for body in step.bodies if "website" in body}
    assert all(re.fullmatch(r"https://[a-z0-9-]+\.example", str(site)) for site in sites)


def test_names_are_of_many_scripts(steps: list[Step]) -> None:
    names = "".join(lead["lastName"] for lead in new_leads(steps))
    scripts = {unicodedata.name(letter).split()[0] for letter in set(names) if letter.isalpha()}
    some = {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HANGUL", "THAI", "ETHIOPIC"}
    assert some <= scripts
    assert "ü" in names


def test_people_work_on_weekdays(steps: list[Step]) -> None:
    of_people = [step for step in steps if step.actor not in PROGRAMS]
    weekend = [step for step in of_people if step.at.weekday() > 4]
    assert len(weekend) * 20 < len(of_people)


def test_some_leads_come_twice(steps: list[Step]) -> None:
    emails = [lead["email"] for lead in new_leads(steps)]
    assert 10 < len(emails) - len(set(emails)) < 50


def test_the_same_time_gives_the_same_steps_and_another_the_same_people(steps: list[Step]) -> None:
    assert DemoPlan(NOW).make_steps() == steps
    later = DemoPlan(NOW.replace(month=4)).make_steps()
    both = {lead["email"] for lead in new_leads(steps)} & {lead["email"] for lead in new_leads(later)}
    assert len(both) > 2_200
