"""The change feed: what was done, in order and without gaps, for whoever may see it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from leadline.app import build_app
from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records.body import read_new
from leadline.settings import HOME
from tests.cast import Caller, Desk
from tests.waiting import until

Json = dict[str, Any]


def page_of(desk: Desk, query: str = "", caller: Caller | None = None) -> Json:
    answer = (caller or desk.team).get(f"/api/changes/{query}")
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


def pages(desk: Desk, query: str = "?limit=100", caller: Caller | None = None) -> Iterator[Json]:
    """All pages that follow one another."""
    path: str | None = f"/api/changes/{query}"
    while path:
        answer = (caller or desk.team).get(path)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        path = answer.json()["next"]


def newest(desk: Desk) -> str:
    """The cursor after which there is nothing yet."""
    return str([*pages(desk)][-1]["through"])


def kinds(desk: Desk, after: str, query: str = "", caller: Caller | None = None) -> list[str]:
    return [one["kind"] for one in page_of(desk, f"?after={after}{query}", caller)["results"]]


def key_for(desk: Desk, *scopes: str) -> Caller:
    return desk.caller(desk.ada.post("/api/keys/", {"name": "Form", "scopes": scopes}).json()["secret"])


def test_what_was_done_comes_in_order_with_each_change(desk: Desk) -> None:
    after = newest(desk)
    lead = desk.lead(company="A")
    change = desk.ben.patch(f"/api/leads/{lead['id']}/", {"company": "B"})
    page = page_of(desk, f"?after={after}")
    creation, update = page["results"]
    assert (creation["kind"], creation["changes"][0]["action"]) == ("lead.created", "created")
    at = change.json()["updatedAt"]
    assert update == {
        "id": change.headers["Operation-Id"],
        "seq": creation["seq"] + 1,
        "kind": "lead.updated",
        "at": at,
        "user": {"id": desk.ben.id, "name": "Ben Okri"},
        "key": None,
        "requestId": change.headers["X-Request-Id"],
        "undoes": None,
        "jobId": None,
        "changes": [
            {
                "kind": "lead",
                "id": lead["id"],
                "action": "updated",
                "version": 2,
                "fields": update["changes"][0]["fields"],
            }
        ],
    }
    assert update["changes"][0]["fields"]["company"] == ["A", "B"]
    assert page["through"] == f"{update['seq']}.{update['id']}"
    assert page["next"] is None
    assert page_of(desk, f"?after={page['through']}") == {"results": [], "through": page["through"], "next": None}


def test_pages_follow_one_another_without_a_gap(desk: Desk) -> None:
    after = newest(desk)
    for _ in range(5):
        desk.lead()
    found = [*pages(desk, f"?after={after}&limit=2")]
    assert [len(page["results"]) for page in found] == [2, 2, 1]
    first = int(after.split(".")[0]) + 1
    assert [one["seq"] for page in found for one in page["results"]] == list(range(first, first + 5))


def test_a_seq_alone_is_a_cursor_and_no_cursor_is_the_beginning(desk: Desk) -> None:
    lead = desk.lead()
    all_seen = [one for page in pages(desk, "?limit=2") for one in page["results"]]
    assert all_seen[-1]["changes"][0]["id"] == lead["id"]
    seq = all_seen[-1]["seq"]
    assert page_of(desk, f"?after={seq - 1}")["results"] == all_seen[-1:]
    assert page_of(desk, "?after=0&limit=1") == page_of(desk, "?limit=1")


def test_large_operations_make_short_pages_but_one_always_fits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    after = newest(desk)
    for _ in range(3):
        desk.lead(notes="x" * 1_000)
    monkeypatch.setattr("leadline.log.change_feed.MAX_PAGE_BYTES", 3_000)
    assert [len(page["results"]) for page in pages(desk, f"?after={after}")] == [2, 1]
    monkeypatch.setattr("leadline.log.change_feed.MAX_PAGE_BYTES", 10)
    assert [len(page["results"]) for page in pages(desk, f"?after={after}")] == [1, 1, 1]


def test_an_operation_of_many_changes_is_never_cut(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if it has more changes than a page of several operations."""
    account = desk.account()
    for _ in range(6):
        desk.contact(accountId=account["id"])
    after = newest(desk)
    desk.lead()
    desk.team.delete(f"/api/accounts/{account['id']}/")
    desk.lead()
    monkeypatch.setattr("leadline.log.change_feed.MAX_PAGE_CHANGES", 3)
    monkeypatch.setattr("leadline.http.endpoints.changes.MAX_CHANGES_AT_ONCE", 2)
    found = [one for page in pages(desk, f"?after={after}") for one in page["results"]]
    assert [len(one["changes"]) for one in found] == [1, 7, 1]
    assert [one["kind"] for one in found] == ["lead.created", "account.deleted", "lead.created"]


def test_few_matches_among_many_operations_are_found_page_by_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.log.change_feed.MAX_SCANNED_OPERATIONS", 3)
    after = newest(desk)
    for _ in range(7):
        desk.lead()
    desk.account()
    found = [*pages(desk, f"?after={after}&kind=account")]
    assert [len(page["results"]) for page in found] == [0, 0, 1]


def test_kinds_and_fields_are_chosen(desk: Desk) -> None:
    after = newest(desk)
    lead = desk.lead(company="A", status="new")
    desk.account()
    path = f"/api/leads/{lead['id']}/"
    desk.team.patch(path, {"company": "B"})
    desk.team.patch(path, {"status": "contacted"})
    desk.team.delete(path)
    assert kinds(desk, after, "&kind=account") == ["account.created"]
    assert kinds(desk, after, "&kind=account, lead&fields=name") == [
        "lead.created",
        "account.created",
        "lead.deleted",
    ]
    results = page_of(desk, f"?after={after}&kind=lead&fields=status")["results"]
    assert [(one["changes"][0]["action"], one["changes"][0]["fields"]) for one in results] == [
        ("created", {"status": [None, "new"]}),
        ("updated", {"status": ["new", "contacted"]}),
        ("deleted", {"status": ["contacted", None]}),
    ]


def test_an_operation_that_changed_nothing_is_left_out_but_considered(desk: Desk) -> None:
    lead = desk.lead(company="A")
    after = newest(desk)
    operation = desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "A"}).headers["Operation-Id"]
    page = page_of(desk, f"?after={after}")
    assert page["results"] == []
    assert page["through"].endswith(operation)


def test_a_key_sees_the_kinds_that_it_may_read(desk: Desk) -> None:
    account = desk.account()
    desk.contact(accountId=account["id"])
    after = newest(desk)
    operation = desk.team.delete(f"/api/accounts/{account['id']}/").headers["Operation-Id"]
    desk.lead()
    contacts = key_for(desk, "contacts:read", "leads:write")
    page = page_of(desk, f"?after={after}", contacts)
    assert [(one["id"], [change["kind"] for change in one["changes"]]) for one in page["results"]] == [
        (operation, ["contact"])
    ]
    assert page["through"] == newest(desk)
    for kind, code in (("lead", "missing_scope"), ("contact,account", "missing_scope"), ("user", "forbidden")):
        answer = contacts.get(f"/api/changes/?kind={kind}")
        assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_changes_of_users_are_for_admins_and_those_of_keys_and_sessions_for_nobody(desk: Desk) -> None:
    after = newest(desk)
    desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"firstName": "Cleopatra"})
    key = desk.ada.post("/api/keys/", {"name": "Form"}).json()["id"]
    desk.ada.delete(f"/api/keys/{key}/")
    desk.ada.post("/api/auth/logout/")
    ada = desk.caller(sign_in(desk, "ada@acme.example"))
    assert kinds(desk, after, caller=ada) == ["user.updated"]
    assert kinds(desk, after, "&kind=user", caller=ada) == ["user.updated"]
    for caller in (desk.ben, desk.team):
        assert kinds(desk, after, caller=caller) == []
    answer = desk.ben.get("/api/changes/?kind=user")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def sign_in(desk: Desk, email: str) -> str:
    credentials = {"email": email, "password": "a password of the cast", "workspaceId": desk.acme.workspace.id}
    return str(desk.nobody.post("/api/auth/login/", credentials).json()["access"])


def test_a_viewer_sees_that_something_was_done_and_nothing_of_it(desk: Desk) -> None:
    after = newest(desk)
    desk.lead()
    page = page_of(desk, f"?after={after}", desk.vic)
    assert page["results"] == []
    assert page["through"] == newest(desk)
    assert page_of(desk, f"?after={after}&kind=lead", desk.vic)["results"] == []


def test_nobody_sees_another_workspace(desk: Desk) -> None:
    cursor = newest(desk)
    desk.lead()
    assert [one for page in pages(desk, caller=desk.stranger) for one in page["results"]] == []
    answer = desk.stranger.get(f"/api/changes/?after={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (409, "other_history")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=x", "after"),
        ("after=-1", "after"),
        ("after=1.op_x", "after"),
        ("after=1.ld_01HXAAAAAAAAAAAAAAAAAAAAAA", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("wait=31", "wait"),
        ("wait=-1", "wait"),
        ("kind=leads", "kind"),
        ("kind=key", "kind"),
        ("fields=companny", "fields"),
        (f"fields={'a,' * 200}", "fields"),
        ("since=1", "since"),
    ],
)
@pytest.mark.parametrize("path", ["/api/changes/", "/api/changes/stream/"])
def test_a_parameter_that_is_none_is_refused(desk: Desk, path: str, query: str, field: str) -> None:
    answer = desk.team.get(f"{path}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_cursor_of_a_log_that_took_another_course_is_told(desk: Desk) -> None:
    """The data were restored, and others have written since: their `seq` are those of what was lost."""
    cursor = newest(desk)
    seq = int(cursor.split(".")[0])
    for after in (f"{seq}.op_01HXAAAAAAAAAAAAAAAAAAAAAA", str(seq + 1), f"{seq + 1}.op_01HXAAAAAAAAAAAAAAAAAAAAAA"):
        for path in ("/api/changes/", "/api/changes/stream/"):
            answer = desk.team.get(f"{path}?after={after}")
            assert (answer.status_code, answer.json()["code"]) == (409, "other_history")


def test_what_the_log_has_lost_is_told_with_the_first_cursor_there_is(desk: Desk) -> None:
    desk.lead()
    cursor = newest(desk)
    lead = desk.lead()
    desk.execute("UPDATE workspaces SET log_from = ? WHERE number = 1", int(cursor.split(".")[0]) + 1)
    for path in ("/api/changes/?after=1", "/api/changes/stream/?after=0"):
        answer = desk.team.get(path)
        assert (answer.status_code, answer.json()["code"], answer.json()["after"]) == (410, "log_trimmed", cursor)
    (page,) = pages(desk, f"?after={cursor}")
    assert page == page_of(desk)
    assert page["results"][0]["changes"][0]["id"] == lead["id"]


# Waiting


def meanwhile(desk: Desk, path: str, *steps: Any, caller: Caller | None = None) -> Any:
    """The answer to a request, during which other steps are taken as soon as it waits."""

    async def wait() -> Any:
        asked = asyncio.create_task((caller or desk.team).send_later("GET", path))
        await asyncio.to_thread(until, lambda: desk.app.signals.is_anybody_waiting)
        for step in steps:
            await step()
        async with asyncio.timeout(10):
            return await asked

    return desk.run(wait())


def test_a_reader_waits_for_what_is_done_next(desk: Desk) -> None:
    cursor = newest(desk)
    body = {"lastName": "Lee", "email": "lee@startup.example"}
    answer = meanwhile(
        desk, f"/api/changes/?after={cursor}&wait=30", lambda: desk.ben.send_later("POST", "/api/leads/", json=body)
    )
    assert [one["kind"] for one in answer.json()["results"]] == ["lead.created"]


def test_a_reader_waits_on_through_what_it_does_not_see(desk: Desk) -> None:
    cursor = newest(desk)
    first, second = {"name": "A"}, {"lastName": "Lee", "email": "lee@startup.example"}
    answer = meanwhile(
        desk,
        f"/api/changes/?after={cursor}&wait=30&kind=lead",
        lambda: desk.ben.send_later("POST", "/api/accounts/", json=first),
        lambda: desk.ben.send_later("POST", "/api/leads/", json=second),
    )
    assert [one["kind"] for one in answer.json()["results"]] == ["lead.created"]


def test_a_reader_that_waits_in_vain_is_told_so(desk: Desk) -> None:
    cursor = newest(desk)
    assert page_of(desk, f"?after={cursor}&wait=1")["results"] == []


async def write_elsewhere(desk: Desk, cluster: str = HOME) -> None:
    """Makes a lead by another node, which tells this one nothing."""
    draft = read_new(LEADS, {"lastName": "Lee", "email": "lee@startup.example"})
    async with build_app(desk.app.settings).open() as node:
        await node.members[cluster].write(lambda tx: node.records.create(tx, desk.acme.system, LEADS, draft), 1)


def test_writes_of_another_node_wake_a_reader(desk: Desk) -> None:
    cursor = newest(desk)
    answer = meanwhile(desk, f"/api/changes/?after={cursor}&wait=30", lambda: write_elsewhere(desk))
    assert len(answer.json()["results"]) == 1


def test_a_reader_that_loses_its_key_while_it_waits_is_refused(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "Form"}).json()
    reader, cursor = desk.caller(made["secret"]), newest(desk)
    answer = meanwhile(
        desk,
        f"/api/changes/?after={cursor}&wait=30",
        lambda: desk.ada.send_later("DELETE", f"/api/keys/{made['id']}/"),
        caller=reader,
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


def test_a_caller_waits_ten_times_at_once(desk: Desk) -> None:
    cursor = newest(desk)

    async def ask() -> list[int]:
        path = f"/api/changes/?after={cursor}&wait=1"
        answers = await asyncio.gather(*(desk.team.send_later("GET", path) for _ in range(11)))
        return sorted(answer.status_code for answer in answers)

    assert desk.run(ask()) == [200] * 10 + [429]


# Streams


def events_of(
    desk: Desk, query: str, caller: Caller | None = None, *, last: str | None = None
) -> list[dict[str, str]]:
    """The events of a stream that ends when there is nothing new."""
    headers = {"Last-Event-ID": last} if last else {}
    answer = (caller or desk.team).get(f"/api/changes/stream/{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/event-stream"
    first, *events, end = answer.text.split("\n\n")
    assert (first, end) == ("retry: 2000", "")
    return [dict(line.split(": ", 1) for line in event.split("\n")) for event in events]


def test_a_stream_tells_the_same_as_the_pages(desk: Desk) -> None:
    after = newest(desk)
    for _ in range(3):
        desk.lead()
    events = events_of(desk, f"?after={after}&wait=0&limit=2")
    results = [one for page in pages(desk, f"?after={after}") for one in page["results"]]
    assert [json.loads(event["data"]) for event in events] == results
    assert [(event["id"], event["event"]) for event in events] == [
        (f"{one['seq']}.{one['id']}", "lead.created") for one in results
    ]


def test_a_stream_goes_on_after_the_last_event_that_arrived(desk: Desk) -> None:
    after = newest(desk)
    for _ in range(3):
        desk.lead()
    events = events_of(desk, f"?after={after}&wait=0")
    again = events_of(desk, f"?after={after}&wait=0", last=events[0]["id"])
    assert again == events[1:]
    for header in ("x", "1.op_x", ""):
        answer = desk.team.get("/api/changes/stream/", headers={"Last-Event-ID": header})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


def test_a_stream_moves_the_cursor_of_who_sees_nothing(desk: Desk) -> None:
    after = newest(desk)
    desk.lead()
    assert events_of(desk, f"?after={after}&wait=0", desk.vic) == [{"id": newest(desk)}]


def follow(desk: Desk, caller: Caller, *steps: Any) -> str:
    """The events of a stream, during which steps are taken as soon as it waits."""
    answer = meanwhile(desk, f"/api/changes/stream/?after={newest(desk)}", *steps, caller=caller)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_revoked_key_ends_its_stream(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "Form"}).json()
    text = follow(
        desk, desk.caller(made["secret"]), lambda: desk.ada.send_later("DELETE", f"/api/keys/{made['id']}/")
    )
    assert "event:" not in text


def test_an_ended_session_ends_its_stream(desk: Desk) -> None:
    follow(desk, desk.ben, lambda: desk.ben.send_later("POST", "/api/auth/logout/"))


def test_another_role_ends_a_stream(desk: Desk) -> None:
    change = {"role": "viewer"}
    follow(desk, desk.ben, lambda: desk.ada.send_later("PATCH", f"/api/users/{desk.ben.id}/", json=change))


def test_a_restore_ends_a_stream(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another log is in the place of the one that the stream has read, and the stream looks at its rights again."""
    monkeypatch.setattr("leadline.http.endpoints.changes.HEARTBEAT_SECONDS", 0.05)

    async def restore(tx: Transaction) -> None:
        await tx.execute("UPDATE workspaces SET seq = seq - 1 WHERE number = 1")

    text = follow(desk, desk.team, lambda: desk.app.database.write(restore))
    assert "event:" not in text


# Log-Seq


def test_lists_and_writes_say_which_operation_they_know_of(desk: Desk) -> None:
    write = desk.team.post("/api/leads/", {"lastName": "Lee", "email": "lee@startup.example"})
    seq = newest(desk).partition(".")[0]
    assert write.headers["Log-Seq"] == seq
    for path in ("/api/leads/", "/api/leads/facets/", "/api/people/", "/api/changes/?limit=1"):
        answer = desk.team.get(path)
        assert answer.headers["Log-Seq"] == seq, path
    tag = desk.team.get("/api/leads/").headers["ETag"]
    unchanged = desk.team.get("/api/leads/", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.headers["Log-Seq"]) == (304, seq)
