"""Walking the whole record of evidence: chain, signatures, rows, files."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet, Subquery

from accounts.services.audit import Actor, audit_write
from cameras.choices import RecordKind
from cameras.models import EvidenceHead, EvidenceRecord, EvidenceSeal, Snapshot
from cameras.rules.chain import FIRST_HASH, EvidenceFault, FaultKind, Link, content_hash, link_faults
from cameras.services.evidence import record_content
from cameras.services.files import grace, orphans
from cameras.services.seals import seal_holds
from cameras.storage import picture_read
from common import clock

PAGE = 1000
Row = TypeVar("Row", bound=Model)
Progress = Callable[[int, int], object]


@dataclass(slots=True)
class Verification:
    """What was looked at and what does not hold."""

    records: int = 0
    seals: int = 0
    files: int = 0
    head: int = 0
    faults: list[EvidenceFault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.faults

    @property
    def by_kind(self) -> dict[str, int]:
        """How many faults of each kind."""
        return dict(Counter(str(fault.kind) for fault in self.faults))


def evidence_verify(*, since: datetime | None = None, progress: Progress = lambda _done, _all: None) -> Verification:
    """Verify everything, or what was recorded `since` a moment together with what links to it.

    Reads only; what is recorded meanwhile is left for the next time.
    """
    newest = EvidenceRecord.objects.order_by("-sequence").values("sequence")[:1]
    found = EvidenceHead.objects.annotate(newest=Subquery(newest)).filter(pk=1).first()
    end = (found.newest if found else newest.values_list("sequence", flat=True).first()) or 0
    head: EvidenceHead = found or EvidenceHead()
    start = EvidenceRecord.objects.filter(recorded_at__lt=since).order_by("sequence").last() if since else None
    rows = Snapshot.objects.filter(received_at__gte=since) if since else Snapshot.objects.all()
    steps = end - (start.sequence if start else 0) + rows.filter(deleted_at=None).count()
    walk = _Walk(head, start, end, lambda done: progress(done, steps))
    walk.chain()
    walk.seals()
    walk.rows(rows)
    walk.files(rows.filter(deleted_at=None))
    walk.orphans()
    return walk.result


def verification_record(*, actor: Actor, result: Verification) -> None:
    """Write down who verified, and what came of it. Belongs into a transaction."""
    audit_write(
        actor=actor,
        action="evidence_verified",
        object_type="cameras.evidencehead",
        object_id=1,
        data={
            "records": result.records,
            "seals": result.seals,
            "files": result.files,
            "head": result.head,
            "faults": result.by_kind,
        },
    )


class _Walk:
    def __init__(
        self, head: EvidenceHead, start: EvidenceRecord | None, end: int, progress: Callable[[int], object]
    ) -> None:
        self.result = Verification(head=head.sequence)
        self._head, self._end, self._progress, self._done = head, end, progress, 0
        self._start = (start.sequence, start.hash) if start else (0, FIRST_HASH)
        first = EvidenceRecord.objects.order_by("sequence").values_list("recorded_at", flat=True).first()
        self._began_at = first or clock.now()

    def chain(self) -> None:
        """Content, links and head."""
        last = self._start
        sequence, first_hash = self._start

        def links() -> Iterator[Link]:
            nonlocal last
            for record in self._records():
                last = (record.sequence, record.hash)
                self.result.records += 1
                self._step()
                content = content_hash(record_content(record))
                yield Link(record.sequence, record.previous_hash, content, record.hash)

        self._found(link_faults(links(), sequence=sequence, head=first_hash))
        if last != (self._head.sequence, self._head.hash):
            self._fault(FaultKind.WRONG_HEAD, self._head.sequence, f"last record {last[0]}")

    def seals(self) -> None:
        """Signatures, and whether what was signed is what the chain says."""
        seals = EvidenceSeal.objects.filter(sequence__gt=self._start[0]).order_by("sequence")
        for seal in _paged(seals, "sequence"):
            self.result.seals += 1
            if not seal_holds(seal):
                self._fault(FaultKind.BAD_SIGNATURE, seal.sequence, f"key {seal.key_id}")
                continue
            record = EvidenceRecord.objects.filter(pk=seal.sequence).values_list("hash", flat=True).first()
            if record != seal.hash:
                self._fault(FaultKind.WRONG_HEAD, seal.sequence, "signed otherwise")

    def rows(self, rows: QuerySet[Snapshot]) -> None:
        """Each row has its record and each record its row."""
        kept = EvidenceRecord.objects.filter(kind=RecordKind.KEPT, sequence__gt=self._start[0])
        for page in _pages(kept, "sequence"):
            ids = {record.snapshot_id for record in page if record.snapshot_id}
            there = set(Snapshot.objects.filter(pk__in=ids).values_list("pk", flat=True))
            for snapshot_id in sorted(ids - there):
                self._fault(FaultKind.ROW_GONE, snapshot_id)
        for snapshots in _pages(rows, "id"):
            ids = {snapshot.pk for snapshot in snapshots}
            told = {kind: _told(kind, ids) for kind in (RecordKind.KEPT, RecordKind.DELETED)}
            for snapshot in snapshots:
                is_older = snapshot.received_at < self._began_at  # kept before there was a chain
                if snapshot.pk not in told[RecordKind.KEPT] and not is_older:
                    self._fault(FaultKind.ROW_WITHOUT_RECORD, snapshot.pk)
                if snapshot.deleted_at is not None and snapshot.pk not in told[RecordKind.DELETED]:
                    self._fault(FaultKind.DELETED_WITHOUT_RECORD, snapshot.pk)

    def files(self, rows: QuerySet[Snapshot]) -> None:
        """Every picture's bytes are what was recorded."""
        for page in _pages(rows, "id"):
            recorded = _recorded_sums({snapshot.pk for snapshot in page})
            for snapshot in page:
                self._step()
                self._file(snapshot, recorded.get(snapshot.pk, snapshot.sha256))

    def orphans(self) -> None:
        """Files that belong to nobody; bytes that were deleted a moment ago may still be on their way out."""
        before = clock.now() - grace()
        leaving = Snapshot.objects.filter(deleted_at__gte=before)
        names = {name for pair in leaving.values_list("path", "derived_path") for name in pair}
        self._found(
            EvidenceFault(FaultKind.FILE_WITHOUT_ROW, name) for name in orphans(before=before) if name not in names
        )

    def _file(self, snapshot: Snapshot, recorded: str) -> None:
        try:
            data = picture_read(snapshot.path)
        except FileNotFoundError:
            if Snapshot.objects.filter(pk=snapshot.pk, deleted_at=None).exists():  # not deleted meanwhile
                self._fault(FaultKind.FILE_MISSING, snapshot.pk, snapshot.path)
            return
        self.result.files += 1
        if not hashlib.sha256(data).hexdigest() == snapshot.sha256 == recorded:
            self._fault(FaultKind.FILE_CHANGED, snapshot.pk, snapshot.path)

    def _records(self) -> Iterator[EvidenceRecord]:
        records = EvidenceRecord.objects.select_related("realm").filter(
            sequence__gt=self._start[0], sequence__lte=self._end
        )
        yield from _paged(records, "sequence")

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done)

    def _found(self, faults: Iterator[EvidenceFault]) -> None:
        self.result.faults.extend(faults)

    def _fault(self, kind: FaultKind, subject: object, detail: str = "") -> None:
        self.result.faults.append(EvidenceFault(kind, str(subject), detail))


def _told(kind: RecordKind, ids: set[uuid.UUID]) -> set[uuid.UUID | None]:
    return set(EvidenceRecord.objects.filter(snapshot_id__in=ids, kind=kind).values_list("snapshot_id", flat=True))


def _recorded_sums(ids: set[uuid.UUID]) -> dict[uuid.UUID | None, str]:
    kept = EvidenceRecord.objects.filter(snapshot_id__in=ids, kind=RecordKind.KEPT)
    return dict(kept.values_list("snapshot_id", "body__sha256"))


def _pages(rows: QuerySet[Row], column: str) -> Iterator[list[Row]]:
    """Pages by a key, each a short query: no cursor stays open while files are read."""
    last: object | None = None
    while True:
        found = rows if last is None else rows.filter(**{f"{column}__gt": last})
        page = list(found.order_by(column)[:PAGE])
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = getattr(page[-1], column)


def _paged(rows: QuerySet[Row], column: str) -> Iterator[Row]:
    for page in _pages(rows, column):
        yield from page
