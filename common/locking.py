"""Locking a row, then reading it with what it refers to."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def locked(rows: QuerySet[Row], *related: str, skip_locked: bool = False) -> Row | None:
    """The one row of `rows`, locked until the transaction ends and read with `related`; None when there is none.

    Two queries: whoever waits for a lock gets the row as it is now, but rows joined to it as they were before (the
    database checks only the locked table again), and a call would say that nobody has answered it.
    """
    key = rows.select_for_update(no_key=True, skip_locked=skip_locked).values_list("pk", flat=True).first()
    return None if key is None else rows.model._default_manager.select_related(*related).get(pk=key)


def locked_all(rows: QuerySet[Row], *related: str) -> list[Row]:
    """All rows, locked in the order of their keys, so that two who lock the same do not wait for each other."""
    keys = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    return list(rows.model._default_manager.select_related(*related).filter(pk__in=keys).order_by("pk"))
