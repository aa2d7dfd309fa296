"""Steps: what somebody does at the demo's desk at some moment."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Body = Mapping[str, object]
"""A request body. Where it names a user, it has a name of the crew instead of the user's id."""


class StepAction(StrEnum):
    CREATE = "create"
    IMPORT = "import"
    PATCH = "patch"
    PATCH_ACCOUNT = "patch account"
    PATCH_CONTACT = "patch contact"
    PATCH_OPPORTUNITY = "patch opportunity"
    CONVERT = "convert"
    MERGE = "merge"
    DELETE = "delete"
    UNDO = "undo"


class Step(NamedTuple):
    """A step of `actor`: a person of the crew, or a program, by name.

    lead: the number of the lead that it is about; a step about an account, contact or opportunity means what the lead
        was converted to. An import begins with this lead.
    bodies: the body of the request, and of an import one for each lead.
    other: the number of the lead that is merged into this one.
    """

    at: datetime
    actor: str
    action: StepAction
    lead: int
    bodies: tuple[Body, ...] = ()
    other: int = 0
