"""Tools that know nothing of leads: databases, bitmap indexes, the log writer and small helpers."""
