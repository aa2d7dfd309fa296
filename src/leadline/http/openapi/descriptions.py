"""The descriptions of fields, which the OpenAPI document and its page show."""

import json

from leadline.records.kind import Field

_OF_FIELDS = {
    "id": "Made by the server.",
    "firstName": "First name of the person.",
    "lastName": "Last name of the person.",
    "email": "E-mail address.",
    "phone": "Phone number, kept as it was typed; it has 3 to 20 digits.",
    "company": "Company that the person works for.",
    "status": "Where the lead stands; `converted` is set by a convert alone.",
    "source": "Where it came from: one of the examples, or a word of your own.",
    "assignedTo": "Id of the user who owns it.",
    "assignedToName": "Name of the user who owns it.",
    "leadScore": "How promising the lead is.",
    "emailOptOut": "True if they want no e-mail.",
    "emailBounced": "True if an e-mail came back.",
    "convertedAt": "When it was converted.",
    "convertedContactId": "Id of the contact that it became.",
    "notes": "Text of several lines.",
    "createdAt": "When it was made.",
    "updatedAt": "When it was changed last.",
    "title": "What the person is at their company.",
    "stage": "Where it stands.",
    "accountId": "Id of its account.",
    "accountName": "Name of its account.",
    "tags": "Different short texts; never null.",
    "leadId": "Id of the lead that it was converted from.",
    "name": "Its name.",
    "website": "Address of the company's website.",
    "industry": "Industry that the company works in.",
    "companySize": "How many people work there, such as `201-500`.",
    "annualRevenue": "Revenue in a year.",
    "billingAddress": "Where bills are sent.",
    "contactCount": "How many contacts name the account.",
    "openOpportunityCount": "How many of its opportunities are not closed.",
    "description": "Text of several lines.",
    "value": "What it is worth.",
    "contactId": "Id of its contact.",
    "contactName": "Name of its contact.",
    "closeDate": "Day on which it is expected to close.",
    "role": "What the user may do.",
    "active": "False for a disabled user.",
    "password": "Password to sign in with; null takes it away.",
    "hint": "The key's last four characters.",
    "scopes": "What the key may do; null for all that a user may.",
    "expiresAt": "When the key ends by itself.",
    "lastUsedAt": "Its last use, exact to a minute.",
    "revokedAt": "When it was revoked.",
    "workspaceId": "Id of the workspace, for an e-mail that several know.",
    "refresh": "The refresh token, which is spent by this.",
    "kind": "The kind of record whose list it is.",
    "query": "Query string of that list: filters, search and sort; null for the whole list.",
    "position": "Place among your views; null for after all others.",
    "currentPassword": "The password until now; needed to change it.",
    "createAccount": "Whether to create an account.",
    "createOpportunity": "Whether to create an opportunity.",
    "opportunityName": "Name of the new opportunity; by itself that of the account, else of the person. Needs "
    "createOpportunity.",
    "opportunityValue": "What the new opportunity is worth. Needs createOpportunity.",
    "opportunityCloseDate": "Day on which the new opportunity is expected to close. Needs createOpportunity.",
    "opportunityAssignedTo": "Id of the user who owns the new opportunity; by itself the lead's owner. Needs "
    "createOpportunity.",
    "opportunityStage": "Stage of the new opportunity; `qualification` by default. Needs createOpportunity.",
}
_OF_CONVERTING = {
    "accountName": "Name of the new account; by itself the lead's company. Needs createAccount.",
    "accountId": "Id of an existing account to link; excludes createAccount.",
    "contactId": "Id of an existing contact to link; only its empty fields are filled.",
}


def describe_field(field: Field) -> str:
    """Returns the description of a record's field, "" if it has none yet."""
    return _OF_FIELDS.get(field.name, "")


def describe_input(field: Field, *, of_record: bool = True) -> str:
    """Returns the description of a field as a request sends it, in a record or (`of_record` False) otherwise."""
    told = describe_field(field)
    if not of_record:
        told = _OF_CONVERTING.get(field.name, told)
    return f"{told} {field.type.input_description()}".strip()


def describe_default(field: Field) -> str:
    """Describes a field's default in words, because generated clients send a schema's `default`; "" without one."""
    if field.default is None:
        return ""
    return f"`{json.dumps(field.default)}` by default."
