"""The kinds of records: leads, and what a lead is converted into."""
