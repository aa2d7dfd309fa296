"""Contacts: the people that a team does business with, each at one account at most."""

from dataclasses import replace

from leadline.crm import fields
from leadline.records.kind import Field, Kind
from leadline.records.texts import TextField
from leadline.records.types import ChoiceField

STAGES = ("new", "contacted", "engaged", "proposal_sent", "negotiation", "customer", "inactive")

CONTACTS = Kind(
    name="contact",
    plural="contacts",
    prefix="cnt",
    own_fields=(
        fields.FIRST_NAME,
        fields.LAST_NAME,
        replace(fields.EMAIL, key_column="email_key"),
        fields.PHONE,
        Field("title", TextField()),
        Field("stage", ChoiceField(values=STAGES), required=True, default="new"),
        fields.ACCOUNT_ID,
        fields.ACCOUNT_NAME,
        fields.ASSIGNED_TO,
        fields.ASSIGNED_TO_NAME,
        fields.TAGS,
        fields.SOURCE,
        fields.EMAIL_OPT_OUT,
        fields.EMAIL_BOUNCED,
        fields.LEAD_ID,
        fields.NOTES,
    ),
    listed=(
        "id",
        "firstName",
        "lastName",
        "email",
        "phone",
        "title",
        "stage",
        "accountId",
        "accountName",
        "assignedTo",
        "tags",
        "createdAt",
        "updatedAt",
    ),
    search=(("firstName", "lastName"), ("email",), ("phone",)),
    own_filters={
        "stage": ("stage", "in"),
        "accountId": ("accountId", "in"),
        "assignedTo": ("assignedTo", "in"),
        "tags": ("tags", "in"),
        "email": ("email", "in"),
        **fields.TIME_FILTERS,
    },
    rules=(fields.HAS_A_NAME,),
)
