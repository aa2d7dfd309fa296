"""Long random lives of two workspaces, step by step against a model of dicts that knows only the contract."""

import itertools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.cast import Caller, Desk, Place, Team, desk_on
from tests.size import Size

Json = dict[str, Any]
Fields = dict[str, tuple[Any, Any]]
"""Some fields, each with what is sent and what becomes of it."""
STEPS = 2_000
LIVES = 90
STEADY = settings(
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
KINDS = ("leads", "contacts", "accounts", "opportunities")
OUTCOMES = {
    *(f"{what} {kind}" for kind in KINDS for what in ("create 201", "create 422", "get 200", "get 404", "list")),
    *(f"delete 204 {kind}" for kind in KINDS),
    *(f"patch {status} {kind}" for kind in KINDS for status in (200, 404, 412, 422)),
    *("delete 404", "patch 409 leads", "convert 200", "convert 404", "convert 409", "convert 422"),
    *("list of account", "list of account 404", "unlinked leads", "unlinked contacts", "unlinked opportunities"),
}
"""What must have been met."""
START = 2_000_000_000_000
BAD = object()
"""Stands for a value that is refused."""
PREFIXES = {"leads": "ld", "contacts": "cnt", "accounts": "acc", "opportunities": "opp"}

LISTED = {
    "leads": [
        *("id", "firstName", "lastName", "email", "phone", "company"),
        *("status", "source", "assignedTo", "leadScore", "createdAt", "updatedAt"),
    ],
    "contacts": [
        *("id", "firstName", "lastName", "email", "phone", "title", "stage", "accountId", "accountName"),
        *("assignedTo", "tags", "createdAt", "updatedAt"),
    ],
    "accounts": [
        *("id", "name", "website", "industry", "companySize", "stage", "assignedTo"),
        *("contactCount", "openOpportunityCount", "createdAt", "updatedAt"),
    ],
    "opportunities": [
        *("id", "name", "value", "stage", "accountId", "accountName", "assignedTo", "closeDate"),
        *("createdAt", "updatedAt"),
    ],
}
COMPUTED = {
    "leads": {"assignedToName"},
    "contacts": {"assignedToName", "accountName"},
    "accounts": {"assignedToName", "contactCount", "openOpportunityCount"},
    "opportunities": {"assignedToName", "accountName", "contactName"},
}
STORED_BY_SERVER = {
    "leads": {"emailBounced", "convertedAt", "convertedContactId"},
    "contacts": {"emailBounced", "leadId"},
    "accounts": {"leadId"},
    "opportunities": {"leadId"},
}
SERVERS = {kind: {"id", "createdAt", "updatedAt"} | COMPUTED[kind] | STORED_BY_SERVER[kind] for kind in KINDS}
HIDDEN = {"convertedAccountId", "convertedOpportunityId"}
LINKS = {
    "leads": {
        "convertedContactId": "contacts",
        "convertedAccountId": "accounts",
        "convertedOpportunityId": "opportunities",
    },
    "contacts": {"accountId": "accounts", "leadId": "leads"},
    "accounts": {"leadId": "leads"},
    "opportunities": {"accountId": "accounts", "contactId": "contacts", "leadId": "leads"},
}
"""What each kind refers to, and with which field."""
SEARCHED: dict[str, list[tuple[str, ...]]] = {
    "leads": [("firstName", "lastName"), ("email",), ("company",)],
    "contacts": [("firstName", "lastName"), ("email",), ("phone",)],
    "accounts": [("name",), ("website",)],
    "opportunities": [("name",)],
}
COPIED = ["firstName", "lastName", "email", "phone", "assignedTo", "source", "notes", "emailOptOut", "emailBounced"]
PLAIN = {"id", "status", "stage", "source", "assignedTo", "accountId", "contactId", "closeDate"}

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
NAMES = [(raw, BAD if value is None else value) for raw, value in TEXTS]
EMAILS = [
    *(
        ("dana@a.example", "dana@a.example"),
        (" Dana@A.Example ", "Dana@a.example"),
        ("x@b.example", "x@b.example"),
    ),
    *(("émile@xn--mller-kva.example", "émile@xn--mller-kva.example"), ("no", BAD), ("", BAD), (None, BAD)),
]
PHONES = [("+1 555 333", "+1 555 333"), ("ext. 12-3", "ext. 12-3"), ("", None), (None, None), ("12", BAD)]
SOURCES = [("referral", "referral"), ("trade_show", "trade_show"), (None, None), ("Trade Show", BAD)]
FLAGS = [(True, True), (False, False), (None, BAD), ("yes", BAD)]
NOTES = [("line\nline", "line\nline"), ("tab\there", BAD), (None, None)]
MONEY = [
    *((0, 0), (12000, 12000), (99.5, 99.5), (0.0001, 0.0001), (99_999_999_999, 99_999_999_999), (None, None)),
    *((-1, BAD), (0.00001, BAD), ("7", BAD), (True, BAD)),
]
TAGS = [
    *(([], []), (["vip"], ["vip"]), ([" VIP ", "é", "", "é"], ["VIP", "é"]), (['a"b', "b"], ['a"b', "b"])),
    *((["press", "vip"], ["press", "vip"]), (None, BAD), ("vip", BAD), (["x" * 51], BAD), ([7], BAD)),
]
ADDRESS = dict.fromkeys(("street", "city", "state", "postalCode", "country"))
ADDRESSES = [
    *((None, None), ({}, ADDRESS), ({"city": " Oslo ", "state": ""}, ADDRESS | {"city": "Oslo"})),
    *(("Oslo", BAD), ({"town": "Oslo"}, BAD), ({"city": 7}, BAD)),
]
DATES = [
    *((day, day) for day in ("2025-03-10", "2025-03-11", "2024-02-29")),
    *((None, None), ("2025-02-29", BAD), ("2025-03-10T00:00:00Z", BAD), (20250310, BAD)),
]


def choices(*values: str) -> list[tuple[Any, Any]]:
    return [*((value, value) for value in values), ("surely_not", BAD), (None, BAD)]


VALUES: dict[str, dict[str, list[tuple[Any, Any]]]] = {
    "leads": {
        "firstName": TEXTS,
        "lastName": TEXTS,
        "company": TEXTS,
        "email": EMAILS,
        "phone": PHONES,
        "status": [
            *((one, one) for one in ["new", "contacted", "qualified", "nurturing", "unqualified", "lost"]),
            ("converted", BAD),
        ],
        "source": SOURCES,
        "leadScore": [
            *((score, score) for score in range(1, 11)),
            (None, None),
            (0, BAD),
            (11, BAD),
            ("5", BAD),
            (True, BAD),
        ],
        "emailOptOut": FLAGS,
        "notes": NOTES,
    },
    "contacts": {
        "firstName": TEXTS,
        "lastName": TEXTS,
        "title": TEXTS,
        "email": EMAILS,
        "phone": PHONES,
        "stage": choices("new", "contacted", "engaged", "proposal_sent", "negotiation", "customer", "inactive"),
        "tags": TAGS,
        "source": SOURCES,
        "emailOptOut": FLAGS,
        "notes": NOTES,
    },
    "accounts": {
        "name": NAMES,
        "website": TEXTS,
        "industry": TEXTS,
        "companySize": [("51-200", "51-200"), (None, None), ("x" * 51, BAD)],
        "annualRevenue": MONEY,
        "stage": choices("prospect", "active", "customer", "partner", "churned"),
        "phone": PHONES,
        "billingAddress": ADDRESSES,
        "tags": TAGS,
        "description": NOTES,
    },
    "opportunities": {
        "name": NAMES,
        "value": MONEY,
        "stage": choices(
            *("prospecting", "qualification", "needs_analysis", "proposal", "negotiation"),
            *("closed_won", "closed_lost"),
        ),
        "closeDate": DATES,
        "description": NOTES,
    },
}
"""What may be sent in each field, with what becomes of it."""
REFERENCES = {
    "leads": ["assignedTo"],
    "contacts": ["assignedTo", "accountId"],
    "accounts": ["assignedTo"],
    "opportunities": ["assignedTo", "accountId", "contactId"],
}

DEFAULTS: dict[str, Json] = {
    kind: dict.fromkeys((*VALUES[kind], *REFERENCES[kind], *STORED_BY_SERVER[kind])) for kind in KINDS
}
DEFAULTS["leads"] |= dict.fromkeys(HIDDEN) | {"status": "new", "emailOptOut": False, "emailBounced": False}
DEFAULTS["contacts"] |= {"stage": "new", "tags": [], "emailOptOut": False, "emailBounced": False}
DEFAULTS["accounts"] |= {"stage": "prospect", "tags": []}
DEFAULTS["opportunities"] |= {"stage": "qualification"}


def unknown(kind: str) -> str:
    return f"{PREFIXES[kind]}_01JP4ZZZ0000000001ABCDEFGH"


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def shown(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def full_name(person: Json | None) -> str | None:
    return " ".join(filter(None, (person["firstName"], person["lastName"]))) if person else None


class Model:
    """One workspace: its records by kind, in the order they were made."""

    def __init__(self, team: Team, caller: Caller) -> None:
        self.team = team
        self.caller = caller
        self.at = START
        self.records: dict[str, list[Json]] = {kind: [] for kind in KINDS}
        self.versions: dict[str, int] = {}
        self.gone: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.names = {seller.id: seller.name for seller in team.sellers}

    def find(self, kind: str, id_: str | None) -> Json | None:
        return next((record for record in self.records[kind] if record["id"] == id_), None)

    def add(self, kind: str, id_: str, time: str, values: Json) -> None:
        assert all(id_ > one["id"] for one in self.records[kind])
        own = {"id": id_, "createdAt": time, "updatedAt": time}
        self.records[kind].append(DEFAULTS[kind] | values | own)
        self.versions[id_] = 1

    def change(self, record: Json, changes: Json, time: str) -> None:
        record |= changes | {"updatedAt": time}
        self.versions[record["id"]] += 1

    def remove(self, kind: str, record: Json, time: str) -> list[str]:
        """Answers the kinds of the records that referred to it, and now refer to nothing."""
        self.records[kind].remove(record)
        self.gone[kind].append(record["id"])
        touched = []
        for other, links in LINKS.items():
            for name in (name for name, target in links.items() if target == kind):
                for referring in self.records[other]:
                    if referring[name] == record["id"]:
                        self.change(referring, {name: None}, time)
                        touched.append(other)
        return touched

    def view(self, kind: str, record: Json) -> Json:
        """The record as the API shows it."""
        found = {name: value for name, value in record.items() if name not in HIDDEN}
        found["assignedToName"] = self.names.get(record["assignedTo"])
        if "accountName" in COMPUTED[kind]:
            account = self.find("accounts", record["accountId"])
            found["accountName"] = account and account["name"]
        if "contactName" in COMPUTED[kind]:
            found["contactName"] = full_name(self.find("contacts", record["contactId"]))
        if kind == "accounts":
            of_it = {
                other: [one for one in self.records[other] if one["accountId"] == record["id"]]
                for other in ("contacts", "opportunities")
            }
            found["contactCount"] = len(of_it["contacts"])
            found["openOpportunityCount"] = sum(
                one["stage"] not in ("closed_won", "closed_lost") for one in of_it["opportunities"]
            )
        return found


def field_values(kind: str) -> st.SearchStrategy[Fields]:
    """Some fields, mostly with good values."""
    values = VALUES[kind]
    good = {name: st.sampled_from([pair for pair in pairs if pair[1] is not BAD]) for name, pairs in values.items()}
    all_ = {name: st.sampled_from(pairs) for name, pairs in values.items()}
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
LEADS_MOSTLY = st.sampled_from(["leads", *KINDS])
FIELDS = st.sampled_from(KINDS).flatmap(
    {kind: st.tuples(st.just(kind), field_values(kind)) for kind in KINDS}.__getitem__
)
"""A kind, and some fields of it."""
WORDS = st.fixed_dictionaries(
    {
        name: st.sampled_from(["one", "two", "none", "stranger", *["untouched"] * 5])
        for name in REFERENCES["opportunities"]
    }
)
"""What is done about each reference."""


class Lives(RuleBasedStateMachine):
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
        untouched = dict.fromkeys(REFERENCES["opportunities"], "untouched")
        for team in (0, 1, 0, 1):
            self.create(team, ("leads", {"company": ("Acme", "Acme")}), untouched | {"assignedTo": "one"})
        for team in (0, 1):
            self.convert(team, 0, {"createAccount": True, "createOpportunity": True})
        self.patch(0, 0, ("leads", {"status": ("lost", "lost")}), untouched, "", "")
        for kind in KINDS:
            self.create(0, (kind, {}), untouched)
            self.patch(0, 0, (kind, {}), untouched, "", "stale")

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    def pick(self, team: int, place: int, kind: str) -> tuple[Model, str]:
        """A caller, and the id of a record: mostly its own, at times the other team's, one that is gone, or none."""
        model, other = self.models[team], self.models[1 - team]
        ids = (
            [record["id"] for record in model.records[kind][-6:]] * 2
            + model.gone[kind][-2:]
            + [record["id"] for record in other.records[kind][-2:]]
        )
        return model, ids[place % len(ids)] if ids else unknown(kind)

    def references(self, model: Model, kind: str, words: dict[str, str]) -> Fields:
        """The references by what is to be done about each."""
        fields: Fields = {}
        other = self.models[1 - self.models.index(model)]
        for name in REFERENCES[kind]:
            mine, theirs = (targets(one, name) for one in (model, other))
            if words[name] == "none":
                fields[name] = (None, None)
            elif words[name] == "stranger" and theirs:
                fields[name] = (theirs[-1], BAD)
            elif words[name] in ("one", "two") and mine:
                id_ = mine[0] if words[name] == "one" else mine[-1]
                fields[name] = (id_, id_)
        return fields

    def touch(self, model: Model) -> str:
        """The time of a write that happens now."""
        model.at = max(model.at, self.now)
        return shown(model.at)

    @rule(seconds=st.integers(-5_000, 100_000))
    def time_passes_or_is_set_back(self, seconds: int) -> None:
        self.now = self.desk.clock.at = max(START, self.now + seconds)

    @rule(team=TEAMS, of_kind=FIELDS, words=WORDS)
    def create(self, team: int, of_kind: tuple[str, Fields], words: dict[str, str]) -> None:
        model, (kind, fields) = self.models[team], of_kind
        usual: Fields = {"name": NAMES[0]} if "name" in VALUES[kind] else {"email": EMAILS[0], "lastName": TEXTS[1]}
        if kind == "opportunities" and words["accountId"] == "untouched":
            words = words | {"accountId": "two"}
        fields = usual | fields | self.references(model, kind, words)
        answer = model.caller.post(f"/api/{kind}/", {name: raw for name, (raw, _) in fields.items()})
        self.steps[f"create {answer.status_code} {kind}"] += 1
        values = {name: value for name, (_, value) in fields.items()}
        if wrong := wrong_fields(kind, None, values):
            assert_refused(answer, wrong)
            return
        assert answer.status_code == 201, answer.text
        record = answer.json()
        model.add(kind, record["id"], self.touch(model), values)
        assert record == model.view(kind, model.records[kind][-1])

    @rule(
        team=TEAMS,
        place=PLACES,
        of_kind=FIELDS,
        words=WORDS,
        server=st.sampled_from(["", "", "", "same", "other"]),
        match=st.sampled_from(["", "", "", "this", "stale"]),
    )
    def patch(
        self, team: int, place: int, of_kind: tuple[str, Fields], words: dict[str, str], server: str, match: str
    ) -> None:
        kind, fields = of_kind
        model, id_ = self.pick(team, place, kind)
        record = model.find(kind, id_)
        fields = fields | self.references(model, kind, words)
        if server and record:
            now = model.view(kind, record)
            same = {name: (now[name], now[name]) for name in SERVERS[kind]}
            fields |= same if server == "same" else same | {"createdAt": ("2001-01-01T00:00:00Z", BAD)}
        version = model.versions.get(id_, 0) + (match == "stale")
        headers = {"If-Match": f'"{version}"'} if match else {}
        answer = model.caller.patch(
            f"/api/{kind}/{id_}/", {name: raw for name, (raw, _) in fields.items()}, headers=headers
        )
        self.steps[f"patch {answer.status_code} {kind}"] += 1
        self.check_patch(model, kind, record, fields, match, answer)

    def check_patch(
        self, model: Model, kind: str, record: Json | None, fields: Fields, match: str, answer: Response
    ) -> None:
        if record is None:
            return assert_status(answer, 404)
        if match == "stale":
            return assert_status(answer, 412)
        if not fields:
            return assert_status(answer, 422)
        changes = {
            name: value
            for name, (_, value) in fields.items()
            if value is BAD or (name not in COMPUTED[kind] and value != record[name])
        }
        if wrong := wrong_fields(kind, record, changes):
            return assert_refused(answer, wrong)
        if "status" in changes and record["convertedAt"]:
            return assert_conflict(answer, record)
        assert answer.status_code == 200, answer.text
        time = self.touch(model)
        if changes:
            model.change(record, changes, time)
        assert answer.json() == model.view(kind, record)
        assert version_of(answer) == model.versions[record["id"]]
        return None

    @rule(team=TEAMS, place=PLACES, kind=st.sampled_from(KINDS))
    def delete(self, team: int, place: int, kind: str) -> None:
        model, id_ = self.pick(team, place, kind)
        if kind == "leads" and any(len(one.records[kind]) < 2 for one in self.models):
            return
        record = model.find(kind, id_)
        answer = model.caller.delete(f"/api/{kind}/{id_}/")
        self.steps[f"delete {answer.status_code} {kind}" if record else "delete 404"] += 1
        assert answer.status_code == (204 if record else 404)
        if record:
            self.steps.update(f"unlinked {other}" for other in model.remove(kind, record, self.touch(model)))

    @rule(team=TEAMS, place=PLACES, kind=st.sampled_from(KINDS))
    def get(self, team: int, place: int, kind: str) -> None:
        model, id_ = self.pick(team, place, kind)
        answer = model.caller.get(f"/api/{kind}/{id_}/")
        self.steps[f"get {answer.status_code} {kind}"] += 1
        record = model.find(kind, id_)
        assert answer.status_code == (200 if record else 404)
        if record:
            assert answer.json() == model.view(kind, record)
            assert version_of(answer) == model.versions[id_]

    @rule(team=TEAMS, place=PLACES, asked=conversions())
    def convert(self, team: int, place: int, asked: Json) -> None:
        model, id_ = self.pick(team, place, "leads")
        lead = model.find("leads", id_)
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
            return assert_conflict(answer, lead)
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
        contact, origin = made["contact"], {"leadId": lead["id"], "assignedTo": lead["assignedTo"]}
        account_id, deal_id = (made[one] and made[one]["id"] for one in ("account", "opportunity"))
        results = {"convertedContactId": contact["id"], "convertedAccountId": account_id}
        results |= {"convertedOpportunityId": deal_id, "status": "converted", "convertedAt": time}
        model.change(lead, results, time)
        assert made["lead"] == {name: lead[name] for name in ("id", "status", "convertedAt")}
        assert contact == {"id": contact["id"], "firstName": lead["firstName"], "lastName": lead["lastName"]}
        assert made["account"] == (None if account is None else {"id": account_id, "name": account})
        if account is not None:
            model.add("accounts", account_id, time, origin | {"name": account})
        copied = {name: lead[name] for name in COPIED}
        model.add("contacts", contact["id"], time, origin | copied | {"accountId": account_id})
        deal = None
        if opportunity is not None:
            deal = {"name": opportunity.get("opportunityName") or account or str(full_name(lead))[:200]}
            deal["value"] = opportunity.get("opportunityValue")
            links = {"contactId": contact["id"], "accountId": account_id}
            stage = opportunity.get("opportunityStage") or "qualification"
            model.add("opportunities", deal_id, time, origin | deal | links | {"stage": stage})
        assert made["opportunity"] == (deal and {"id": deal_id, **deal})

    @rule(
        team=TEAMS,
        kind=LEADS_MOSTLY,
        data=st.data(),
        limit=st.sampled_from([1, 2, 3, 20, 100]),
        by_offset=st.booleans(),
        of_account=PLACES,
    )
    def list(self, team: int, kind: str, data: st.DataObject, limit: int, by_offset: bool, of_account: int) -> None:
        model, path = self.models[team], f"/api/{kind}/"
        parameters = data.draw(queries(model, kind))
        found = answer_of(model, kind, parameters)
        if kind == "contacts" and of_account % 3:
            account = self.pick(team, of_account, "accounts")[1]
            path = f"/api/accounts/{account}/contacts/"
            if model.find("accounts", account) is None:
                self.steps["list of account 404"] += 1
                return assert_status(model.caller.get(path), 404)
            self.steps["list of account"] += 1
            found = [one for one in found if one["accountId"] == account]
        self.steps[f"list {kind}"] += 1
        expected = [{name: one[name] for name in LISTED[kind]} for one in found]
        asked = parameters | {"limit": str(limit)} | ({"offset": "0"} if by_offset else {})
        pages = list(self.walk(model, f"{path}?{urlencode(asked)}", asked, "next"))
        assert [item for page in pages for item in page["results"]] == expected, parameters
        assert {page["count"] for page in pages} == {len(expected)}
        assert pages[0]["previous"] is None
        if pages[-1]["previous"]:
            back = list(self.walk(model, pages[-1]["previous"], asked, "previous"))
            assert [page["results"] for page in back] == [page["results"] for page in pages[-2::-1]]
        return None

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


def targets(model: Model, name: str) -> list[str]:
    """What the reference may point to."""
    if name == "assignedTo":
        return [seller.id for seller in model.team.sellers]
    return [record["id"] for record in model.records["accounts" if name == "accountId" else "contacts"]]


def wrong_fields(kind: str, before: Json | None, changes: Json) -> set[str]:
    """The fields that are refused, all of them at once. A person keeps at least one name, of which one that is wrong
    is one too, and an opportunity that has an account keeps one."""
    wrong = {name for name, value in changes.items() if value is BAD}
    good = {name: value for name, value in changes.items() if value is not BAD}
    after = (before or DEFAULTS[kind]) | good
    names = {"firstName", "lastName"}
    if "firstName" in after and not (after["firstName"] or after["lastName"]) and wrong.isdisjoint(names):
        wrong |= names
    if kind == "opportunities" and after["accountId"] is None and (before is None or before["accountId"]):
        wrong |= {"accountId"}
    return wrong


def version_of(answer: Response) -> int:
    """The record's, which its entity tag begins with."""
    return int(answer.headers["ETag"].strip('"').partition("-")[0])


def assert_status(answer: Response, status: int) -> None:
    assert answer.status_code == status, answer.text


def assert_refused(answer: Response, fields: set[str]) -> None:
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields


def assert_conflict(answer: Response, lead: Json) -> None:
    assert answer.status_code == 409, answer.text
    for name in ("contactId", "accountId", "opportunityId"):
        assert answer.json()[name] == lead[f"converted{name[0].upper()}{name[1:]}"]


TEXT = ["dana", "LEE", "é", "e\u0301", "%", "_", "ss", "a.ex", "555", "dana lee", "x" * 30, "xx"]
TRUTH = ["true", "false"]
AMOUNT = ["0", "99.5", "12000"]


def some_of(*values: str) -> list[str]:
    return [*values, *(",".join(two) for two in itertools.permutations(values, 2))]


PERSON = {
    "email": ["DANA@a.example", "x@b.example,dana@a.example"],
    "firstName[contains]": TEXT,
    "lastName[startswith]": TEXT,
    "notes[null]": TRUTH,
    "emailOptOut[eq]": TRUTH,
}
TAGGED = {"tags": some_of("vip", " VIP", "b", "é", "press", "none"), "tags[contains]": ["É", "a", "b"]}
FILTERS: dict[str, dict[str, list[str]]] = {
    "leads": {
        **PERSON,
        "status": some_of("new", "lost", "converted", "qualified"),
        "status[ne]": ["new", "converted"],
        "source": ["referral", "referral,trade_show", "event"],
        "leadScore[gte]": ["0", "5", "10"],
        "leadScore[lt]": ["3", "7"],
        "leadScore[ne]": ["3", "7"],
        "leadScore[null]": TRUTH,
        "company[eq]": TEXT,
        "company[gt]": TEXT,
    },
    "contacts": {
        **PERSON,
        **TAGGED,
        "stage": some_of("new", "engaged", "customer", "inactive"),
        "accountName[contains]": TEXT,
        "title[null]": TRUTH,
        "leadId[null]": TRUTH,
    },
    "accounts": {
        **TAGGED,
        "stage": some_of("prospect", "customer", "churned"),
        "industry": TEXT,
        "industry[ne]": TEXT,
        "industry[null]": TRUTH,
        "annualRevenue[gte]": AMOUNT,
        "contactCount[gte]": ["1", "2"],
        "openOpportunityCount[eq]": ["0", "1"],
        "billingAddress[null]": TRUTH,
    },
    "opportunities": {
        "stage": some_of("qualification", "proposal", "closed_won"),
        "accountId[null]": TRUTH,
        "contactName[contains]": TEXT,
        "closeDateAfter": ["2025-03-10", "2025-03-10T08:00:00Z", "2024-02-29T23:59:59-01:00"],
        "closeDateBefore": ["2025-03-11", "2025-03-10T00:00:01Z", "2025-03-11T00:00:00+01:00"],
        "valueMin": AMOUNT,
        "valueMax": AMOUNT,
    },
}
"""Those of each kind, with operands that are often met."""


def queries(model: Model, kind: str) -> st.SearchStrategy[dict[str, str]]:
    """Filters, a search and an order."""
    times = [record[name] for record in model.records[kind][-8:] for name in ("createdAt", "updatedAt")]
    times.append(shown(START))
    people = targets(model, "assignedTo")
    optional = FILTERS[kind] | {
        "assignedTo": [*people, "none", f"none,{people[0]}"],
        **dict.fromkeys(("createdAfter", "createdBefore", "updatedAt[gte]", "updatedBefore"), times),
        "id[in]": some_of(*(record["id"] for record in model.records[kind][-4:]), unknown(kind)),
        "search": TEXT,
    }
    for name in REFERENCES[kind][1:]:
        optional[name] = some_of(
            *targets(model, name)[-4:], unknown("accounts" if name == "accountId" else "contacts")
        )
    names = sorted(optional)
    chosen = st.lists(st.tuples(st.sampled_from(names), st.integers(0, 99)), max_size=2).map(
        lambda pairs: {name: optional[name][place % len(optional[name])] for name, place in pairs}
    )
    terms = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(LISTED[kind])).map("".join)
    orders = st.lists(terms, max_size=3).map(lambda terms: {"sort": ",".join(terms)} if terms else {})
    return st.tuples(chosen, orders).map(lambda both: both[0] | both[1])


ALIASES = {
    **{name: (name, "in") for name in ("status", "stage", "source", "assignedTo", "email", "tags", "industry")},
    **{name: (name, "in") for name in ("accountId", "contactId")},
    "createdAfter": ("createdAt", "gt"),
    "createdBefore": ("createdAt", "lt"),
    "updatedBefore": ("updatedAt", "lt"),
    "closeDateAfter": ("closeDate", "gt"),
    "closeDateBefore": ("closeDate", "lt"),
    "valueMin": ("value", "gte"),
    "valueMax": ("value", "lte"),
}
NUMBERS = {"leadScore", "value", "annualRevenue", "contactCount", "openOpportunityCount"}


def answer_of(model: Model, kind: str, parameters: dict[str, str]) -> list[Json]:
    found = [model.view(kind, record) for record in reversed(model.records[kind])]
    for name, text in parameters.items():
        if name == "search":
            found = [record for record in found if is_found(kind, record, text)]
        elif name != "sort":
            field, operator = ALIASES.get(name) or tuple(name[:-1].split("["))
            found = [record for record in found if holds(field, record[field], operator, text)]
    return in_order(found, parameters["sort"].split(",")) if "sort" in parameters else found


def is_found(kind: str, record: Json, text: str) -> bool:
    parts = (" ".join(record[name] for name in part if record[name]) for part in SEARCHED[kind])
    return any(fold(text) in fold(part) for part in parts)


def compared(field: str, value: Any) -> Any:
    if isinstance(value, list):
        return "".join(f"\x1f{fold(one)}" for one in value)
    return fold(value) if isinstance(value, str) and field not in PLAIN and not field.endswith("At") else value


def holds(field: str, value: Any, operator: str, text: str) -> bool:
    if operator == "null":
        return (value is None) == (text == "true")
    if field == "tags":
        return not {fold(tag) for tag in value}.isdisjoint(fold(tag.strip()) for tag in text.split(","))
    if operator == "in":
        return any(value is None if one == "none" else holds(field, value, "eq", one) for one in text.split(","))
    if value is None:
        return operator == "ne"
    operand: Any = float(text) if field in NUMBERS else text == "true" if field == "emailOptOut" else text
    if field == "closeDate":
        value, operand = (moment(one) for one in (value, text))
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


def moment(text: str) -> datetime:
    """A day is its first second."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z")


def in_order(records: list[Json], terms: list[str]) -> list[Json]:
    """By the terms, absent values last; what is equal in all of them by id, in the direction of the last term."""
    records = sorted(records, key=lambda record: record["id"], reverse=terms[-1].startswith("-"))
    for term in reversed(terms):
        name, down = term.removeprefix("-"), term.startswith("-")
        present = [record for record in records if record[name] is not None]
        present.sort(key=lambda record: compared(name, record[name]), reverse=down)
        records = present + [record for record in records if record[name] is None]
    return records


@pytest.mark.makes_up_its_steps
def test_no_step_of_many_lives_differs_from_the_contract(place: Place, tmp_path: Path, size: Size) -> None:
    class Life(Lives):
        pass

    Life.place = place
    Life.folders = (tmp_path / str(number) for number in itertools.count())
    Life.steps = Counter()
    run_state_machine_as_test(Life, settings=settings(STEADY, max_examples=size.of(LIVES)))
    assert Life.steps.total() >= size.of(STEPS)
    if size.is_full:
        assert set(Life.steps) >= OUTCOMES, Life.steps
