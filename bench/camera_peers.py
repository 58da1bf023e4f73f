"""Peers of the puller: the same needful work by the shortest means.

Needful is: read the whole picture, SHA-256, the check of its header (kind, size, completeness), an eighth-size grey
decode, and brightness, contrast and sharpness of that. No limits, no guard, no deadlines, no other kinds of cameras.
"""

import asyncio
import hashlib
import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import numpy as np
import requests
from PIL import Image, ImageFilter, ImageStat

from cameras.rules.still import still_facts
from common.images import header_read

AT_A_TIME = 64
THREADS = 16


def by_aiohttp(urls: Sequence[str]) -> int:
    """One session, one loop, as many at a time as the puller, the decode in two threads: the best a bare one can do."""

    async def pull() -> int:
        slots, done = asyncio.Semaphore(AT_A_TIME), 0
        pool = ThreadPoolExecutor(2)
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def one(url: str) -> None:
                nonlocal done
                async with slots:
                    async with session.get(url) as response:
                        data = await response.read()
                    await loop.run_in_executor(pool, needful, data)
                    done += 1

            await asyncio.gather(*(one(url) for url in urls))
        pool.shutdown()
        return done

    return asyncio.run(pull())


def needful(data: bytes) -> str:
    """Of one picture."""
    digest = hashlib.sha256(data).hexdigest()
    header_read(data)
    still_facts(data)
    return digest


def by_requests(urls: Sequence[str]) -> int:
    """Threads with `requests.get` and Pillow's `thumbnail`, as their own documents show it."""
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda url: _by_pillow(requests.get(url, timeout=5).content, _thumbnail), urls))


def by_requests_tuned(urls: Sequence[str]) -> int:
    """The same by somebody who knows: a session for each thread, and libjpeg scales and greys while it decodes."""
    sessions = threading.local()

    def work(url: str) -> int:
        if not hasattr(sessions, "own"):
            sessions.own = requests.Session()
        return _by_pillow(sessions.own.get(url, timeout=5).content, _draft)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(work, urls))


def _thumbnail(picture: Image.Image) -> Image.Image:
    picture.thumbnail((picture.width // 8, picture.height // 8))
    return picture.convert("L")


def _draft(picture: Image.Image) -> Image.Image:
    picture.draft("L", (picture.width // 8, picture.height // 8))
    return picture.convert("L")


def _by_pillow(data: bytes, smaller: Callable[[Image.Image], Image.Image]) -> int:
    hashlib.sha256(data).hexdigest()
    header_read(data)
    with Image.open(io.BytesIO(data)) as picture:
        grey = smaller(picture)
    stat = ImageStat.Stat(grey)
    _brightness, _contrast = stat.mean[0], stat.stddev[0]
    exact = np.asarray(grey.filter(ImageFilter.BoxBlur(1)), np.float32)
    again = np.asarray(grey.filter(ImageFilter.BoxBlur(4)), np.float32)
    for axis in (0, 1):
        own = np.abs(np.diff(exact, axis=axis))
        _sharpness = np.maximum(own - np.abs(np.diff(again, axis=axis)), 0).sum() / max(1.0, float(own.sum()))
    return 1
