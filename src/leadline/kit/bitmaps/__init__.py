"""Sets of numbers as bitmaps, and the indexes that are made of them. Nothing here knows what the numbers stand for.

    IndexMatch           the numbers that match for certain, and those that may match
    LazyIntersection     the intersection of several sets, computed from one end as far as needed
    SortedIndex          numbers in the order of a value: a B-tree whose leaves are bitmaps
    ├── Leaf, TreeNode   its parts
    └── BulkLoader       groups rows by value while an index is built
    CreationIndex        numbers by the time at which they were given
    TagIndex             an inverted index of tags
    BigramIndex          an inverted index of pairs of neighbouring characters
    FacetCounts          counts by value, for each block of numbers

None of these is safe to use from several threads at once.
"""
