"""The plan of the demo: all steps of a year, from a seed and the time that it ends at."""

from datetime import datetime, timedelta
from random import Random

from leadline.demo.crew import ADMIN, FORM, IMPORT
from leadline.demo.persons import DemoPerson, PersonMaker
from leadline.demo.steps import Step, StepAction
from leadline.demo.stories import LeadStory, choose_owner
from leadline.demo.words import FAIRS, QUESTIONS
from leadline.demo.work_hours import WorkHours

SEED = 20250310
SINGLE_LEADS = 1_930
IMPORTED_LEADS = 60
"""The leads of each import, about so many."""
SAME_EMAIL_LEADS, SIMILAR_LEADS, SPAM_LEADS = 28, 18, 12
FORM_SOURCES = {"website_form": 46, "advertisement": 8, "social_media": 9}
SELLER_SOURCES = {"referral": 14, "cold_outreach": 12, "inbound_call": 9, "other": 2}
"""The sources of the leads that come one by one, and how many of a hundred each has."""


class DemoPlan:
    """Makes the steps. The same seed and time give the same steps, and another time the same people."""

    def __init__(self, now: datetime, seed: int = SEED) -> None:
        self._random = Random(seed)
        self._hours = WorkHours(Random(seed), now)  # of its own, so that the time of the day changes no name
        self._people = PersonMaker(Random(seed))
        self._steps: list[Step] = []
        self._leads = 0
        self._from_form: list[tuple[int, DemoPerson, datetime]] = []

    def make_steps(self) -> list[Step]:
        """Returns all steps before now, in order."""
        for _ in range(SINGLE_LEADS):
            self._add_single()
        for fair in FAIRS:
            self._add_import(fair)
        for number in range(SAME_EMAIL_LEADS + SIMILAR_LEADS):
            self._add_duplicate(is_similar=number >= SAME_EMAIL_LEADS)
        for _ in range(SPAM_LEADS):
            self._add_spam()
        return sorted((step for step in self._steps if step.at < self._hours.now), key=_read_moment)

    def _add_single(self) -> None:
        sources = FORM_SOURCES | SELLER_SOURCES
        (source,) = self._random.choices(list(sources), list(sources.values()))
        lead, person = self._take_number(), self._people.make_person()
        body: dict[str, object] = {**person.to_body(), "source": source}
        if source in FORM_SOURCES:
            created, actor = self._hours.choose_any_time(), FORM
            self._describe_visit(body)
            self._from_form.append((lead, person, created))
        else:
            created, actor = self._hours.choose_working_time(), choose_owner(self._random)
            body["assignedTo"] = actor
            if self._random.random() < 0.5:
                body["leadScore"] = self._random.randint(3, 8)
        self._steps.append(Step(created, actor, StepAction.CREATE, lead, (body,)))
        self._steps += LeadStory(self._random, self._hours, lead, person, created, body).tell_story()

    def _describe_visit(self, body: dict[str, object]) -> None:
        if self._random.random() < 0.3:
            body["notes"] = self._random.choice(QUESTIONS)
        if self._random.random() < 0.65:
            body["leadScore"] = min(10, max(1, round(self._random.gauss(4.5, 1.8))))

    def _add_import(self, origin: str) -> None:
        """Adds the leads of a fair or of a partner's list, who come all at once."""
        created, first = self._hours.choose_working_time(), self._leads + 1
        source = "partner" if origin.startswith("Partner") else "event"
        bodies = []
        for _ in range(self._random.randint(IMPORTED_LEADS - 12, IMPORTED_LEADS + 12)):
            lead, person = self._take_number(), self._people.make_person()
            owner = choose_owner(self._random) if self._random.random() < 0.5 else None
            body: dict[str, object] = {**person.to_body(), "source": source, "assignedTo": owner, "notes": origin}
            bodies.append(body)
            self._steps += LeadStory(self._random, self._hours, lead, person, created, body).tell_story()
        self._steps.append(Step(created, IMPORT, StepAction.IMPORT, first, tuple(bodies)))

    def _add_duplicate(self, *, is_similar: bool) -> None:
        """Adds somebody who fills in the form once more. Some duplicates are merged by the admin."""
        original, person, before = self._random.choice(self._from_form)
        lead = self._take_number()
        created = self._hours.follow_soon(before, 60 * 24 * 9)
        again = self._people.vary_person(person) if is_similar else person
        body: dict[str, object] = {**again.to_body(), "source": "website_form"}
        self._describe_visit(body)
        self._steps.append(Step(created, FORM, StepAction.CREATE, lead, (body,)))
        if self._random.random() < 0.25:
            merged = self._hours.follow_late(created, 4)
            self._steps.append(Step(merged, ADMIN.name, StepAction.MERGE, original, other=lead))

    def _add_spam(self) -> None:
        """Adds a lead that the admin deletes."""
        lead, person, created = self._take_number(), self._people.make_person(), self._hours.choose_any_time()
        body = {**person.to_body(), "source": "website_form", "notes": "CHEAP SEO!!! Visit http://seo.example now"}
        self._steps.append(Step(created, FORM, StepAction.CREATE, lead, (body,)))
        deleted = self._hours.follow_late(created + timedelta(hours=1), 1)
        self._steps.append(Step(deleted, ADMIN.name, StepAction.DELETE, lead))

    def _take_number(self) -> int:
        self._leads += 1
        return self._leads


def _read_moment(step: Step) -> datetime:
    return step.at
