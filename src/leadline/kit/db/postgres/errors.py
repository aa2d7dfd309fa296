"""The errors of PostgreSQL that mean that the server is unavailable, rather than that the SQL is at fault."""

import asyncpg
from asyncpg.exceptions import InternalClientError

from leadline.kit.db import Unavailable
from leadline.kit.db.postgres.connection_pool import PoolExhausted

TRANSIENT_ERRORS: tuple[type[BaseException], ...] = (
    OSError,  # refused, reset, unreachable; TimeoutError is one
    TimeoutError,
    asyncpg.InterfaceError,  # the connection was closed during its use
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.OperatorInterventionError,  # shutting down, starting up, statement cancelled
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ReadOnlySQLTransactionError,  # the server has become a standby
    asyncpg.IdleInTransactionSessionTimeoutError,
    InternalClientError,  # the connection has just ended, or no server takes writes
)


def read_failed(error: BaseException) -> Unavailable:
    return Unavailable(f"The database could not be asked ({_describe_error(error)}); nothing was changed.")


def write_failed(error: BaseException) -> Unavailable:
    return Unavailable(f"The database could not be written ({_describe_error(error)}); nothing was changed.")


def commit_in_doubt(error: BaseException) -> Unavailable:
    """Returns the error for a server that went away during a commit. The data may have been written."""
    why = _describe_error(error)
    return Unavailable(
        f"The database went away while it saved ({why}); see whether the change is there before you repeat it."
    )


def _describe_error(error: BaseException) -> str:
    if isinstance(error, PoolExhausted):
        return "all of this process's connections for it are in use"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    text = str(error).partition("\n")[0]
    return text[:200] or "it does not say why"
