"""The examples in the API's documentation, by name of the endpoint: the leads page's own Dana Lee, and others."""

from typing import Any

import leadline
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.crm.views import VIEWS
from leadline.http.openapi.batch_schemas import BATCH_DONE_EXAMPLE, BATCH_EXAMPLE, BULK_DONE_EXAMPLE
from leadline.http.openapi.operation_schemas import EXPLANATION_EXAMPLE, OPERATION_EXAMPLES
from leadline.people.keys import KEYS
from leadline.people.users import USERS
from leadline.records.kind import Kind

Json = dict[str, Any]


def _record_example(kind: Kind, values: Json) -> Json:
    """Returns the values as a response has them: in the order of the kind's fields."""
    return {field.name: values[field.name] for field in kind.shown_fields if field.name in values}


def _item_example(kind: Kind, values: Json) -> Json:
    return {name: values[name] for name in kind.listed if name in values}


def _page_example(*results: Json) -> Json:
    return {"count": len(results), "next": None, "previous": None, "results": [*results]}


_ITEM: Json = {
    "id": "ld_01JP4ZZZ0000000001ABCDEFGH",
    "firstName": "Dana",
    "lastName": "Lee",
    "email": "dana@startup.example",
    "phone": "+15553334444",
    "company": "Startup IO",
    "status": "new",
    "source": "referral",
    "assignedTo": None,
    "leadScore": 5,
    "createdAt": "2025-03-15T14:00:00Z",
    "updatedAt": "2025-03-15T14:00:00Z",
}
_LEAD: Json = _ITEM | {
    "assignedToName": None,
    "emailOptOut": False,
    "emailBounced": False,
    "convertedAt": None,
    "convertedContactId": None,
    "notes": "Referred by Marcus at GrowthCo",
}
_NEW: Json = {
    name: _LEAD[name]
    for name in ("firstName", "lastName", "email", "phone", "company", "source", "leadScore", "notes")
}

_CONTACT: Json = {
    "firstName": "Sarah",
    "lastName": "Kim",
    "email": "sarah@techcorp.example",
    "phone": "+15559876543",
    "title": "Engineering Manager",
    "stage": "new",
    "tags": ["saas", "inbound"],
    "notes": "Met at SaaStr conference",
}
_ACCOUNT: Json = {
    "name": "TechCorp Inc",
    "website": "https://techcorp.example",
    "industry": "Software",
    "companySize": "201-500",
    "annualRevenue": 15000000,
    "stage": "prospect",
    "billingAddress": {
        "street": "123 Main St",
        "city": "San Francisco",
        "state": "CA",
        "postalCode": "94107",
        "country": "US",
    },
    "tags": ["enterprise", "saas"],
}
_DEAL: Json = {
    "name": "TechCorp — Enterprise",
    "value": 12000,
    "stage": "qualification",
    "accountId": "acc_01JPSB0000000000010BCDEFGH",
    "closeDate": "2025-06-30",
}


def _merge_example(kind: Kind) -> Json:
    duplicates = [f"{kind.prefix}_01JPSB00000000000{n}0BCDEFGH" for n in (8, 9)]
    name = "phone" if "phone" in kind.fields else "value"
    return {"duplicates": duplicates, "fields": {name: duplicates[0]}}


_REFRESH = "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJyZWZyZXNoIn0.c2lnbmF0dXJl"
_ACCESS = "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJhY2Nlc3MifQ.c2lnbmF0dXJl"

BODIES: Json = {
    **{f"batch_{kind.plural}": BATCH_EXAMPLE for kind in KINDS},
    **{f"update_{kind.plural}": {"assignedTo": None} for kind in KINDS},
    "create_contact": _CONTACT,
    "update_contact": {"stage": "engaged", "tags": ["saas", "warm"]},
    "create_account": _ACCOUNT,
    "update_account": {"stage": "customer"},
    "create_opportunity": _DEAL,
    "update_opportunity": {"stage": "closed_won", "value": 11500},
    "create_lead": _NEW,
    "update_lead": {"status": "qualified", "leadScore": 9},
    "convert_lead": {
        "createAccount": True,
        "accountName": "Startup IO",
        "createOpportunity": True,
        "opportunityName": "Startup IO — Enterprise",
        "opportunityValue": 12000,
        "opportunityStage": "qualification",
        "opportunityCloseDate": "2025-06-30",
    },
    **{f"merge_{kind.plural}": _merge_example(kind) for kind in KINDS},
    "login": {"email": "ada@startup.example", "password": "correct horse battery staple"},
    "open_browser_session": {"email": "ada@startup.example", "password": "correct horse battery staple"},
    "refresh_token": {"refresh": _REFRESH},
    "create_user": {"email": "ben@startup.example", "firstName": "Ben", "lastName": "Ode", "role": "user"},
    "update_user": {"firstName": "Benjamin"},
    "create_key": {"name": "Website form", "scopes": ["leads:write"]},
    "update_me": {"firstName": "Ada"},
    "create_view": {"name": "New, mine", "kind": "lead", "query": "status=new&assignedTo=me", "position": 1},
    "update_view": {"name": "My new leads"},
    "save_preferences": {"theme": "dark"},
}


_TIMES: Json = {"createdAt": "2025-03-15T14:00:00Z", "updatedAt": "2025-03-15T14:00:00Z"}
_NO_OWNER: Json = {"assignedTo": None, "assignedToName": None}
_FULL_CONTACT = _record_example(
    CONTACTS,
    {
        **dict.fromkeys(("accountId", "accountName", "source", "leadId")),
        **_CONTACT,
        **_TIMES,
        **_NO_OWNER,
        "id": "cnt_01JPSB0000000000020BCDEFGH",
        "emailOptOut": False,
        "emailBounced": False,
    },
)
_FULL_ACCOUNT = _record_example(
    ACCOUNTS,
    {
        **dict.fromkeys(("phone", "leadId", "description")),
        **_ACCOUNT,
        **_TIMES,
        **_NO_OWNER,
        "id": "acc_01JPSB0000000000010BCDEFGH",
        "contactCount": 1,
        "openOpportunityCount": 1,
    },
)
_FULL_DEAL = _record_example(
    OPPORTUNITIES,
    {
        **dict.fromkeys(("contactId", "contactName", "leadId", "description")),
        **_DEAL,
        **_TIMES,
        **_NO_OWNER,
        "id": "opp_01JPSB0000000000030BCDEFGH",
        "accountName": "TechCorp Inc",
    },
)
_FULL_LEAD = _record_example(LEADS, _LEAD)
_USER = _record_example(
    USERS,
    {
        **_TIMES,
        "id": "usr_01JPSB0000000000040BCDEFGH",
        "email": "ben@startup.example",
        "firstName": "Ben",
        "lastName": "Ode",
        "role": "user",
        "active": True,
    },
)
_KEY = _record_example(
    KEYS,
    {
        **_TIMES,
        "id": "key_01JPSB0000000000050BCDEFGH",
        "name": "Website form",
        "hint": "7Q2M",
        "scopes": ["leads:write"],
        **dict.fromkeys(("expiresAt", "lastUsedAt", "revokedAt")),
    },
)
_VIEW = _record_example(VIEWS, {**_TIMES, **BODIES["create_view"], "id": "vw_01JPSB00000000000A0BCDEFGH"})
_ME: Json = {
    "user": {
        "id": _USER["id"],
        "email": "ben@startup.example",
        "firstName": "Ben",
        "lastName": "Ode",
        "name": "Ben Ode",
        "role": "user",
    },
    "workspace": {"id": "ws_01JPSB0000000000060BCDEFGH", "name": "Startup"},
    "key": None,
}
_BY_OWNER: Json = {"assignedTo": [{"value": None, "count": 1, "name": None}]}
_BY_MONTH: Json = {"createdMonth": [{"value": "2025-03", "count": 1}]}


def _facets_example(kind: Kind, values: Json) -> Json:
    """Returns the facets of a list with one record, which has these values."""
    each: Json = {}
    for field in kind.faceted_fields:
        value = values.get(field.name)
        found = value if isinstance(value, list) else [value]
        each[field.name] = [{"value": one, "count": 1} for one in found]
    owners = _BY_OWNER if "assignedTo" in each else {}
    return {"count": 1, "facets": each | owners | _BY_MONTH}


def _history_example(kind: Kind, id_: str) -> Json:
    entry = {
        "operationId": "op_01JPSB0000000000070BCDEFGH",
        "seq": 42,
        "kind": f"{kind.name}.updated",
        "at": "2025-03-16T09:30:00Z",
        "user": {"id": _USER["id"], "name": "Ben Ode"},
        "key": None,
        "requestId": "req_5f0c2a91b300000007",
        "version": 2,
        "changes": {"updatedAt": ["2025-03-15T14:00:00Z", "2025-03-16T09:30:00Z"]},
    }
    return {"gone": False, **_page_example(entry)}


def _of_kind(kind: Kind, record: Json, changes: Json) -> Json:
    return {
        f"list_{kind.plural}": _page_example(_item_example(kind, record)),
        f"create_{kind.name}": record,
        f"get_{kind.name}": record,
        f"update_{kind.name}": record | changes | {"updatedAt": "2025-03-16T09:30:00Z"},
        f"merge_{kind.plural}": record | {"updatedAt": "2025-03-16T09:30:00Z"},
        f"{kind.name}_facets": _facets_example(kind, record),
        f"{kind.name}_history": _history_example(kind, record["id"]),
        f"explain_{kind.name}": EXPLANATION_EXAMPLE,
        f"batch_{kind.plural}": BATCH_DONE_EXAMPLE,
        f"update_{kind.plural}": BULK_DONE_EXAMPLE,
        f"delete_{kind.plural}": BULK_DONE_EXAMPLE,
    }


PREVIEW: Json = {
    "dryRun": True,
    "status": 200,
    "headers": {"ETag": '"2"'},
    "answer": _FULL_LEAD | BODIES["update_lead"] | {"updatedAt": "2025-03-16T09:30:00Z"},
    "operation": {
        "kind": "lead.updated",
        "changes": [
            {
                "kind": "lead",
                "id": _LEAD["id"],
                "action": "updated",
                "version": 2,
                "fields": {"updatedAt": ["2025-03-15T14:00:00Z", "2025-03-16T09:30:00Z"]},
            }
        ],
    },
}
"""A preview of a change of a lead."""

RESPONSES: Json = {
    **OPERATION_EXAMPLES,
    **_of_kind(LEADS, _FULL_LEAD, BODIES["update_lead"]),
    **_of_kind(CONTACTS, _FULL_CONTACT, BODIES["update_contact"]),
    **_of_kind(ACCOUNTS, _FULL_ACCOUNT, BODIES["update_account"]),
    **_of_kind(OPPORTUNITIES, _FULL_DEAL, BODIES["update_opportunity"]),
    **_of_kind(USERS, _USER, BODIES["update_user"]),
    "list_contacts_of_account": _page_example(_item_example(CONTACTS, _FULL_CONTACT)),
    "list_keys": _page_example(_item_example(KEYS, _KEY)),
    "create_key": _KEY | {"secret": "pk_live_4T9VXEJ2MZ8KQ6RBN3C7HWGYD5SF7Q2M"},
    "list_people": _page_example({"id": _USER["id"], "name": "Ben Ode", "active": True}),
    **_of_kind(VIEWS, _VIEW, BODIES["update_view"]),
    "count_views": {"counts": {_VIEW["id"]: 42}},
    "get_preferences": BODIES["save_preferences"],
    "save_preferences": BODIES["save_preferences"],
    "me": _ME,
    "update_me": _ME | {"user": {**_ME["user"], "firstName": "Ada", "name": "Ada Ode"}},
    "login": {
        "access": _ACCESS,
        "refresh": _REFRESH,
        "user": {
            "id": _USER["id"],
            "email": "ada@startup.example",
            "firstName": "Ada",
            "lastName": "Ode",
            "workspaceId": "ws_01JPSB0000000000060BCDEFGH",
        },
    },
    "open_browser_session": {
        "user": {
            "id": _USER["id"],
            "email": "ada@startup.example",
            "firstName": "Ada",
            "lastName": "Ode",
            "workspaceId": "ws_01JPSB0000000000060BCDEFGH",
            "role": "admin",
        },
    },
    "refresh_token": {"access": _ACCESS, "refresh": _REFRESH},
    "health": {"status": "ok", "version": leadline.__version__, "database": "sqlite"},
    "preview_conversion": {
        "contacts": [
            {
                "id": "cnt_01JPSB0000000000020BCDEFGH",
                "name": "Dana Lee",
                "email": "dana@startup.example",
                "reasons": ["same_email"],
            }
        ],
        "accounts": [{"id": "acc_01JPSB0000000000010BCDEFGH", "name": "Startup IO Inc.", "reasons": ["same_name"]}],
        "defaults": {
            "contactName": "Dana Lee",
            "accountName": "Startup IO",
            "opportunityName": "Startup IO",
            "assignedTo": None,
            "assignedToName": None,
        },
    },
    "convert_lead": {
        "lead": {"id": _LEAD["id"], "status": "converted", "convertedAt": "2025-03-20T10:00:00Z"},
        "contact": {"id": "cnt_01JPSB0000000000020BCDEFGH", "firstName": "Dana", "lastName": "Lee"},
        "account": {"id": "acc_01JPSB0000000000010BCDEFGH", "name": "Startup IO"},
        "opportunity": {
            "id": "opp_01JPSB0000000000030BCDEFGH",
            "name": "Startup IO — Enterprise",
            "value": 12000,
        },
    },
}
