"""What the logs are: one line each, with the request and the user by number; no name, number, place or address."""

import structlog
from structlog.typing import EventDict

PERSONAL = ("ip", "user_agent")


def configure() -> None:
    """Send what the request middleware says through Python's own logging, so that its levels hold."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            _without_persons,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_persons(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {name: value for name, value in event.items() if name not in PERSONAL}
