"""A daemon thread that does small errands, so that who gives them never waits for a broker."""

import logging
import os
import queue
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Courier:
    """Runs errands one after another in a thread of its own; started by the first errand, anew after a fork.

    When more than `capacity` wait, further ones are dropped: every errand must be one that somebody repeats later
    (the sweeper for tasks, the hubs' polling for wake-ups).
    """

    def __init__(self, name: str, *, capacity: int = 1000) -> None:
        self._name = name
        self._capacity = capacity
        self._lock = threading.Lock()
        self._process_id: int | None = None
        self._errands: queue.Queue[Callable[[], object]] = queue.Queue(capacity)

    def post(self, errand: Callable[[], object]) -> bool:
        """Hand over an errand; False when it was dropped."""
        self._ensure_thread()
        try:
            self._errands.put_nowait(errand)
        except queue.Full:
            logger.warning("%s: too many errands wait, one is dropped", self._name)
            return False
        return True

    def join(self) -> None:
        """Wait until everything handed over is done; for tests and clean exits."""
        self._errands.join()

    def _ensure_thread(self) -> None:
        if self._process_id == os.getpid():
            return
        with self._lock:
            if self._process_id != os.getpid():
                self._errands = queue.Queue(self._capacity)
                threading.Thread(target=self._work, args=(self._errands,), name=self._name, daemon=True).start()
                self._process_id = os.getpid()

    def _work(self, errands: "queue.Queue[Callable[[], object]]") -> None:
        while True:
            errand = errands.get()
            try:
                errand()
            except Exception:
                # Process edge: an errand may fail in any way its broker can; the next one must still run.
                logger.exception("%s: errand failed", self._name)
            finally:
                errands.task_done()
