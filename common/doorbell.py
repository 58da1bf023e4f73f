"""Ringing for a task once what it is about has been committed; nobody waits for the broker.

A ring that gets lost costs a little time only: rows are the queue of record, and the sweeper rings again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.db import transaction

from common.background import Courier

_courier = Courier("doorbell")


class Task(Protocol):
    """What is rung for: a Celery task."""

    def apply_async(self, args: tuple[Any, ...] | None = ...) -> object:
        """Send the message."""

    def __call__(self, *args: Any) -> object:
        """Do the work here and now."""


def _by_the_broker(task: Task, texts: tuple[str, ...]) -> None:
    _courier.post(lambda: task.apply_async(args=texts))


Answer = Callable[[Task, tuple[str, ...]], None]
_answer: ContextVar[Answer] = ContextVar("doorbell", default=_by_the_broker)


def ring(task: Task, *arguments: object) -> None:
    """Send `task(*arguments)` after the commit, from another thread. Arguments are ids, as text."""
    texts = tuple(str(argument) for argument in arguments)
    answer = _answer.get()
    transaction.on_commit(lambda: answer(task, texts), robust=True)


@contextmanager
def answered_by(answer: Answer) -> Iterator[None]:
    """Give each ring of this thread to `answer` inside the block instead of the broker.

    For simulations on a database of their own, whose rows no worker could find; a test holds that nothing else uses it.
    """
    token = _answer.set(answer)
    try:
        yield
    finally:
        _answer.reset(token)
