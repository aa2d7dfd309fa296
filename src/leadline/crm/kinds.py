"""The list of all kinds of records that the desk works with."""

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.crm.preferences import PREFERENCES
from leadline.crm.views import VIEWS

KINDS = (LEADS, CONTACTS, ACCOUNTS, OPPORTUNITIES)
PRIVATE_KINDS = (VIEWS, PREFERENCES)
"""The kinds whose records belong to one person each. Nobody else sees them, nor the operations that write them."""
