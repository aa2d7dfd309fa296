"""The configuration of the server: uvicorn's, and the limits of connections."""

from dataclasses import dataclass

import uvicorn


@dataclass(frozen=True)
class ProtocolLimits:
    max_connections: int
    header_seconds: float
    body_seconds: float


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration, which also carries the connection limits to the serving processes."""

    limits: ProtocolLimits
