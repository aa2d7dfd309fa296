"""Every setting, with its default and what it does. Each is also read from `LEADLINE_…` in the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_SQLITE = "sqlite:///"


class Settings(BaseSettings):
    """Raises `pydantic.ValidationError` for a value that cannot be."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder of the data file; made if it is missing.")
    database: str = Field(
        "",
        pattern=f"^({_SQLITE}.+)?$",
        description="Address of the data, such as sqlite:///srv/leads.db; replaces `data`.",
    )
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
    def file(self) -> Path:
        """The data file."""
        return Path(self.database.removeprefix(_SQLITE)) if self.database else self.data / "leadline.db"

    def as_environment(self) -> dict[str, str]:
        """The variables that another process reads the same settings from."""
        return {f"LEADLINE_{name.upper()}": str(value) for name, value in self.model_dump().items()}
