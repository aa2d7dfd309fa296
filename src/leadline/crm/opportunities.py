"""Opportunities: deals that may be won."""

from leadline.crm import fields
from leadline.errors import FieldError
from leadline.records.kind import Field, Kind, Rule, Values
from leadline.records.texts import TextField
from leadline.records.times import DateField
from leadline.records.types import ChoiceField, MoneyField

STAGES = (
    "prospecting",
    "qualification",
    "needs_analysis",
    "proposal",
    "negotiation",
    "closed_won",
    "closed_lost",
)
CLOSED = ("closed_won", "closed_lost")
FIRST_STAGE = "qualification"

NAME = Field("name", TextField(), required=True)
VALUE = Field("value", MoneyField())
CLOSE_DATE = Field("closeDate", DateField())
STAGE = Field("stage", ChoiceField(values=STAGES), required=True, default=FIRST_STAGE)


def _without_account(values: Values) -> list[FieldError]:
    if values["accountId"] is not None:
        return []
    return [FieldError("accountId", "required", "accountId is required; give the id of an account.")]


HAS_AN_ACCOUNT = Rule(_without_account, "accountId is required.", needed=("accountId",))
"""The rule that an opportunity belongs to an account. It has none only if a conversion made it without one, or if its
account was deleted."""

OPPORTUNITIES = Kind(
    name="opportunity",
    plural="opportunities",
    prefix="opp",
    own_fields=(
        NAME,
        VALUE,
        STAGE,
        fields.ACCOUNT_ID,
        fields.ACCOUNT_NAME,
        fields.CONTACT_ID,
        fields.CONTACT_NAME,
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        CLOSE_DATE,
        fields.LEAD_ID,
        fields.DESCRIPTION,
    ),
    listed=(
        "id",
        "name",
        "value",
        "stage",
        "accountId",
        "accountName",
        "assignedTo",
        "closeDate",
        "createdAt",
        "updatedAt",
    ),
    search=(("name",),),
    own_filters={
        "stage": ("stage", "in"),
        "accountId": ("accountId", "in"),
        "contactId": ("contactId", "in"),
        "assignedTo": ("assignedTo", "in"),
        "closeDateAfter": ("closeDate", "gt"),
        "closeDateBefore": ("closeDate", "lt"),
        "valueMin": ("value", "gte"),
        "valueMax": ("value", "lte"),
        **fields.TIME_FILTERS,
    },
    rules=(HAS_AN_ACCOUNT,),
)
