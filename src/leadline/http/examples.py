"""The examples of the API's documentation, by the name of the endpoint: the leads page's own Dana Lee, and others."""

from typing import Any

Json = dict[str, Any]

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
BODIES: Json = {
    "create_contact": _CONTACT,
    "update_contact": {"stage": "engaged", "tags": ["saas", "warm"]},
    "create_account": _ACCOUNT,
    "update_account": {"stage": "customer"},
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
    },
}

REPLIES: Json = {
    "list_leads": {"count": 1, "next": None, "previous": None, "results": [_ITEM]},
    "create_lead": _LEAD,
    "get_lead": _LEAD,
    "update_lead": _LEAD | {"status": "qualified", "leadScore": 9, "updatedAt": "2025-03-16T09:30:00Z"},
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
