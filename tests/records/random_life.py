"""A desk to which random things happen, and copies of everything that can be read there."""

import random
from typing import Any

from tests.cast import Caller, Desk

Json = dict[str, Any]
LISTS = ("leads", "contacts", "accounts", "opportunities")


def newest_seq(desk: Desk) -> int:
    """The newest operation of Acme's."""
    [(newest,)] = desk.rows("SELECT seq FROM workspaces WHERE number = ?", desk.acme.workspace.number)
    return int(newest or 0)


def get(desk: Desk, path: str, caller: Caller | None = None) -> Json:
    answer = (caller or desk.ada).get(path)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def write_something(desk: Desk, dice: random.Random) -> None:
    plural = dice.choice(LISTS)
    ids = [one["id"] for one in get(desk, f"/api/{plural}/?limit=100")["results"]]
    path = f"/api/{plural}/{dice.choice(ids)}/" if ids else ""
    match dice.choice(("create", "create", "patch", "patch", "delete", "convert")):
        case "patch" if path:
            changes = {"leads": "company", "contacts": "title", "accounts": "name", "opportunities": "name"}
            desk.team.patch(path, {changes[plural]: dice.choice("ABCDE"), "assignedTo": dice.choice(_owners(desk))})
        case "delete" if path:
            desk.team.delete(path)
        case "convert" if path and plural == "leads":
            desk.team.post(f"{path}convert/", {"createAccount": True, "accountName": "New"})
        case _ if plural == "leads":
            desk.lead(company=dice.choice("ABC"), assignedTo=dice.choice(_owners(desk)))
        case _ if plural == "contacts":
            accounts = [one["id"] for one in get(desk, "/api/accounts/")["results"]] or [None]
            desk.contact(accountId=dice.choice(accounts), tags=["x"])
        case _:
            desk.account(annualRevenue=dice.choice([None, 12.5, 7]), industry=dice.choice(["IT", "it", None]))


def _owners(desk: Desk) -> list[str | None]:
    return [None, desk.ben.id, desk.cleo.id]


def copy_all(desk: Desk, then: int | None = None) -> Json:
    """Everything that can be read at a moment."""
    as_of = "" if then is None else f"&asOf={then}"
    found: Json = {}
    for plural in LISTS:
        for query in ("limit=100", "sort=-updatedAt,id", "search=b"):
            page = get(desk, f"/api/{plural}/?{query}{as_of}")
            found[f"{plural}?{query}"] = page["count"], page["results"]
        found[f"{plural} facets"] = get(desk, f"/api/{plural}/facets/?createdAfter=2001-01-01{as_of}")
        for one in get(desk, f"/api/{plural}/?limit=2{as_of}")["results"]:
            found[one["id"]] = get(desk, f"/api/{plural}/{one['id']}/?{as_of[1:]}")
    return found
