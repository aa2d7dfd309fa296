"""Accounts: the companies we do business with."""

from leadline.crm import fields
from leadline.crm.opportunities import CLOSED
from leadline.records.kind import Field, Kind
from leadline.records.structures import Address
from leadline.records.texts import Text
from leadline.records.types import Choice, Integer, Money

STAGES = ("prospect", "active", "customer", "partner", "churned")

NAME = Field("name", Text(), required=True)


def _count(name: str, table: str, of_these: str = "") -> Field:
    """How many records of a table belong to the account."""
    return Field(
        name,
        Integer(minimum=0, maximum=2**53),
        required=True,
        default=0,
        server=True,
        expression=f"(SELECT count(*) FROM {table} WHERE {table}.account_id = accounts.id{of_these})",
    )


ACCOUNTS = Kind(
    name="account",
    plural="accounts",
    prefix="acc",
    own_fields=(
        NAME,
        Field("website", Text()),
        Field("industry", Text(few=True), key_column="industry_key"),
        Field("companySize", Text(max_length=50, few=True)),
        Field("annualRevenue", Money()),
        Field("stage", Choice(values=STAGES), required=True, default="prospect"),
        fields.PHONE,
        Field("billingAddress", Address(each=Text())),
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        _count("contactCount", "contacts"),
        _count("openOpportunityCount", "opportunities", f" AND opportunities.stage NOT IN {CLOSED}"),
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
        "contactCount",
        "openOpportunityCount",
        "createdAt",
        "updatedAt",
    ),
    search=(("name",), ("website",)),
    aliases={
        "stage": ("stage", "in"),
        "industry": ("industry", "in"),
        "assignedTo": ("assignedTo", "in"),
        "tags": ("tags", "in"),
        **fields.TIME_FILTERS,
    },
)
