"""How much memory sets take, as far as can be told from outside."""

from pyroaring import BitMap

from leadline.records.index.leaves import Leaf
from leadline.records.index.tree import Node

_SET = 160
"""Bytes of a set without containers: the object, its C structure, and their places in lists."""
_CONTAINER = 48
"""Bytes of a container without what it contains: the header, the allocator's, and its place in the set."""


def of_set(members: BitMap) -> int:
    facts = members.get_statistics()
    contents = (
        facts["n_bytes_array_containers"] + facts["n_bytes_run_containers"] + facts["n_bytes_bitset_containers"]
    )
    return int(_SET + _CONTAINER * facts["n_containers"] + contents)


def of_node(node: Node | Leaf) -> int:
    own = of_set(node.members)
    if isinstance(node, Leaf):
        return own + 120 + (8 * len(node.values) if node.values is not None else 0)
    return own + sum(of_node(child) for child in node.children)
