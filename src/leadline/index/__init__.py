"""The live index: it finds the records of a filter, a sort order and a page without looking at the others.

    LiveIndexes              the indexes of this process, by workspace and kind
    ├── IndexReplica         one index, moved along the log to the state that its reader sees
    │   ├── KindIndex        the records of one kind in one workspace, as bitmaps
    │   ├── RecentOperations the newest operations, over which the index can be moved
    │   └── SearchCache      the results of the newest searches
    ├── BackgroundSearch     long searches, in a thread of their own
    ├── IndexBuilder         makes replicas: from a file, from the table, or in a child process
    └── IndexFile            an index on the disk, with its position in the log

The index gives the same answers as the SQL of the same `Predicate` and `SortOrder`.
"""
