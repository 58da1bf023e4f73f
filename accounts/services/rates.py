"""How often a token may ask: a count for each minute in Valkey. Without Valkey nobody is refused."""

import logging
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from common import clock

WINDOW_S = 60
TIMEOUT_S = 0.2
BLIND_S = 5.0
logger = logging.getLogger(__name__)
_blind_until: dict[str, float] = {}


def wait_needed(*, key: str, limit: int) -> int | None:
    """Count one request; the seconds to wait when there were more than `limit` in this minute, else None.

    A broker that does not answer is left alone for BLIND_S, so that requests do not wait for it one after another.
    """
    url = settings.REDIS_URL
    if clock.monotonic_s() < _blind_until.get(url, 0.0):
        return None
    now = clock.now().timestamp()
    name = f"siaga:rate:{key}:{int(now // WINDOW_S)}"
    try:
        pipeline = _client(url).pipeline()
        pipeline.incr(name)
        pipeline.expire(name, 2 * WINDOW_S)
        count = int(pipeline.execute()[0])
    except redis.RedisError:
        logger.warning("requests by token are not counted: the broker does not answer", exc_info=True)
        _blind_until[url] = clock.monotonic_s() + BLIND_S
        return None
    return None if count <= limit else WINDOW_S - int(now % WINDOW_S)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
    )
