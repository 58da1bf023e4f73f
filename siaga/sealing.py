"""All that is sealed in the database, and its way to a new key.

A key is changed by putting the new one in front and sealing every row anew; only then may the old one go.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from common.crypto import SealBroken, Sealer, key_id_of

BATCH = 100
BROKEN_SHOWN = 20
# Model and column -> what binds the sealed bytes to their row. A test holds that no sealed column is missing here.
SEALED: dict[tuple[str, str], Callable[[Any], str]] = {
    ("cameras.Camera", "credential_sealed"): lambda row: row.seal_context,
    ("cameras.CameraImport", "content_sealed"): lambda row: row.seal_context,
    ("recognition.WatchlistPhoto", "photo_sealed"): lambda row: row._context("photo"),
    ("recognition.WatchlistPhoto", "vector_sealed"): lambda row: row._context("vector"),
    ("dispatch.PbxLink", "secret_sealed"): lambda row: row._seal_context,
    ("dispatch.PbxLink", "previous_secret_sealed"): lambda row: row._seal_context,
    ("dispatch.WebhookSubscription", "secret_sealed"): lambda row: row._seal_context,
    ("dispatch.WebhookSubscription", "previous_secret_sealed"): lambda row: row._seal_context,
}


@dataclass(slots=True)
class ColumnReport:
    """What was found in one column. `keys` counts rows by the id of their key, as they are when it is done."""

    model: str
    column: str
    renewed: int = 0
    current: int = 0
    broken: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All sealed rows."""
        return self.renewed + self.current + len(self.broken)


def columns_rotate(
    *, is_dry_run: bool = False, batch: int = BATCH, progress: Callable[[ColumnReport], None] = lambda _report: None
) -> Iterator[ColumnReport]:
    """Seal every row anew that another key has sealed, some at a time; yields a report for each column.

    What is done stays done when it is stopped: the next run goes on with what is left.
    """
    sealer = Sealer(settings.SEAL_KEYS)
    for (label, column), context_of in SEALED.items():
        report = ColumnReport(label, column)
        model = apps.get_model(label)
        last: Any = None
        while True:
            keys = _keys_after(model, column, last, batch)
            if not keys:
                break
            with transaction.atomic():
                _batch_rotate(model, keys, report, sealer, context_of, is_dry_run=is_dry_run)
            last = keys[-1]
            progress(report)
        yield report


def sealed_columns() -> set[tuple[str, str]]:
    """Every column of the project that is called sealed."""
    return {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    }


def _keys_after(model: type[Model], column: str, last: Any, batch: int) -> list[Any]:
    rows = model._default_manager.filter(**{f"{column}__isnull": False}).order_by("pk")
    rows = rows.filter(pk__gt=last) if last is not None else rows
    return list(rows.values_list("pk", flat=True)[:batch])


def _batch_rotate(
    model: type[Model],
    keys: list[Any],
    report: ColumnReport,
    sealer: Sealer,
    context_of: Callable[[Any], str],
    *,
    is_dry_run: bool,
) -> None:
    """The row is locked while it is sealed: whoever writes a new secret meanwhile waits, and is not overwritten."""
    current = sealer.key_ids[0]
    for row in model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"):
        sealed = bytes(getattr(row, report.column) or b"")
        if not sealed:
            continue
        if key_id_of(sealed) == current:
            report.current += 1
        else:
            try:
                plain = sealer.unseal(sealed, context=context_of(row))
            except SealBroken:
                report.broken.append(str(row.pk))
                report.keys[key_id_of(sealed).hex() or "unknown"] += 1
                continue
            report.renewed += 1
            if not is_dry_run:
                sealed = sealer.seal(plain, context=context_of(row))
                model._default_manager.filter(pk=row.pk).update(**{report.column: sealed})
        report.keys[key_id_of(sealed).hex()] += 1
