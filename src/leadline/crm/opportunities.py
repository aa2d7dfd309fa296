"""Opportunities: deals that may be won."""

from leadline.crm import fields
from leadline.records.kind import Field, Kind
from leadline.records.texts import Text
from leadline.records.types import Choice, Date, Money

STAGES = (
    "prospecting",
    "qualification",
    "needs_analysis",
    "proposal",
    "negotiation",
    "closed_won",
    "closed_lost",
)
FIRST_STAGE = "qualification"

NAME = Field("name", Text(), required=True)
VALUE = Field("value", Money())
STAGE = Field("stage", Choice(values=STAGES), required=True, default=FIRST_STAGE)

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
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        Field("closeDate", Date()),
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
)
