"""The list of all kinds of records that the desk works with."""

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES

KINDS = (LEADS, CONTACTS, ACCOUNTS, OPPORTUNITIES)
