"""The crew: the six people who work at the demo's desk, and the programs that write to it by API keys."""

from typing import NamedTuple


class CrewMember(NamedTuple):
    """A person of the crew. `name` is what the steps of the plan call them."""

    name: str
    first_name: str
    last_name: str

    @property
    def email(self) -> str:
        return f"{self.name}@desk.example"


ADMIN = CrewMember("amara", "Amara", "Okafor")
"""The admin, whose e-mail and password come from the first start."""
SELLERS = (
    CrewMember("jonas", "Jonas", "Lindqvist"),
    CrewMember("meiling", "美玲", "陳"),
    CrewMember("priya", "Priya", "Raghavan"),
    CrewMember("tomas", "Tomás", "Herrera Núñez"),
    CrewMember("yara", "يارا", "حداد"),
)
OWNERS = (*SELLERS, ADMIN)
OWNER_WEIGHTS = (26, 20, 18, 16, 12, 8)
"""How many leads each of the owners gets. The admin sells a little, too, so that a newcomer's own lists are not
empty."""
FORM, IMPORT, MAILING = "Website form", "Import", "Mailing"
PROGRAMS = (FORM, IMPORT, MAILING)
"""The names of the API keys."""
