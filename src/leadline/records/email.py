"""The form of an e-mail address."""

import re
from functools import lru_cache

import email_validator

# Only the form is checked: an address inside a company's own network (`.local`) is valid, too.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_PLAIN = re.compile(r"[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*")


def normalize_email(address: str) -> str:
    """Returns the address in its stored form: as typed, but with its domain in lower case (RFC 5321, 2.4).

    Raises:
        ValueError: the text is no e-mail address; the message says why.
    """
    local, at, domain = address.rpartition("@")
    if at and len(local) <= 64 and _PLAIN.fullmatch(local):
        return f"{local}@{_normalize_domain(domain)}"
    return _validate_email(address)


@lru_cache(maxsize=4096)
def _normalize_domain(domain: str) -> str:
    return _validate_email(f"x@{domain}").removeprefix("x@")


def _validate_email(address: str) -> str:
    email_validator.validate_email(address, check_deliverability=False, strict=True)
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
