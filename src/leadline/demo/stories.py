"""Stories: what happens to one lead, from its owner's first call to the end."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from leadline.crm.leads import CONVERTED
from leadline.demo.crew import ADMIN, FORM, MAILING, OWNER_WEIGHTS, OWNERS
from leadline.demo.deals import DealStory
from leadline.demo.persons import DemoPerson
from leadline.demo.steps import Body, Step, StepAction
from leadline.demo.words import CALL_NOTES, CLOSING_NOTES
from leadline.demo.work_hours import WorkHours

PATHS: Sequence[tuple[int, tuple[str, ...]]] = (
    (24, ()),
    (13, ("contacted",)),
    (8, ("contacted", "nurturing")),
    (10, ("contacted", "unqualified")),
    (3, ("unqualified",)),
    (9, ("contacted", "lost")),
    (8, ("contacted", "qualified")),
    (7, ("contacted", "qualified", "lost")),
    (4, ("contacted", "nurturing", "qualified", CONVERTED)),
    (11, ("contacted", "qualified", CONVERTED)),
)
"""The statuses that a lead goes through after `new`, and how many leads of a hundred do."""
MEAN_DAYS = {"contacted": 2.0, "qualified": 8.0, "nurturing": 12.0, "unqualified": 5.0, "lost": 21.0, CONVERTED: 12.0}
"""The mean time before each status."""
SCORE_STEPS = {"contacted": 1, "qualified": 2, "nurturing": -1, "unqualified": -4, "lost": -3}


class LeadStory:
    """The story of one lead that exists. `steps` has what happens, in order; `owner` is "" for nobody's lead."""

    def __init__(
        self, random: Random, hours: WorkHours, lead: int, person: DemoPerson, created: datetime, body: Body
    ) -> None:
        self.steps: list[Step] = []
        self._random = random
        self._hours = hours
        self._lead = lead
        self._person = person
        self._at = created
        self._owner = str(body.get("assignedTo") or "")
        self._score = body.get("leadScore")

    def tell_story(self) -> list[Step]:
        weights = [weight for weight, _ in PATHS]
        ((_, path),) = self._random.choices(PATHS, weights)
        self._report_bounce()
        if self._owner or path or self._random.random() < 0.15:
            self._find_owner()
        for status in path:
            self._reach_status(status)
        if path and path[-1] in ("contacted", "nurturing") and self._random.random() < 0.2:
            self._patch_later(self._owner, 30, {"assignedTo": None})
        return self.steps

    def _report_bounce(self) -> None:
        if self._random.random() < 0.03:
            at = self._hours.follow_soon(self._at, 300)
            self._add(at, MAILING, StepAction.PATCH, {"emailBounced": True})

    def _find_owner(self) -> None:
        """Gives the lead an owner: the admin assigns it, or a seller takes it."""
        if self._owner:
            return
        owner = choose_owner(self._random)
        actor = ADMIN.name if self._random.random() < 0.6 else owner
        self._patch_later(actor, 1, {"assignedTo": owner})
        self._owner = owner

    def _reach_status(self, status: str) -> None:
        if self._random.random() < 0.06:
            self._hand_over()
        if self._random.random() < 0.02:
            self._make_mistake()
        if status == CONVERTED:
            self._convert()
            return
        body: dict[str, object] = {"status": status}
        if self._random.random() < 0.6:
            body["leadScore"] = self._change_score(status)
        if self._random.random() < 0.35:
            body["notes"] = self._random.choice(CLOSING_NOTES.get(status, CALL_NOTES))
        self._patch_later(self._owner, MEAN_DAYS[status], body)
        if status == "contacted":
            self._follow_call()

    def _follow_call(self) -> None:
        """Adds what may happen after the first call."""
        if self._random.random() < 0.25:
            self._patch_later(self._owner, 4, {"leadScore": self._change_score("")})
        if self._random.random() < 0.03:
            self._patch_later(FORM, 3, {"emailOptOut": True})

    def _change_score(self, status: str) -> int:
        before = self._score if isinstance(self._score, int) else self._random.randint(3, 6)
        changed = max(1, min(10, before + SCORE_STEPS.get(status, 0) + self._random.choice((-1, 0, 1))))
        if changed == before:
            changed += 1 if before < 6 else -1
        self._score = changed
        return changed

    def _hand_over(self) -> None:
        successor = choose_owner(self._random)
        if successor == self._owner:
            return
        actor = self._owner if self._random.random() < 0.5 else ADMIN.name
        self._patch_later(actor, 3, {"assignedTo": successor})
        self._owner = successor

    def _make_mistake(self) -> None:
        """Adds a change of the wrong lead, which its owner takes back at once."""
        self._patch_later(self._owner, 2, {"company": "Test Ltd", "notes": "wrong lead?"})
        self._at = self._hours.follow_soon(self._at, 5)
        self._add(self._at, self._owner, StepAction.UNDO)

    def _convert(self) -> None:
        self._at = self._hours.follow_late(self._at, MEAN_DAYS[CONVERTED])
        deal = DealStory(self._random, self._hours, self._lead, self._person, self._owner)
        self.steps += deal.tell_story(self._at)

    def _patch_later(self, actor: str, mean_days: float, body: Body) -> None:
        self._at = self._hours.follow_late(self._at, mean_days)
        self._add(self._at, actor, StepAction.PATCH, body)

    def _add(self, at: datetime, actor: str, action: StepAction, *bodies: Body) -> None:
        self._at = max(at, self._at)
        self.steps.append(Step(at, actor, action, self._lead, bodies))


def choose_owner(random: Random) -> str:
    (seller,) = random.choices(OWNERS, OWNER_WEIGHTS)
    return seller.name
