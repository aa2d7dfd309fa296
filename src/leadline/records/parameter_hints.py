"""Hints at the parameter of a list that an unknown name probably means."""

import re
from collections.abc import Sequence

from leadline.kit.suggest import find_nearest

MAX_NAME = 80
"""Characters of an unknown name that are compared, and shown."""
LIKENESS = 0.6

_ELSEWHERE = {
    "limit": "pagesize perpage size count top max maxresults maxrecords resultsperpage itemsperpage rows take first",
    "page": "p pageno pagenumber pagenum pageindex currentpage",
    "offset": "skip start startat startindex from",
    "sort": "order orderby ordering sortby sortorder orderfield sortfield",
    "search": "q query text term keyword keywords find fulltext searchtext searchterm querystring",
    "assignedTo": "owner ownerid assignee assigneeid assignedtoid assigneduser assigneduserid userid salesrep",
    "createdAfter": "since createdsince createdfrom createdatfrom createdatmin createdafterdate fromdate startdate",
    "createdBefore": "until createduntil createdto createdatto createdatmax createdbeforedate todate enddate",
    "updatedAfter": "updatedsince modifiedsince modifiedafter changedsince lastmodified updatedatmin ifmodifiedsince",
    "updatedBefore": "updateduntil modifieduntil modifiedbefore changedbefore updatedatmax",
    "stage": "dealstage lifecyclestage pipelinestage",
    "accountId": "account company companyid organization organizationid",
    "contactId": "contact person personid",
    "tags": "tag label labels",
}
"""Names that other APIs use for each parameter, in lower case and without signs."""
_MEANT = {name: meant for meant, names in _ELSEWHERE.items() for name in names.split()}
_SIGNS = re.compile(r"[^a-z0-9]")


class ParameterHints:
    """Hints at one of the `known` parameters of a request. An unknown name is compared with field names first, and
    with operators only of the field found: there are many, and who misspells one has the field's name right."""

    def __init__(self, known: Sequence[str]) -> None:
        self._operators: dict[str, list[str]] = {}
        self._plain = {name for name in known if "[" not in name}
        for name in known:
            base, _, operator = name.partition("[")
            self._operators.setdefault(base, []).extend([operator.rstrip("]")] if operator else [])

    def find_parameter(self, name: str) -> str | None:
        """Returns the parameter that a name probably means, None if none is like it."""
        name = name[:MAX_NAME]
        meant = _MEANT.get(_SIGNS.sub("", name.lower()))
        if meant in self._plain:
            return meant
        base, bracket, operator = name.partition("[")
        near = find_nearest(base, self._operators, likeness=LIKENESS)
        if near is None or (near in self._plain and not bracket):
            return near
        operators = self._operators[near]
        if not operators:
            return near
        return f"{near}[{find_nearest(operator, operators, likeness=LIKENESS) or operators[0]}]"
