"""Visibility: the one place that says which records an actor sees.

Every read of records asks it: lists, counts, facets, single records, their history and their past. An actor sees
all records of a kind or none, but of a private kind their own. A rule that lets an actor see some records is a
predicate that is returned here.
"""

from leadline.access import Actor, sees_records
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Kind

ALL_RECORDS = Predicate()


def visible_records(actor: Actor, kind: Kind) -> Predicate | None:
    """Returns the predicate of the records of a kind that the actor sees, None if the actor sees none."""
    if kind.owner:
        return Predicate((Condition(kind.owner, "eq", (actor.user_id,)),))
    return ALL_RECORDS if sees_records(actor, kind.plural) else None
