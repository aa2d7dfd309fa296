"""Every setting, with its default and what it does. Each is also read from `LEADLINE_…` in the environment."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

_SQLITE = "sqlite:///"
_POSTGRES = r"postgres(ql)?://"
_CLUSTER = re.compile(rf"(?P<name>[a-z][a-z0-9-]*)=(?P<address>(?:{_SQLITE}|{_POSTGRES}).*[^,])")
HOME = "home"
"""The cluster of `database`, where workspaces are made."""
PLANS = {"starter": 100, "growth": 300, "business": 600}
"""The vendor's plans, in requests per minute."""
Network = IPv4Network | IPv6Network
_LIMIT = rf"^(none|{'|'.join(PLANS)}|[1-9][0-9]{{0,8}})$"


class Settings(BaseModel, frozen=True, extra="forbid"):
    """Those that are given, and the others from the environment or their defaults. Raises `pydantic.ValidationError`
    for a value that cannot be."""

    data: Path = Field(Path("data"), description="Folder of the data file; made if it is missing.")
    database: str = Field(
        "",
        pattern=f"^({_SQLITE}.+|{_POSTGRES}.+)?$",
        description="Address of the data, such as sqlite:///srv/leads.db or postgresql://user:password@host/name;"
        " replaces `data`. Several PostgreSQL hosts may be named; ?pgbouncer=true says that PgBouncer lies between.",
    )
    index_mib: int = Field(
        2048,
        ge=0,
        description="Memory that a process uses at most for the live index of lists, in MiB; 0 is no index.",
    )
    index_folder: str = Field(
        "",
        description="Folder of the live index's files; else one beside the data file, and on PostgreSQL none.",
    )
    replica: str = Field(
        "",
        pattern=f"^({_POSTGRES}.+)?$",
        description="Address of a standby of that PostgreSQL, which answers the reads that it can answer with what is"
        " newest. Several may be named; one is read from at a time.",
    )
    clusters: str = Field(
        "",
        description="Further databases that workspaces may be moved to: NAME=ADDRESS, with commas between.",
    )
    connections: int = Field(10, ge=2, le=200, description="Connections to PostgreSQL that a process opens at most.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Server processes; one for each core is right.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?$",
        description="What links in answers start with, such as https://crm.example.com; else the request's host.",
    )
    max_body_kib: int = Field(256, ge=1, le=1024, description="Largest request body, in KiB.")
    max_connections: int = Field(
        1000, ge=10, le=50_000, description="Connections a process keeps; waiting ones give way to new ones."
    )
    header_seconds: float = Field(10, gt=0, description="Time a client has to send a request's headers.")
    body_seconds: float = Field(30, gt=0, description="Time a client has to send a request's body.")
    keep_alive_seconds: int = Field(5, ge=1, description="How long an idle connection is kept after an answer.")
    stop_seconds: int = Field(20, ge=1, description="How long a stopping server waits for what is in flight.")
    rate_limit: str = Field(
        "60000",
        pattern=_LIMIT,
        description="Requests per minute of each key and user; or the vendor's plan, starter (100), growth (300) or "
        "business (600); or none.",
    )
    login_limit: str = Field(
        "20",
        pattern=_LIMIT,
        description="Logins per minute of each client address, and of its requests with a bad token; or none.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks, with commas between, of proxies whose X-Forwarded-For names the client.",
    )
    log_level: Literal["info", "warning", "error"] = Field(
        "info", description="Least that is logged: info (every request), warning (slow ones), error (failed ones)."
    )
    slow_seconds: float = Field(1, gt=0, description="A request that took longer is logged as a warning.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port that serves /metrics to Prometheus; 0 is none.")
    metrics_host: str = Field("127.0.0.1", min_length=1, description="Address that /metrics is served on.")

    @model_validator(mode="before")
    @classmethod
    def _with_the_environment(cls, given: dict[str, object]) -> dict[str, object]:
        found = {name: os.environ.get(variable(name)) for name in cls.model_fields}
        return {name: text for name, text in found.items() if text is not None} | given

    @model_validator(mode="after")
    def _has_a_primary(self) -> Self:
        """Raises `ValueError`."""
        if self.replica and not self.on_postgres:
            raise ValueError("replica needs a database in PostgreSQL")
        return self

    @field_validator("database")
    @classmethod
    def _is_kept(cls, address: str) -> str:
        """Raises `ValueError`."""
        if address == f"{_SQLITE}:memory:":
            raise ValueError("data in memory would be lost; name a file")
        return address

    @field_validator("clusters")
    @classmethod
    def _are_clusters(cls, text: str) -> str:
        """Raises `ValueError`."""
        addresses(text)
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        """Raises `ValueError`."""
        networks(text)
        return text

    access_seconds: int = Field(3600, ge=60, le=86_400, description="How long an access token is good for.")
    refresh_days: int = Field(
        30, ge=1, le=365, description="How long a refresh token is good for, if it is not used."
    )
    admin_email: str = Field(
        "admin@leadline.local", min_length=3, description="E-mail of the admin that the first start makes."
    )
    admin_password: str = Field(
        "", repr=False, description="Password of that admin; else one is made up, and printed once."
    )

    @property
    def on_postgres(self) -> bool:
        return self.database.startswith("postgres")

    @property
    def file(self) -> Path:
        """The data file."""
        return Path(self.database.removeprefix(_SQLITE)) if self.database else self.data / "leadline.db"

    @property
    def is_there(self) -> bool:
        """False where there is no data file; a server knows better what it has."""
        return self.on_postgres or self.file.exists()

    @property
    def index_files(self) -> Path | None:
        """The folder of the live index's files."""
        if self.index_folder:
            return Path(self.index_folder)
        return None if self.on_postgres else self.file.with_suffix(".index")

    @property
    def members(self) -> "dict[str, Settings]":
        """Those of each database that is served, by its cluster's name."""
        alone = self.model_copy(update={"clusters": ""})
        return {HOME: alone} | {
            name: alone.model_copy(update={"database": address, "replica": ""})
            for name, address in addresses(self.clusters).items()
        }

    @property
    def proxies(self) -> list[Network]:
        return networks(self.trusted_proxies)

    @property
    def place(self) -> str:
        """Where the data are, as it may be shown: without a password."""
        return re.sub(r"//[^@/?]*@", "//", self.database).partition("?")[0] if self.on_postgres else str(self.file)

    def as_environment(self) -> dict[str, str]:
        """The variables that another process reads the same settings from."""
        return {variable(name): str(value) for name, value in self.model_dump().items()}


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return f"LEADLINE_{name.upper()}"


def networks(text: str) -> list[Network]:
    """Addresses and networks, separated by commas. Raises `ValueError`."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def addresses(text: str) -> dict[str, str]:
    """Clusters by name. An address may have commas of its own. Raises `ValueError`."""
    found: dict[str, str] = {}
    for part in re.split(r",(?=[^,/]*=)", text) if text else []:
        match = _CLUSTER.fullmatch(part)
        if match is None or match["name"] in {HOME, *found}:
            raise ValueError(f"clusters must be NAME=ADDRESS, each name once and none {HOME}")
        found[match["name"]] = match["address"]
    return found


def requests_per_minute(limit: str) -> int | None:
    """What a setting of a limit comes to; None is no limit."""
    return None if limit == "none" else PLANS.get(limit) or int(limit)
