"""What the server is started with."""

from dataclasses import dataclass

import uvicorn


@dataclass(frozen=True)
class ProtocolLimits:
    max_connections: int
    header_seconds: float
    body_seconds: float


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration, with our limits on their way to the processes that serve."""

    limits: ProtocolLimits
