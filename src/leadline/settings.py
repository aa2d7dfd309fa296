"""Every setting, with its default and what it does. Each is also read from `LEADLINE_…` in the environment."""

import re
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_SQLITE = "sqlite:///"
_POSTGRES = r"postgres(ql)?://"


class Settings(BaseSettings):
    """Raises `pydantic.ValidationError` for a value that cannot be."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder of the data file; made if it is missing.")
    database: str = Field(
        "",
        pattern=f"^({_SQLITE}.+|{_POSTGRES}.+)?$",
        description="Address of the data, such as sqlite:///srv/leads.db or postgresql://user:password@host/name;"
        " replaces `data`. Several PostgreSQL hosts may be named; ?pgbouncer=true says that PgBouncer lies between.",
    )
    connections: int = Field(10, ge=2, le=200, description="Connections to PostgreSQL that a process opens at most.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
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

    @property
    def on_postgres(self) -> bool:
        return self.database.startswith("postgres")

    @property
    def file(self) -> Path:
        """The data file."""
        return Path(self.database.removeprefix(_SQLITE)) if self.database else self.data / "leadline.db"

    @property
    def place(self) -> str:
        """Where the data are, as it may be shown: without a password."""
        return re.sub(r"//[^@/?]*@", "//", self.database).partition("?")[0] if self.on_postgres else str(self.file)

    def as_environment(self) -> dict[str, str]:
        """The variables that another process reads the same settings from."""
        return {f"LEADLINE_{name.upper()}": str(value) for name, value in self.model_dump().items()}
