"""Leads: people who may become customers."""

from dataclasses import replace

from leadline.crm import fields
from leadline.errors import Conflict
from leadline.records.kind import Field, Kind, Values
from leadline.records.texts import ReferenceField, TextField
from leadline.records.times import TimeField
from leadline.records.types import ChoiceField, IntegerField

CONVERTED = "converted"
STATUSES = ("new", "contacted", "qualified", "nurturing", "unqualified", CONVERTED, "lost")
_USE_CONVERT = "cannot be set to converted; POST to /api/leads/{id}/convert/ instead."


def refuse_if_converted(lead: Values) -> None:
    """Raises `Conflict`, with the ids of the records it became, if the lead is converted."""
    if lead["convertedAt"] is None:
        return
    raise Conflict(
        "This lead is converted already; work on with the contact, account and opportunity it became.",
        code="already_converted",
        facts={
            "contactId": _text_of(lead["convertedContactId"]),
            "accountId": _text_of(lead["convertedAccountId"]),
            "opportunityId": _text_of(lead["convertedOpportunityId"]),
        },
    )


def _text_of(value: object) -> str | None:
    return None if value is None else str(value)


def keeps_its_status(lead: Values, changes: Values) -> None:
    """Raises `Conflict` for a new status of a converted lead: such a lead may be edited, but stays converted."""
    if "status" in changes:
        refuse_if_converted(lead)


LEADS = Kind(
    name="lead",
    plural="leads",
    prefix="ld",
    own_fields=(
        fields.FIRST_NAME,
        fields.LAST_NAME,
        replace(fields.EMAIL, key_column="email_key"),
        fields.PHONE,
        Field("company", TextField()),
        Field(
            "status",
            ChoiceField(values=STATUSES, reserved={CONVERTED: _USE_CONVERT}),
            required=True,
            default="new",
        ),
        fields.SOURCE,
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        Field("leadScore", IntegerField(minimum=1, maximum=10)),
        fields.EMAIL_OPT_OUT,
        fields.EMAIL_BOUNCED,
        Field("convertedAt", TimeField(), server=True),
        Field("convertedContactId", fields.CONTACT_ID.type, server=True),
        Field("convertedAccountId", fields.ACCOUNT_ID.type, server=True, shown=False),
        Field("convertedOpportunityId", ReferenceField(to="opportunity", prefix="opp"), server=True, shown=False),
        fields.NOTES,
    ),
    listed=(
        "id",
        "firstName",
        "lastName",
        "email",
        "phone",
        "company",
        "status",
        "source",
        "assignedTo",
        "leadScore",
        "createdAt",
        "updatedAt",
    ),
    search=(("firstName", "lastName"), ("email",), ("company",)),
    own_filters={
        "status": ("status", "in"),
        "source": ("source", "in"),
        "assignedTo": ("assignedTo", "in"),
        "email": ("email", "in"),
        **fields.TIME_FILTERS,
    },
    rules=(fields.HAS_A_NAME,),
    guards=(keeps_its_status,),
)
