"""The live index: which records a filter, a sort and a page ask for, known without looking at the others.

    LiveIndexes              the indexes of this process, by workspace and kind
    ├── IndexReplica         one index, moved along the log to the state that its reader sees
    │   ├── KindIndex        the records of one kind in one workspace, as bitmaps
    │   ├── RecentOperations the newest operations, over which the index can be moved
    │   └── SearchCache      what the newest searches found
    ├── BackgroundSearch     searches that take long, in a thread of their own
    ├── IndexBuilder         makes replicas: from a file, from the table, or in a child process
    └── IndexFile            an index on the disk, with its position in the log

What the index answers equals what the SQL of the same `Predicate` and `SortOrder` answers.
"""
