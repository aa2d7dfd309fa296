"""Settings: each with its default and its purpose. Each is also read from `LEADLINE_…` in the environment."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, Field, field_validator, model_validator

from leadline.kit import postgres_address, public_url

_SQLITE = "sqlite:///"
_POSTGRES = ("postgres://", "postgresql://")
_CLUSTER = re.compile(r"(?P<name>[a-z][a-z0-9-]*)=(?P<address>.*[^,])")
HOME = "home"
"""The name of the cluster of the setting `database`, where workspaces are made."""
PLANS = {"starter": 100, "growth": 300, "business": 600}
"""The vendor's plans, in requests per minute."""
Network = IPv4Network | IPv6Network
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_LIMIT = re.compile(rf"none|{'|'.join(PLANS)}|[1-9][0-9]{{0,8}}")
_DAY_SECONDS = 86_400


class Settings(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """The settings. A setting that is not given comes from the environment, or is its default.

    Raises `pydantic.ValidationError` for an impossible value, which `cli/refusals.py` puts into words. The message of
    a validator's `ValueError` is the end of a sentence that begins with the setting's name.
    """

    data: Path = Field(Path("data"), description="Folder of the data file; made if it is missing.")
    database: str = Field(
        "",
        repr=False,
        description="Address of the data, such as sqlite:///srv/leads.db or postgresql://user:password@host/name;"
        " replaces `data`. Several PostgreSQL hosts may be named; ?pgbouncer=true says that PgBouncer lies between.",
    )
    index_mib: int = Field(
        2048,
        ge=0,
        le=1024 * 1024,
        description="Memory that a process uses at most for the live index of lists, in MiB; 0 is no index.",
    )
    index_folder: str = Field(
        "",
        description="Folder of the live index's files; else one beside the data file, and on PostgreSQL none.",
    )
    replica: str = Field(
        "",
        repr=False,
        description="Address of a standby of that PostgreSQL, which answers the reads that it can answer with what is"
        " newest. Several may be named; one is read from at a time.",
    )
    clusters: str = Field(
        "",
        repr=False,
        description="Further databases that workspaces may be moved to: NAME=ADDRESS, with commas between.",
    )
    connections: int = Field(10, ge=2, le=200, description="Connections to PostgreSQL that a process opens at most.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Server processes; one for each core is right.")
    public_url: str = Field(
        "",
        description="What links in answers start with, such as https://crm.example.com; else the request's host.",
    )
    max_body_kib: int = Field(256, ge=1, le=1024, description="Largest request body, in KiB.")
    max_connections: int = Field(
        1000, ge=10, le=50_000, description="Connections a process keeps; waiting ones give way to new ones."
    )
    header_seconds: float = Field(
        10, gt=0, le=_DAY_SECONDS, description="Time a client has to send a request's headers."
    )
    body_seconds: float = Field(30, gt=0, le=_DAY_SECONDS, description="Time a client has to send a request's body.")
    request_seconds: float = Field(
        10,
        gt=0,
        le=_DAY_SECONDS,
        description="How long PostgreSQL has for a request's read or write, all waiting included; then it is 503.",
    )
    keep_alive_seconds: int = Field(
        5, ge=1, le=_DAY_SECONDS, description="How long an idle connection is kept after an answer."
    )
    retry_hours: int = Field(
        24,
        ge=24,
        le=24 * 365,
        description="How long the answer to a write is kept for a client that sends it again (Idempotency-Key).",
    )
    stop_seconds: int = Field(
        20, ge=1, le=_DAY_SECONDS, description="How long a stopping server waits for what is in flight."
    )
    rate_limit: str = Field(
        "60000",
        description="Requests per minute of each key and user; or the vendor's plan, starter (100), growth (300) or "
        "business (600); or none.",
    )
    login_limit: str = Field(
        "20",
        description="Logins per minute of each client address, and of its requests with a bad token; or none.",
    )
    cors_origins: str = Field(
        "",
        description="Origins, with commas between, whose pages may call the API from a browser, such as"
        " https://app.example.com; or * for all.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks, with commas between, of proxies whose X-Forwarded-For names the client,"
        " and whose X-Forwarded-Proto names its scheme.",
    )
    log_level: Literal["info", "warning", "error"] = Field(
        "info", description="Least that is logged: info (every request), warning (slow ones), error (failed ones)."
    )
    slow_seconds: float = Field(
        1, gt=0, le=_DAY_SECONDS, description="A request that took longer is logged as a warning."
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="Port that serves /metrics to Prometheus; 0 is none.")
    metrics_host: str = Field("127.0.0.1", min_length=1, description="Address that /metrics is served on.")

    @model_validator(mode="before")
    @classmethod
    def _with_the_environment(cls, given: dict[str, object]) -> dict[str, object]:
        found = {name: os.environ.get(variable_of(name)) for name in cls.model_fields}
        return {name: text for name, text in found.items() if text is not None} | given

    @model_validator(mode="after")
    def _has_a_primary(self) -> Self:
        """Raises `ValueError` for a replica of data that are not in PostgreSQL."""
        if self.replica and not self.on_postgres:
            raise ValueError(
                "LEADLINE_REPLICA needs the data in PostgreSQL, too; name them in LEADLINE_DATABASE, or unset it"
            )
        return self

    @field_validator("data", mode="before")
    @classmethod
    def _is_a_folder(cls, data: object) -> object:
        """Raises `ValueError` for an empty text, which would mean the current folder."""
        if data == "":
            raise ValueError("must not be empty")
        return data

    @field_validator("database")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        """Raises `ValueError` for an impossible address."""
        _check_address(address)
        return address

    @field_validator("replica")
    @classmethod
    def _is_an_address_of_postgres(cls, address: str) -> str:
        """Raises `ValueError` for any address but one of PostgreSQL, or an empty text."""
        if address and not address.startswith(_POSTGRES):
            raise ValueError(f"must be {postgres_address.FORM}")
        _check_address(address)
        return address

    @field_validator("clusters")
    @classmethod
    def _are_clusters(cls, text: str) -> str:
        """Raises `ValueError` for a text that `parse_clusters` cannot read."""
        parse_clusters(text)
        return text

    @field_validator("public_url")
    @classmethod
    def _can_begin_links(cls, url: str) -> str:
        """Raises `ValueError` for a URL that links in responses cannot start with."""
        public_url.check_public_url(url)
        return url

    @field_validator("rate_limit", "login_limit")
    @classmethod
    def _is_a_limit(cls, text: str) -> str:
        """Raises `ValueError` unless the limit is a number, a plan or none."""
        if not _LIMIT.fullmatch(text):
            plans = ", ".join(f"{plan} ({limit})" for plan, limit in PLANS.items())
            raise ValueError(f"must be a whole number from 1 to 999,999,999 (requests a minute), {plans}, or none")
        return text

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        """Raises `ValueError` unless the text is * or a list of origins."""
        found = parse_origins(text)
        if "*" in found and len(found) > 1:
            raise ValueError("must be * alone, or origins without it")
        for origin in found:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                sentence = "must be origins with commas between, such as https://app.example.com:8443: a scheme and a"
                raise ValueError(f"{sentence} host in lower case, without a path")
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        """Raises `ValueError` unless the text is a list of addresses and networks."""
        try:
            parse_networks(text)
        except ValueError as error:
            sentence = "must be addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8"
            raise ValueError(f"{sentence} ({error})") from None
        return text

    access_seconds: int = Field(3600, ge=60, le=86_400, description="How long an access token is good for.")
    refresh_days: int = Field(
        30, ge=1, le=365, description="How long a refresh token or a browser's cookie is good for, if it is not used."
    )
    admin_email: str = Field(
        "admin@leadline.local", min_length=1, description="E-mail of the admin that the first start makes."
    )
    admin_password: str = Field(
        "", repr=False, description="Password of that admin; else one is made up, and printed once."
    )

    @property
    def on_postgres(self) -> bool:
        return self.database.startswith("postgres")

    @property
    def data_file(self) -> Path:
        """The path of the SQLite data file."""
        return Path(self.database.removeprefix(_SQLITE)) if self.database else self.data / "leadline.db"

    @property
    def is_there(self) -> bool:
        """True if there is a data file. Always True on PostgreSQL: a database there must be open to tell."""
        return self.on_postgres or self.data_file.exists()

    @property
    def index_files(self) -> Path | None:
        """The folder of the live index's files, or None on PostgreSQL unless `index_folder` names one."""
        if self.index_folder:
            return Path(self.index_folder)
        return None if self.on_postgres else self.data_file.with_suffix(".index")

    @property
    def cluster_settings(self) -> "dict[str, Settings]":
        """The settings of each database that is served, by its cluster's name."""
        alone = self.model_copy(update={"clusters": ""})
        return {HOME: alone} | {
            name: alone.model_copy(update={"database": address, "replica": ""})
            for name, address in parse_clusters(self.clusters).items()
        }

    @property
    def trusted_networks(self) -> list[Network]:
        return parse_networks(self.trusted_proxies)

    @property
    def safe_address(self) -> str:
        """The address of the data without a password, so that it may be shown."""
        return (
            postgres_address.parse_address(self.database).without_password
            if self.on_postgres
            else str(self.data_file.absolute())
        )

    def as_environment(self) -> dict[str, str]:
        """Returns the environment variables from which another process reads the same settings."""
        return {variable_of(name): str(value) for name, value in self.model_dump().items()}


def variable_of(name: str) -> str:
    """Returns the name of a setting's environment variable."""
    return f"LEADLINE_{name.upper()}"


def describe_requirement(name: str) -> str:
    """Returns the end of a sentence that begins with a setting's name: what it must be, if it has no validator."""
    field = Settings.model_fields[name]
    if choices := get_args(field.annotation):
        return f"must be one of {', '.join(map(str, choices))}"
    if field.annotation is bool:
        return "must be true or false"
    if field.annotation not in (int, float):
        has_form = any(getattr(part, "pattern", None) for part in field.metadata)
        return f"must be as docs/settings.md says: {field.description}" if has_form else "must not be empty"
    bound = {key: getattr(part, key) for part in field.metadata for key in ("ge", "gt", "le") if hasattr(part, key)}
    kind = "a whole number" if field.annotation is int else "a number"
    least, most = (f"from {bound['ge']}", " to") if "ge" in bound else (f"above {bound.get('gt', 0)}", ", at most")
    return f"must be {kind} {least}{most} {bound['le']}" if "le" in bound else f"must be {kind} {least} on"


def parse_origins(text: str) -> list[str]:
    """Returns the origins in a text that separates them by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_networks(text: str) -> list[Network]:
    """Returns the networks in a text that separates addresses and networks by commas. Raises `ValueError`."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def parse_clusters(text: str) -> dict[str, str]:
    """Returns the address of each cluster by name. An address may contain commas. Raises `ValueError`."""
    found: dict[str, str] = {}
    for part in re.split(r",(?=[^,/]*=)", text) if text else []:
        match = _CLUSTER.fullmatch(part)
        if match is None or match["name"] in {HOME, *found}:
            raise ValueError(f"must be NAME=ADDRESS, with commas between, each name once and none {HOME}")
        try:
            _check_address(match["address"])
        except ValueError as error:
            raise ValueError(f"must be NAME=ADDRESS, and the address of {match['name']} {error}") from None
        found[match["name"]] = match["address"]
    return found


def _check_address(address: str) -> None:
    """Raises `ValueError` for an impossible address, and does not quote it: it may hold a password."""
    if address.startswith(_POSTGRES):
        postgres_address.parse_address(address)
    elif address == f"{_SQLITE}:memory:":
        raise ValueError("must name a file: data in memory would be lost")
    elif address and not (address.startswith(_SQLITE) and len(address) > len(_SQLITE)):
        raise ValueError(f"must be {_SQLITE}path/to/file.db, or {postgres_address.FORM}")


def requests_per_minute(limit: str) -> int | None:
    """Returns the number that a limit setting stands for; None is no limit."""
    return None if limit == "none" else PLANS.get(limit) or int(limit)
