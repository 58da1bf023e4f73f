"""What would come of a file of cameras: row by row, against the registry as it is, with every fault named."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Agency
from cameras.drivers.guard import Guard
from cameras.models import AccessAgreement, Camera, CameraGroup
from cameras.rules.registry_file import FileRow, file_read
from cameras.services.capture import camera_guard
from cameras.services.registry import cameras_read, registry_digest, values_changed
from cameras.services.registry_checks import DEPENDS, camera_faults
from cameras.services.registry_columns import BY_NAME, COLUMNS, COMPARED, new_values, values_of
from common.errors import SiagaError, ValidationError, gettext_noop
from common.tables import text_unguard
from places.models import Place

NEW, CHANGED, SAME = "new", "changed", "same"
PROGRESS_EVERY = 500
VALUE_SHOWN = 80
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in which cell; of a secret column the value is not told."""

    line: int
    code: str
    column: str
    value: str
    fault: SiagaError


@dataclass(frozen=True, slots=True)
class Change:
    """One cell's difference, as text."""

    column: str
    old: str
    new: str
    is_secret: bool = False


@dataclass(slots=True)
class PlannedRow:
    """One camera of the file; `values` are what the file says, `camera` is the stored one or None."""

    line: int
    code: str
    kind: str
    values: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    camera: Camera | None = None
    password: str = ""

    @property
    def name(self) -> str:
        """As it will be called."""
        return str(self.values.get("name") or (self.camera.name if self.camera else ""))


@dataclass(slots=True)
class References:
    """Everything that a row may name, by the code it is named with."""

    owner: dict[str, Agency]
    agreement: dict[str, AccessAgreement]
    village: dict[str, Place]
    groups: dict[str, CameraGroup]


@dataclass(slots=True)
class Plan:
    """What a file would do."""

    file_sha256: str
    registry_digest: str
    columns: tuple[str, ...]
    references: References
    rows: list[PlannedRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[PlannedRow]:
        """The rows of one kind."""
        return [row for row in self.rows if row.kind == kind]

    @property
    def digest(self) -> str:
        """The same for the same outcome on the same registry; passwords are covered by the file's own hash."""
        told = [[row.line, row.code, row.kind, [[one.column, one.old, one.new] for one in row.changes]]
                for row in self.rows]  # fmt: skip
        body = json.dumps([self.file_sha256, self.registry_digest, told, len(self.faults)])
        return hashlib.sha256(body.encode()).hexdigest()


def import_plan(data: bytes, *, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Plan:
    """Look through a file; raises ValidationError where the whole of it cannot be read."""
    content = file_read(data, known=BY_NAME, key="code")
    digest = registry_digest()
    cameras = {camera.code: camera for camera in cameras_read()}
    plan = Plan(hashlib.sha256(data).hexdigest(), digest, content.columns, references_read())
    guard, seen = camera_guard(), set[str]()
    for number, row in enumerate(content.rows, start=1):
        _Reader(row, plan, cameras, guard, seen).take()
        if number % PROGRESS_EVERY == 0 or number == len(content.rows):
            progress(number, len(content.rows))
    plan.absent = sorted(set(cameras) - seen)
    return plan


def references_read() -> References:
    """All that may be named."""
    return References(
        owner={agency.code: agency for agency in Agency.objects.all()},
        agreement={agreement.number: agreement for agreement in AccessAgreement.objects.all()},
        village={place.code: place for place in Place.objects.all()},
        groups={group.name: group for group in CameraGroup.objects.all()},
    )


class _Reader:
    """One row, held against the registry."""

    def __init__(self, row: FileRow, plan: Plan, cameras: dict[str, Camera], guard: Guard, seen: set[str]) -> None:
        self._row, self._plan, self._guard = row, plan, guard
        self._seen = seen
        self._code = text_unguard(row.cells.get("code", "")).strip()
        self._fault_count = len(plan.faults)
        self._camera = cameras.get(self._code)

    def take(self) -> None:
        """Add the row to the plan, or its faults."""
        if self._row.is_ragged:
            self._fault(
                "", ValidationError("ragged", gettext_noop("This row has another number of cells than the heading."))
            )
            return
        values = self._values()
        self._code_check(values)
        before = values_of(self._camera) if self._camera else None
        after = {**(before or new_values()), **values}
        changed = set(values_changed(before, after)) if before else set(values)
        self._references_check(values)
        for column, fault in self._together(after) if changed else ():
            if changed & DEPENDS[column]:
                self._fault(column, fault)
        if len(self._plan.faults) == self._fault_count:
            self._plan.rows.append(self._planned(values, before, after, changed))

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column in COLUMNS:
            cell = self._row.cells.get(column.name)
            if cell is None:
                if column.is_required and self._camera is None:
                    self._fault(column.name, ValidationError("missing", gettext_noop("A new camera needs this.")))
                continue
            is_empty = not cell.strip()
            if is_empty and column.is_required:
                self._fault(column.name, ValidationError("empty", gettext_noop("This may not be empty.")))
            elif not (is_empty and column.keeps_when_empty):
                try:
                    values[column.name] = column.read(cell)
                except ValidationError as fault:
                    self._fault(column.name, fault)
        return values

    def _code_check(self, values: dict[str, Any]) -> None:
        code = values.get("code")
        if code and code in self._seen:
            self._fault("code", ValidationError("doubled", gettext_noop("This code stands twice in the file.")))
        if code:
            self._seen.add(code)

    def _references_check(self, values: dict[str, Any]) -> None:
        known = self._plan.references
        for column, names in (("owner", known.owner), ("agreement", known.agreement), ("village", known.village)):
            if values.get(column) and values[column] not in names:
                self._fault(column, ValidationError("unknown", gettext_noop("This is not known here.")))
        missing = [name for name in values.get("groups", ()) if name not in known.groups]
        if missing:
            self._fault(
                "groups",
                ValidationError("unknown_group", gettext_noop("No group is called %(name)s."), {"name": missing[0]}),
            )

    def _together(self, after: dict[str, Any]) -> Iterator[tuple[str, SiagaError]]:
        agreement = self._plan.references.agreement.get(after["agreement"] or "")
        return camera_faults(
            after, guard=self._guard, agreement_allows_faces=agreement.face_matching_allowed if agreement else None
        )

    def _planned(
        self, values: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any], changed: set[str]
    ) -> PlannedRow:
        password = values.pop("password", "")
        changes = [
            _change(column.name, before, after)
            for column in COMPARED
            if column.name in changed and (before or after[column.name] not in (None, "", []))
        ]
        if password:
            changes.append(Change("password", "", "", is_secret=True))
        kind = NEW if before is None else CHANGED if changes else SAME
        return PlannedRow(self._row.line, self._code, kind, values, changes, self._camera, password)

    def _fault(self, column: str, fault: SiagaError) -> None:
        value = self._row.cells.get(column, "")[:VALUE_SHOWN] if column else ""
        if value and BY_NAME[column].is_secret:
            value = HIDDEN
        self._plan.faults.append(RowFault(self._row.line, self._code, column, value, fault))


def _change(name: str, before: dict[str, Any] | None, after: dict[str, Any]) -> Change:
    column = BY_NAME[name]
    if column.is_secret:
        return Change(name, "", "", is_secret=True)
    return Change(name, column.write(before[name]) if before else "", column.write(after[name]))
