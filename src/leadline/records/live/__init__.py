"""The live index: which records a filter, a sort and a page ask for, known without looking at the others.

LiveIndexes      the indexes of this process, by workspace and kind: asked here, built and kept in the background
├── Follower     one index, moved along the log to the very state that its reader sees
│   ├── Trail    the last operations, over which it can be moved
│   └── Hits     what the last searches found
├── Learner      searches what takes long, in a thread of its own
├── Builder      makes followers in a thread of its own: from a file, or from the table
└── IndexFile    an index on the disk, and the position in the log that it is at
"""
