"""Accounts: the companies we do business with."""

from leadline.crm import fields
from leadline.records.kind import Field, Kind
from leadline.records.structures import Address
from leadline.records.texts import Text
from leadline.records.types import Choice, Money

STAGES = ("prospect", "active", "customer", "partner", "churned")

NAME = Field("name", Text(), required=True)

ACCOUNTS = Kind(
    name="account",
    plural="accounts",
    prefix="acc",
    own_fields=(
        NAME,
        Field("website", Text()),
        Field("industry", Text()),
        Field("companySize", Text(max_length=50)),
        Field("annualRevenue", Money()),
        Field("stage", Choice(values=STAGES), required=True, default="prospect"),
        fields.PHONE,
        Field("billingAddress", Address(each=Text())),
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        fields.TAGS,
        fields.LEAD_ID,
        fields.DESCRIPTION,
    ),
    listed=(
        "id",
        "name",
        "website",
        "industry",
        "companySize",
        "stage",
        "assignedTo",
        "createdAt",
        "updatedAt",
    ),
    search=(("name",), ("website",)),
)
