"""The live index: the records of one kind in one workspace as sets of running numbers, in memory.

    KindIndex          in `kind_index.py`: what the others make together
    ├── Order          the records in the order of one field
    ├── Created        running numbers by time of creation
    ├── Tags           the records that have a tag
    ├── Tallies        how many records have each value, by block of numbers: for facets
    └── Pairs          the records by two neighbouring characters of their search_key

Nothing here reads or writes the database: whoever keeps an index feeds it with rows and changes, and asks. What it
answers equals what the SQL of the same `Predicate` and `Sorting` answers. None of it is safe for several threads.
"""

from leadline.records.index.kind_index import (
    IncompatibleDump,
    KindIndex,
    OverfullLeaf,
    SearchMatch,
    search_condition,
)
from leadline.records.index.leaves import InconsistentChange

__all__ = [
    "IncompatibleDump",
    "InconsistentChange",
    "KindIndex",
    "OverfullLeaf",
    "SearchMatch",
    "search_condition",
]
