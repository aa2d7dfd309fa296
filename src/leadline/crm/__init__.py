"""The kinds of records (leads, contacts, accounts and opportunities), and the conversion of leads."""
