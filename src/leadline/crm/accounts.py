"""Accounts: the companies that a team does business with."""

from leadline.crm import fields
from leadline.crm.opportunities import CLOSED
from leadline.records.kind import Field, Kind
from leadline.records.structures import AddressField
from leadline.records.texts import TextField
from leadline.records.types import ChoiceField, IntegerField, MoneyField

STAGES = ("prospect", "active", "customer", "partner", "churned")

NAME = Field("name", TextField(), required=True)


def _count_field(name: str, table: str, of_these: str = "") -> Field:
    """Makes a computed field: the number of records of a table that belong to the account."""
    return Field(
        name,
        IntegerField(minimum=0, maximum=2**53),
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
        Field("website", TextField()),
        Field("industry", TextField(low_cardinality=True), key_column="industry_key"),
        Field("companySize", TextField(max_length=50, low_cardinality=True)),
        Field("annualRevenue", MoneyField()),
        Field("stage", ChoiceField(values=STAGES), required=True, default="prospect"),
        fields.PHONE,
        Field("billingAddress", AddressField(each=TextField())),
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        _count_field("contactCount", "contacts"),
        _count_field("openOpportunityCount", "opportunities", f" AND opportunities.stage NOT IN {CLOSED}"),
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
    own_filters={
        "stage": ("stage", "in"),
        "industry": ("industry", "in"),
        "assignedTo": ("assignedTo", "in"),
        "tags": ("tags", "in"),
        **fields.TIME_FILTERS,
    },
)
