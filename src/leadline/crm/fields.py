"""Fields that several kinds of records have, under the same name and with the same meaning."""

from leadline.errors import FieldError
from leadline.records.kind import Field, Rule, Values
from leadline.records.structures import TagsField
from leadline.records.texts import EmailField, PhoneField, ReferenceField, SlugField, TextField
from leadline.records.types import FlagField

SOURCES = (
    "website_form",
    "cold_outreach",
    "referral",
    "social_media",
    "event",
    "inbound_call",
    "partner",
    "advertisement",
    "other",
)

FIRST_NAME = Field("firstName", TextField())
LAST_NAME = Field("lastName", TextField())
EMAIL = Field("email", EmailField(), required=True)
PHONE = Field("phone", PhoneField())
SOURCE = Field("source", SlugField(known=SOURCES))
NOTES = Field("notes", TextField(max_length=20_000, lines=True))
DESCRIPTION = Field("description", TextField(max_length=20_000, lines=True))
TAGS = Field("tags", TagsField(each=TextField(max_length=50)), required=True, default=[], key_column="tags_key")
EMAIL_OPT_OUT = Field("emailOptOut", FlagField(), required=True, default=False)
EMAIL_BOUNCED = Field("emailBounced", FlagField(), required=True, default=False, reported=True)
ACCOUNT_ID = Field("accountId", ReferenceField(to="account", prefix="acc"))
CONTACT_ID = Field("contactId", ReferenceField(to="contact", prefix="cnt"))
LEAD_ID = Field("leadId", ReferenceField(to="lead", prefix="ld"), server=True)
_PERSON = TextField(max_length=401)  # a first name, a blank and a last name
_FULL_NAME = "nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')"
USER = ReferenceField(to="user", prefix="usr")
OWNER = Field("userId", USER, server=True, required=True, shown=False)
"""The person whom a private record belongs to."""
ASSIGNED_TO = Field("assignedTo", USER)
ASSIGNED_TO_NAME = Field(
    "assignedToName",
    _PERSON,
    server=True,
    expression=f"(SELECT {_FULL_NAME} FROM users WHERE users.id = assigned_to)",
    name_of="assignedTo",
)
ACCOUNT_NAME = Field(
    "accountName",
    TextField(),
    server=True,
    expression="(SELECT accounts.name FROM accounts WHERE accounts.id = account_id)",
    name_of="accountId",
)
CONTACT_NAME = Field(
    "contactName",
    _PERSON,
    server=True,
    expression=f"(SELECT {_FULL_NAME} FROM contacts WHERE contacts.id = contact_id)",
    name_of="contactId",
)

TIME_FILTERS = {
    "createdAfter": ("createdAt", "gt"),
    "createdBefore": ("createdAt", "lt"),
    "updatedAfter": ("updatedAt", "gt"),
    "updatedBefore": ("updatedAt", "lt"),
}


def _without_name(values: Values) -> list[FieldError]:
    if values["firstName"] or values["lastName"]:
        return []
    sentence = "firstName or lastName is required; one of them must not be blank."
    return [FieldError("firstName", "required", sentence), FieldError("lastName", "required", sentence)]


HAS_A_NAME = Rule(_without_name, "firstName or lastName is required; one of them must not be blank.")
"""The rule that a person has a first name, a last name, or both."""
