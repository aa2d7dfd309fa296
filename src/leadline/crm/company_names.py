"""Names and domains of companies, as far as they tell whether two companies are the same."""

import re
from urllib.parse import urlsplit

from leadline.kit.text import fold_case

FREE_MAIL_DOMAINS = frozenset(
    {
        "163.com",
        "126.com",
        "aol.com",
        "fastmail.com",
        "free.fr",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.fr",
        "icloud.com",
        "laposte.net",
        "libero.it",
        "live.com",
        "mac.com",
        "mail.com",
        "mail.ru",
        "mailbox.org",
        "me.com",
        "msn.com",
        "naver.com",
        "online.no",
        "orange.fr",
        "outlook.com",
        "outlook.de",
        "pm.me",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rediffmail.com",
        "seznam.cz",
        "t-online.de",
        "tutanota.com",
        "uol.com.br",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "yahoo.co.in",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    }
)
"""Domains whose e-mail addresses say nothing of the company that a person works for."""
LEGAL_FORMS = (
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "b.v.",
    "bv",
    "co",
    "co.",
    "company",
    "corp",
    "corp.",
    "corporation",
    "gmbh",
    "gmbh & co. kg",
    "inc",
    "inc.",
    "incorporated",
    "kg",
    "limited",
    "llc",
    "llp",
    "ltd",
    "ltd.",
    "n.v.",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pty ltd",
    "pvt ltd",
    "s.a.",
    "s.l.",
    "s.p.a.",
    "s.r.l.",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "srl",
    "ug",
)
"""Endings of company names that say nothing of the company but its legal form, folded."""
_FORM_AT_END = re.compile(rf",?\s+(?:{'|'.join(re.escape(form) for form in reversed(LEGAL_FORMS))})$")


def without_legal_form(name: str) -> str:
    """Returns a company's name, folded and without its legal form."""
    return _FORM_AT_END.sub("", fold_case(name).strip())


def name_variants(name: str) -> list[str]:
    """Returns all names, folded, that differ from a company's name by case and legal form alone."""
    plain = without_legal_form(name)
    return [plain, *(f"{plain}{between}{form}" for between in (" ", ", ") for form in LEGAL_FORMS)]


def business_domain(email: str | None) -> str | None:
    """Returns the domain of an e-mail address, None if anybody can have an address there."""
    domain = fold_case(email or "").rpartition("@")[2]
    return domain if domain and domain not in FREE_MAIL_DOMAINS else None


def website_domain(website: str) -> str:
    """Returns the domain of a website, with or without `https://` before it, and without its `www.`."""
    text = fold_case(website)
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")
