"""Deals: what happens after a lead was converted, to its account, contact and opportunity."""

from datetime import datetime, timedelta
from random import Random

from leadline.demo.persons import DemoPerson
from leadline.demo.steps import Body, Step, StepAction
from leadline.demo.words import COMPANY_SIZES, INDUSTRIES, PRODUCTS, TAGS, TITLES
from leadline.demo.work_hours import WorkHours

STAGES = ("needs_analysis", "proposal", "negotiation")
"""The stages between a conversion and the end of a deal."""
WON_SHARE = 0.55
MEAN_STAGE_DAYS = 14
CONTACT_STAGES = {"needs_analysis": "engaged", "proposal": "proposal_sent", "negotiation": "negotiation"}


class DealStory:
    """The story of one converted lead."""

    def __init__(self, random: Random, hours: WorkHours, lead: int, person: DemoPerson, owner: str) -> None:
        self._random = random
        self._hours = hours
        self._lead = lead
        self._person = person
        self._owner = owner
        self._steps: list[Step] = []

    def tell_story(self, converted: datetime) -> list[Step]:
        """Returns the steps, beginning with the conversion at this moment."""
        has_opportunity = self._random.random() < 0.87
        self._add(converted, StepAction.CONVERT, self._describe_conversion(converted, has_opportunity))
        if self._person.company and self._random.random() < 0.8:
            at = self._hours.follow_soon(converted, 20)
            self._add(at, StepAction.PATCH_ACCOUNT, self._describe_company())
        if self._random.random() < 0.6:
            at = self._hours.follow_soon(converted, 15)
            self._add(at, StepAction.PATCH_CONTACT, {"title": self._random.choice(TITLES)})
        if has_opportunity:
            self._follow_opportunity(converted)
        return self._steps

    def _describe_conversion(self, converted: datetime, has_opportunity: bool) -> Body:
        body: dict[str, object] = {"createAccount": bool(self._person.company)}
        if has_opportunity:
            product = self._random.choice(PRODUCTS)
            of_whom = self._person.company[:120] or self._person.last_name
            body |= {
                "createOpportunity": True,
                "opportunityName": f"{of_whom}: {product}",
                "opportunityValue": self._choose_value(),
                "opportunityCloseDate": _day_after(converted, self._random.randint(20, 110)),
            }
        return body

    def _choose_value(self) -> int:
        """Returns the value of a deal: mostly some thousands, seldom more than a hundred thousand."""
        value = self._random.lognormvariate(9.2, 1.0)
        unit = 50 if value < 5_000 else 500
        return max(400, round(value / unit) * unit)

    def _describe_company(self) -> Body:
        body: dict[str, object] = {
            "website": f"https://{self._person.website}",
            "industry": self._random.choice(INDUSTRIES),
            "companySize": self._random.choice(COMPANY_SIZES),
            "tags": sorted(self._random.sample(TAGS, self._random.choice((0, 0, 1, 1, 2)))),
        }
        if self._random.random() < 0.3:
            body["annualRevenue"] = 10_000 * round(self._random.lognormvariate(5.3, 1.2))
        return body

    def _follow_opportunity(self, converted: datetime) -> None:
        at = converted
        for stage in STAGES[: self._random.choice((0, 1, 2, 3, 3, 3, 3))]:
            if self._random.random() < 0.15:
                continue
            at = self._hours.follow_late(at, MEAN_STAGE_DAYS)
            self._add(at, StepAction.PATCH_OPPORTUNITY, {"stage": stage})
            if self._random.random() < 0.5:
                contact = {"stage": CONTACT_STAGES[stage]}
                self._add(self._hours.follow_soon(at, 5), StepAction.PATCH_CONTACT, contact)
            if self._random.random() < 0.2:
                at = self._hours.follow_late(at, 4)
                self._add(at, StepAction.PATCH_OPPORTUNITY, {"value": self._choose_value()})
        if self._random.random() < 0.75:
            self._close_deal(self._hours.follow_late(at, MEAN_STAGE_DAYS))

    def _close_deal(self, at: datetime) -> None:
        is_won = self._random.random() < WON_SHARE
        stage = "closed_won" if is_won else "closed_lost"
        self._add(at, StepAction.PATCH_OPPORTUNITY, {"stage": stage, "closeDate": _day_after(at, 0)})
        contact = {"stage": "customer" if is_won else "inactive"}
        self._add(self._hours.follow_soon(at, 4), StepAction.PATCH_CONTACT, contact)
        if is_won and self._person.company:
            self._add(self._hours.follow_soon(at, 8), StepAction.PATCH_ACCOUNT, {"stage": "customer"})

    def _add(self, at: datetime, action: StepAction, body: Body) -> None:
        self._steps.append(Step(at, self._owner, action, self._lead, (body,)))


def _day_after(moment: datetime, days: int) -> str:
    return (moment + timedelta(days=days)).date().isoformat()
