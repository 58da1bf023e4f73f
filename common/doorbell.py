"""Ringing for a task once what it is about has been committed; nobody waits for the broker.

A ring that gets lost costs a little time only: rows are the queue of record, and the sweeper rings again.
"""

from typing import Any, Protocol

from django.db import transaction

from common.background import Courier

_courier = Courier("doorbell")


class Task(Protocol):
    """What is rung for: a Celery task."""

    def apply_async(self, args: tuple[Any, ...] | None = ...) -> object:
        """Send the message."""


def ring(task: Task, *arguments: object) -> None:
    """Send `task(*arguments)` after the commit, from another thread. Arguments are ids, as text."""
    texts = tuple(str(argument) for argument in arguments)
    transaction.on_commit(lambda: _courier.post(lambda: task.apply_async(args=texts)), robust=True)
