"""Long random lives of two workspaces, step by step against a model of dicts that knows only the contract."""

import itertools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from httpx2 import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.cast import Caller, Desk, Place, Team, desk_on

Json = dict[str, Any]
STEPS = 2_000
SETTINGS = settings(
    max_examples=60,
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OUTCOMES = {
    *("create 201", "create 422", "get 200", "get 404", "delete 204", "delete 404", "list", "get other 200"),
    *("patch 200", "patch 404", "patch 409", "patch 412", "patch 422"),
    *("convert 200", "convert 404", "convert 409", "convert 422"),
}
"""What must have been met, each at least ten times."""
START = 2_000_000_000_000
BAD = object()
"""Stands for a value that is refused."""

LISTED = [
    *("id", "firstName", "lastName", "email", "phone", "company"),
    *("status", "source", "assignedTo", "leadScore", "createdAt", "updatedAt"),
]
SERVERS = {"id", "createdAt", "updatedAt", "assignedToName", "emailBounced", "convertedAt", "convertedContactId"}
COPIED = ["firstName", "lastName", "email", "phone", "assignedTo", "source", "notes", "emailOptOut", "emailBounced"]
PLAIN = {"id", "status", "source", "assignedTo"}

TEXTS = [
    *(
        ("Dana", "Dana"),
        (" Lee ", "Lee"),
        ("dana lee", "dana lee"),
        ("Émile", "Émile"),
        ("E\u0301MILE", "E\u0301MILE"),
    ),
    *(("50%_off", "50%_off"), ("ß", "ß"), ("SS", "SS"), ("", None), ("  ", None), (None, None)),
    *(("x" * 200, "x" * 200), ("x" * 201, BAD), ("a\u0007b", BAD), (7, BAD)),
]
VALUES: dict[str, list[tuple[Any, Any]]] = {
    "firstName": TEXTS,
    "lastName": TEXTS,
    "company": TEXTS,
    "email": [
        *(
            ("dana@a.example", "dana@a.example"),
            (" Dana@A.Example ", "Dana@a.example"),
            ("x@b.example", "x@b.example"),
        ),
        *(("émile@xn--mller-kva.example", "émile@xn--mller-kva.example"), ("no", BAD), ("", BAD), (None, BAD)),
    ],
    "phone": [("+1 555 333", "+1 555 333"), ("ext. 12-3", "ext. 12-3"), ("", None), (None, None), ("12", BAD)],
    "status": [
        *((one, one) for one in ["new", "contacted", "qualified", "nurturing", "unqualified", "lost"]),
        ("converted", BAD),
    ],
    "source": [("referral", "referral"), ("trade_show", "trade_show"), (None, None), ("Trade Show", BAD)],
    "leadScore": [
        *((score, score) for score in range(1, 11)),
        (None, None),
        (0, BAD),
        (11, BAD),
        ("5", BAD),
        (True, BAD),
    ],
    "emailOptOut": [(True, True), (False, False), (None, BAD), ("yes", BAD)],
    "notes": [("line\nline", "line\nline"), ("tab\there", BAD), (None, None)],
}
"""What may be sent in each field, with what becomes of it."""

DEFAULTS: Json = dict.fromkeys((*VALUES, "assignedTo", *SERVERS)) | {
    "status": "new",
    "emailOptOut": False,
    "emailBounced": False,
}


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def shown(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Model:
    """One workspace: its leads in the order they were made, and all that conversions made."""

    def __init__(self, team: Team, caller: Caller) -> None:
        self.team = team
        self.caller = caller
        self.at = START
        self.leads: list[Json] = []
        self.versions: dict[str, int] = {}
        self.gone: list[str] = []
        self.outcomes: dict[str, Json] = {}
        self.others: dict[str, Json] = {}
        self.names = {seller.id: seller.name for seller in team.sellers}

    def find(self, id_: str) -> Json | None:
        return next((lead for lead in self.leads if lead["id"] == id_), None)


def field_values() -> st.SearchStrategy[dict[str, tuple[Any, Any]]]:
    """Some fields, each with a value and what becomes of it; mostly good ones."""
    good = {name: st.sampled_from([pair for pair in pairs if pair[1] is not BAD]) for name, pairs in VALUES.items()}
    all_ = {name: st.sampled_from(pairs) for name, pairs in VALUES.items()}
    return st.one_of(*[st.fixed_dictionaries({}, optional=good)] * 3, st.fixed_dictionaries({}, optional=all_))


def conversions() -> st.SearchStrategy[Json]:
    """What may be asked for, alone and beside what it needs."""
    account = {"accountName": st.sampled_from([None, "Startup IO", "  "])}
    opportunity = {
        "opportunityName": st.sampled_from(["Big deal", "", None]),
        "opportunityValue": st.sampled_from([None, 0, 12000, 99.5, 0.0001]),
        "opportunityStage": st.sampled_from([None, "proposal", "closed_won"]),
    }
    switches = dict.fromkeys(("createAccount", "createOpportunity"), st.sampled_from([None, True, False]))
    true = {"createAccount": st.just(True)}, {"createOpportunity": st.just(True)}
    return st.one_of(
        st.fixed_dictionaries({}, optional=switches | account | opportunity),
        st.fixed_dictionaries(true[0], optional=account),
        st.fixed_dictionaries(true[1], optional=opportunity),
        st.fixed_dictionaries(true[0] | true[1], optional=account | opportunity),
    )


TEAMS = st.sampled_from([0, 1])
PLACES = st.integers(0, 30)
OWNERS = st.sampled_from(["ben", "cleo", "none", "stranger", "untouched", "untouched"])


class Leads(RuleBasedStateMachine):
    """`steps` counts what was done, over all lives."""

    place: Place
    folders: Iterator[Path]
    steps: Counter[str]

    @initialize()
    def open(self) -> None:
        self.context = desk_on(self.place, next(self.folders))
        self.desk: Desk = self.context.__enter__()
        self.now = self.desk.clock.at = START
        self.models = [Model(self.desk.acme, self.desk.team), Model(self.desk.zoes, self.desk.stranger)]
        for team in (0, 1, 0, 1):
            self.create(team, {"company": ("Acme", "Acme")}, "ben")
        self.convert(0, 0, {"createAccount": True, "createOpportunity": True})

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    def pick(self, team: int, place: int) -> tuple[Model, str]:
        """A caller, and the id of a lead: mostly its own, at times the other team's, one that is gone, or none."""
        model, other = self.models[team], self.models[1 - team]
        ids = (
            [lead["id"] for lead in model.leads[-6:]] * 4
            + model.gone[-2:]
            + [lead["id"] for lead in other.leads[-2:]]
        )
        return model, ids[place % len(ids)] if ids else "ld_01JP4ZZZ0000000001ABCDEFGH"

    def owner(self, model: Model, word: str) -> dict[str, tuple[Any, Any]]:
        stranger = self.models[1 - self.models.index(model)].team.sellers[0].id
        ben, cleo = (seller.id for seller in model.team.sellers)
        pairs = {"ben": (ben, ben), "cleo": (cleo, cleo), "none": (None, None)}
        pairs["stranger"] = (stranger, BAD)
        return {"assignedTo": pairs[word]} if word in pairs else {}

    def touch(self, model: Model) -> str:
        """The time of a write that happens now."""
        model.at = max(model.at, self.now)
        return shown(model.at)

    @rule(seconds=st.integers(-5_000, 100_000))
    def time_passes_or_is_set_back(self, seconds: int) -> None:
        self.now = self.desk.clock.at = max(START, self.now + seconds)

    @rule(team=TEAMS, fields=field_values(), owner=OWNERS)
    def create(self, team: int, fields: dict[str, tuple[Any, Any]], owner: str) -> None:
        model = self.models[team]
        fields = {"email": VALUES["email"][0], "lastName": TEXTS[1]} | fields | self.owner(model, owner)
        answer = model.caller.post("/api/leads/", {name: raw for name, (raw, _) in fields.items()})
        self.steps[f"create {answer.status_code}"] += 1
        values = {name: value for name, (_, value) in fields.items()}
        if wrong := wrong_fields(DEFAULTS, values):
            assert_refused(answer, wrong)
            return
        assert answer.status_code == 201, answer.text
        lead = answer.json()
        time = self.touch(model)
        own = {"id": lead["id"], "createdAt": time, "updatedAt": time}
        assert lead == DEFAULTS | values | own | {"assignedToName": model.names.get(values.get("assignedTo"))}
        assert all(lead["id"] > one["id"] for one in model.leads)
        model.leads.append(lead)
        model.versions[lead["id"]] = 1

    @rule(
        team=TEAMS,
        place=PLACES,
        fields=field_values(),
        owner=OWNERS,
        server=st.sampled_from(["", "", "same", "other"]),
        match=st.sampled_from(["", "", "this", "stale"]),
    )
    def patch(
        self, team: int, place: int, fields: dict[str, tuple[Any, Any]], owner: str, server: str, match: str
    ) -> None:
        model, id_ = self.pick(team, place)
        lead = model.find(id_)
        fields = fields | self.owner(model, owner)
        if server and lead:
            same = {name: (lead[name], lead[name]) for name in SERVERS}
            fields |= same if server == "same" else same | {"convertedAt": ("2001-01-01T00:00:00Z", BAD)}
        version = model.versions.get(id_, 0) + (match == "stale")
        headers = {"If-Match": f'"{version}"'} if match else {}
        answer = model.caller.patch(
            f"/api/leads/{id_}/", {name: raw for name, (raw, _) in fields.items()}, headers=headers
        )
        self.steps[f"patch {answer.status_code}"] += 1
        self.check_patch(model, lead, fields, match, answer)

    def check_patch(
        self, model: Model, lead: Json | None, fields: dict[str, tuple[Any, Any]], match: str, answer: Response
    ) -> None:
        if lead is None:
            return assert_status(answer, 404)
        if match == "stale":
            return assert_status(answer, 412)
        changes = {name: value for name, (_, value) in fields.items() if value is BAD or value != lead[name]}
        if wrong := wrong_fields(lead, changes):
            return assert_refused(answer, wrong)
        if "status" in changes and lead["convertedAt"]:
            return assert_conflict(answer, model.outcomes[lead["id"]])
        assert answer.status_code == 200, answer.text
        time = self.touch(model)
        if changes:
            lead |= changes | {"updatedAt": time}
            lead["assignedToName"] = model.names.get(lead["assignedTo"])
            model.versions[lead["id"]] += 1
        assert answer.json() == lead
        assert answer.headers["ETag"] == f'"{model.versions[lead["id"]]}"'
        return None

    @precondition(lambda self: all(len(model.leads) > 1 for model in self.models))
    @rule(team=TEAMS, place=PLACES)
    def delete(self, team: int, place: int) -> None:
        model, id_ = self.pick(team, place)
        lead = model.find(id_)
        answer = model.caller.delete(f"/api/leads/{id_}/")
        self.steps[f"delete {answer.status_code}"] += 1
        assert answer.status_code == (204 if lead else 404)
        if lead:
            self.touch(model)
            model.leads.remove(lead)
            model.gone.append(id_)

    @rule(team=TEAMS, place=PLACES)
    def get(self, team: int, place: int) -> None:
        model, id_ = self.pick(team, place)
        answer = model.caller.get(f"/api/leads/{id_}/")
        self.steps[f"get {answer.status_code}"] += 1
        lead = model.find(id_)
        assert answer.status_code == (200 if lead else 404)
        assert lead is None or answer.json() == lead

    @rule(
        team=TEAMS,
        place=PLACES,
        asked=conversions(),
    )
    def convert(self, team: int, place: int, asked: Json) -> None:
        model, id_ = self.pick(team, place)
        lead = model.find(id_)
        answer = model.caller.post(f"/api/leads/{id_}/convert/", asked)
        self.steps[f"convert {answer.status_code}"] += 1
        if lead is None:
            return assert_status(answer, 404)
        account, opportunity = asked.get("createAccount"), asked.get("createOpportunity")
        name = (asked.get("accountName") or "").strip()
        given = {name for name, value in asked.items() if name.startswith("opp") and value not in ("", None)}
        wrong = (set() if opportunity else given) | ({"accountName"} if name and not account else set())
        nameless = {"accountName"} if account and not (name or lead["company"]) else set()
        if wrong:
            return assert_refused(answer, wrong | nameless)
        if lead["convertedAt"]:
            return assert_conflict(answer, model.outcomes[id_])
        if nameless:
            return assert_refused(answer, nameless)
        assert answer.status_code == 200, answer.text
        account_name = (name or lead["company"]) if account else None
        self.check_conversion(model, lead, answer.json(), account_name, asked if opportunity else None)
        return None

    def check_conversion(
        self, model: Model, lead: Json, made: Json, account: str | None, opportunity: Json | None
    ) -> None:
        time = self.touch(model)
        contact, person = made["contact"], " ".join(filter(None, (lead["firstName"], lead["lastName"])))
        lead |= {"status": "converted", "convertedAt": time, "updatedAt": time, "convertedContactId": contact["id"]}
        model.versions[lead["id"]] += 1
        assert made["lead"] == {name: lead[name] for name in ("id", "status", "convertedAt")}
        assert contact == {"id": contact["id"], "firstName": lead["firstName"], "lastName": lead["lastName"]}
        account_id = made["account"] and made["account"]["id"]
        assert made["account"] == (None if account is None else {"id": account_id, "name": account})
        deal = None
        if opportunity is not None:
            deal = {"name": opportunity.get("opportunityName") or account or person[:200]}
            deal["value"] = opportunity.get("opportunityValue")
        assert made["opportunity"] == (deal and {"id": made["opportunity"]["id"], **deal})
        common = {"leadId": lead["id"], "createdAt": time, "updatedAt": time, "assignedTo": lead["assignedTo"]}
        model.others[f"contacts/{contact['id']}"] = (
            common
            | {name: lead[name] for name in COPIED}
            | {
                "stage": "new",
                "accountId": account_id,
                "accountName": account,
            }
        )
        if account_id:
            model.others[f"accounts/{account_id}"] = common | {"name": account, "website": None, "companySize": None}
        if deal is not None and opportunity is not None:
            stage = opportunity.get("opportunityStage") or "qualification"
            links = {"contactId": contact["id"], "accountId": account_id, "accountName": account}
            model.others[f"opportunities/{made['opportunity']['id']}"] = common | deal | links | {"stage": stage}
        model.outcomes[lead["id"]] = {
            "contactId": contact["id"],
            "accountId": account_id,
            "opportunityId": made["opportunity"] and made["opportunity"]["id"],
        }

    @precondition(lambda self: any(model.others for model in self.models))
    @rule(team=TEAMS, place=PLACES)
    def get_what_a_lead_became(self, team: int, place: int) -> None:
        paths = [path for model in self.models for path in model.others]
        path = paths[place % len(paths)]
        model = self.models[team]
        answer = model.caller.get(f"/api/{path}/")
        self.steps[f"get other {answer.status_code}"] += 1
        assert answer.status_code == (200 if path in model.others else 404)
        if path in model.others:
            found = answer.json()
            assert {name: found[name] for name in model.others[path]} == model.others[path]

    @rule(team=TEAMS, data=st.data(), limit=st.sampled_from([1, 2, 3, 20, 100]), by_offset=st.booleans())
    def list(self, team: int, data: st.DataObject, limit: int, by_offset: bool) -> None:
        self.steps["list"] += 1
        model = self.models[team]
        parameters = data.draw(queries(model))
        expected = [{name: lead[name] for name in LISTED} for lead in answer_of(model, parameters)]
        asked = parameters | {"limit": str(limit)} | ({"offset": "0"} if by_offset else {})
        pages = list(self.walk(model, f"/api/leads/?{urlencode(asked)}", asked, "next"))
        assert [item for page in pages for item in page["results"]] == expected, parameters
        assert {page["count"] for page in pages} == {len(expected)}
        assert pages[0]["previous"] is None
        if pages[-1]["previous"]:
            back = list(self.walk(model, pages[-1]["previous"], asked, "previous"))
            assert [page["results"] for page in back] == [page["results"] for page in pages[-2::-1]]

    def walk(self, model: Model, url: str | None, asked: Json, direction: str) -> Iterator[Json]:
        """Follows the links from page to page."""
        for _ in range(100):
            if url is None:
                return
            kept = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
            assert {name: kept.get(name) for name in asked if name != "offset"} == {
                name: value for name, value in asked.items() if name != "offset"
            }
            answer = model.caller.get(url)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield page
            url = page[direction]
        raise AssertionError("the pages do not end")


def wrong_fields(before: Json, changes: Json) -> set[str]:
    """The fields that are refused, all of them at once. A person keeps at least one name."""
    wrong = {name for name, value in changes.items() if value is BAD}
    after = before | {name: value for name, value in changes.items() if value is not BAD}
    return wrong if after["firstName"] or after["lastName"] else wrong | {"firstName", "lastName"}


def assert_status(answer: Response, status: int) -> None:
    assert answer.status_code == status, answer.text


def assert_refused(answer: Response, fields: set[str]) -> None:
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields


def assert_conflict(answer: Response, outcome: Json) -> None:
    assert answer.status_code == 409, answer.text
    assert {name: answer.json()[name] for name in outcome} == outcome


def queries(model: Model) -> st.SearchStrategy[dict[str, str]]:
    """Filters, a search and an order, with operands that are often met."""
    times = [lead[name] for lead in model.leads for name in ("createdAt", "updatedAt")] + [shown(START)]
    people = [seller.id for seller in model.team.sellers]
    ids = [lead["id"] for lead in model.leads] + ["ld_01JP4ZZZ0000000001ABCDEFGH"]
    words = ["dana", "LEE", "é", "e\u0301", "%", "_", "ss", "a.ex", "555", "dana lee", "x" * 30, "xx"]
    time, text = st.sampled_from(times), st.sampled_from(words)
    statuses = st.lists(st.sampled_from(["new", "lost", "converted", "qualified"]), min_size=1, max_size=3).map(
        ",".join
    )
    optional: dict[str, st.SearchStrategy[str]] = {
        "status": statuses,
        "status[ne]": st.sampled_from(["new", "converted"]),
        "source": st.sampled_from(["referral", "referral,trade_show", "event"]),
        "assignedTo": st.sampled_from([*people, "none", f"none,{people[0]}"]),
        "email": st.sampled_from(["DANA@a.example", "x@b.example,dana@a.example"]),
        "createdAfter": time,
        "createdBefore": time,
        "updatedAt[gte]": time,
        "updatedBefore": time,
        "leadScore[gte]": st.sampled_from(["0", "5", "10"]),
        "leadScore[lt]": st.sampled_from(["3", "7"]),
        "leadScore[ne]": st.sampled_from(["3", "7"]),
        "leadScore[null]": st.sampled_from(["true", "false"]),
        "firstName[contains]": text,
        "lastName[startswith]": text,
        "company[eq]": text,
        "company[gt]": text,
        "notes[null]": st.sampled_from(["true", "false"]),
        "emailOptOut[eq]": st.sampled_from(["true", "false"]),
        "id[in]": st.lists(st.sampled_from(ids), min_size=1, max_size=3).map(",".join),
        "search": text,
    }
    terms = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(LISTED)).map("".join)
    sort = st.fixed_dictionaries({}, optional={"sort": st.lists(terms, min_size=1, max_size=3).map(",".join)})
    some = st.lists(st.sampled_from(sorted(optional)), max_size=2, unique=True)
    return some.flatmap(lambda names: st.fixed_dictionaries({name: optional[name] for name in names})).flatmap(
        lambda filters: sort.map(lambda order: filters | order)
    )


ALIASES = {
    "status": ("status", "in"),
    "source": ("source", "in"),
    "assignedTo": ("assignedTo", "in"),
    "email": ("email", "in"),
    "createdAfter": ("createdAt", "gt"),
    "createdBefore": ("createdAt", "lt"),
    "updatedBefore": ("updatedAt", "lt"),
}


def answer_of(model: Model, parameters: dict[str, str]) -> list[Json]:
    found = list(reversed(model.leads))
    for name, text in parameters.items():
        if name == "search":
            found = [lead for lead in found if is_found(lead, text)]
        elif name == "sort":
            found = in_order(found, text.split(","))
        else:
            field, operator = ALIASES.get(name) or tuple(name[:-1].split("["))
            found = [lead for lead in found if holds(field, lead[field], operator, text)]
    return in_order(found, parameters["sort"].split(",")) if "sort" in parameters else found


def is_found(lead: Json, text: str) -> bool:
    name = " ".join(filter(None, (lead["firstName"], lead["lastName"])))
    return any(fold(text) in fold(part or "") for part in (name, lead["email"], lead["company"]))


def compared(field: str, value: Any) -> Any:
    return fold(value) if isinstance(value, str) and field not in PLAIN and not field.endswith("At") else value


def holds(field: str, value: Any, operator: str, text: str) -> bool:
    if operator == "null":
        return (value is None) == (text == "true")
    if operator == "in":
        return any(value is None if one == "none" else holds(field, value, "eq", one) for one in text.split(","))
    if value is None:
        return operator == "ne"
    operand: Any = int(text) if field == "leadScore" else text == "true" if field == "emailOptOut" else text
    mine, other = compared(field, value), compared(field, operand)
    tests: dict[str, Callable[[], bool]] = {
        "eq": lambda: mine == other,
        "ne": lambda: mine != other,
        "gt": lambda: mine > other,
        "gte": lambda: mine >= other,
        "lt": lambda: mine < other,
        "lte": lambda: mine <= other,
        "contains": lambda: other in mine,
        "startswith": lambda: mine.startswith(other),
    }
    return tests[operator]()


def in_order(leads: list[Json], terms: list[str]) -> list[Json]:
    """By the terms, absent values last; what is equal in all of them by id, in the direction of the last term."""
    leads = sorted(leads, key=lambda lead: lead["id"], reverse=terms[-1].startswith("-"))
    for term in reversed(terms):
        name, down = term.removeprefix("-"), term.startswith("-")
        present = [lead for lead in leads if lead[name] is not None]
        present.sort(key=lambda lead: compared(name, lead[name]), reverse=down)
        leads = present + [lead for lead in leads if lead[name] is None]
    return leads


def test_no_step_of_many_lives_differs_from_the_contract(place: Place, tmp_path: Path) -> None:
    class Life(Leads):
        pass

    Life.place = place
    Life.folders = (tmp_path / str(number) for number in itertools.count())
    Life.steps = Counter()
    run_state_machine_as_test(Life, settings=SETTINGS)
    assert Life.steps.total() >= STEPS
    assert {name for name, times in Life.steps.items() if times >= 10} >= OUTCOMES, Life.steps
