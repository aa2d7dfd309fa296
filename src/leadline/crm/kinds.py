"""All kinds of records there are."""

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES

KINDS = (LEADS, CONTACTS, ACCOUNTS, OPPORTUNITIES)
