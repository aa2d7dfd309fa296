"""Makes the people of the demo: names, companies, e-mail addresses and phone numbers that reach nobody."""

from random import Random
from typing import NamedTuple

from leadline.demo.culture import FOUNDER, Culture, SpelledName
from leadline.demo.latin_names import LATIN_CULTURES
from leadline.demo.other_names import OTHER_CULTURES

PRIVATE_DOMAINS = ("example.com", "example.org", "example.net")
"""Domains that RFC 2606 reserves, for people who write from a private address."""
_CULTURES = (*LATIN_CULTURES, *OTHER_CULTURES)
_WEIGHTS = [culture.weight for culture in _CULTURES]
_BRANCHES = ("", "", "", " Nord", " & Co.", " Group", " International", " 2", " East", " Export")
"""Endings that make more companies of those that are listed."""


class DemoPerson(NamedTuple):
    """A person of the demo. `company` is "" if it is not known; `website` belongs to it."""

    first_name: str | None
    last_name: str
    email: str
    phone: str | None
    company: str
    website: str

    def to_body(self) -> dict[str, object]:
        """Returns the person's members of a lead, as a client sends them."""
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "phone": self.phone,
            "company": self.company or None,
        }


class PersonMaker:
    """Makes people who have an e-mail address each."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def make_person(self) -> DemoPerson:
        (culture,) = self._random.choices(_CULTURES, _WEIGHTS)
        given, family = self._random.choice(culture.given), self._random.choice(culture.family)
        company, website = self._choose_company(culture)
        is_private = not website or self._random.random() < 0.12
        domain = self._random.choice(PRIVATE_DOMAINS) if is_private else website
        first_name = None if self._random.random() < 0.04 else given.written
        email = self._make_email(given, family, domain)
        return DemoPerson(first_name, family.written, email, self._make_phone(culture), company, website)

    def vary_person(self, person: DemoPerson) -> DemoPerson:
        """Returns the person as they would fill in a form carelessly: another address, a name in another case."""
        shout = self._random.random() < 0.5
        last_name = person.last_name.upper() if shout else person.last_name.lower()
        user = person.email.partition("@")[0].replace(".", "_")
        email = self._take_email(user, self._random.choice(PRIVATE_DOMAINS))
        return person._replace(last_name=last_name, email=email, phone=None)

    def _choose_company(self, culture: Culture) -> tuple[str, str]:
        """Returns a company and the domain of its website; both are "" for a person without one."""
        if self._random.random() < 0.08:
            return "", ""
        name, founder = self._random.choice(culture.companies), self._random.choice(culture.family)
        number = self._random.randrange(len(_BRANCHES))
        ending = _BRANCHES[number] if name.written.isascii() else ""
        domain = name.latin.replace(FOUNDER, founder.latin) + (str(number) if ending else "")
        return name.written.replace(FOUNDER, founder.written) + ending, f"{domain}.example"

    def _make_email(self, given: SpelledName, family: SpelledName, domain: str) -> str:
        first, last = given.latin, family.latin
        forms = (
            f"{first}.{last}",
            f"{first}.{last}",
            f"{first[0]}.{last}",
            f"{first}{last}",
            last,
            f"{last}.{first}",
        )
        return self._take_email(self._random.choice(forms), domain)

    def _take_email(self, user: str, domain: str) -> str:
        """Returns an address that nobody has yet."""
        email, number = f"{user}@{domain}", 1
        while email in self._taken:
            number += 1
            email = f"{user}{number}@{domain}"
        self._taken.add(email)
        return email

    def _make_phone(self, culture: Culture) -> str | None:
        if self._random.random() < 0.35:
            return None
        pattern = self._random.choice(culture.phones)
        return "".join(str(self._random.randrange(10)) if sign == "#" else sign for sign in pattern)
