"""The parameters of lists and facets that say what is answered, not which records are chosen."""

from dataclasses import dataclass

from leadline.errors import FieldError
from leadline.http.openapi.schemas import query_parameter
from leadline.http.server.endpoint import Json
from leadline.records.query import Pairs


@dataclass(frozen=True)
class ListOption:
    """A parameter with one value, which turns something on."""

    name: str
    value: str
    description: str

    def describe(self) -> Json:
        """Returns the parameter for the OpenAPI document."""
        return query_parameter(self.name, self.description, {"type": "string", "enum": [self.value]})

    def take(self, pairs: Pairs) -> tuple[Pairs, bool, list[FieldError]]:
        """Returns the other parameters, True if the option is on, and the error of another value."""
        text = dict(pairs).get(self.name)
        if text is None:
            return pairs, False, []
        others = [pair for pair in pairs if pair[0] != self.name]
        if text.strip() == self.value:
            return others, True, []
        return others, False, [FieldError(self.name, "unknown_value", f"{self.name} can be {self.value}.")]


def refuse_together(option: ListOption) -> FieldError:
    """Returns the error of an option beside `asOf`."""
    return FieldError(option.name, "not_together", f"{option.name} and asOf do not go together; leave one out.")


INCLUDE = ListOption("include", "version", "Adds the `version` of each record, which `If-Match` takes.")
OWN = ListOption("own", "ignored", "Counts the values of each field without the filters of that field.")
