"""Visibility: the one place that says which records an actor sees.

Every read of records asks it: lists, counts, facets, single records, their history and their past. Today an actor
sees all records of a kind or none. A rule that lets an actor see some of them is a predicate that is returned here.
"""

from leadline.access import Actor, sees_records
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

ALL_RECORDS = Predicate()


def visible_records(actor: Actor, kind: Kind) -> Predicate | None:
    """Returns the predicate of the records of a kind that the actor sees, None if the actor sees none."""
    return ALL_RECORDS if sees_records(actor, kind.plural) else None
