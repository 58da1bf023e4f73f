"""The maintainers' work list: which faults are open, for whom, and how the cameras of them stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from accounts.models import Agency, User
from cameras.choices import CameraState, FaultKind
from cameras.models import Camera, CameraFaultCase, CameraGroup, MaintenanceWindow
from places.models import Place

SHOWS = ("todo", "free", "mine", "maintenance")
WORKED_AT = (CameraState.ACTIVE, CameraState.MAINTENANCE)
QUERY_LENGTH = 60
UNREAD = ("camera__health__thumbnail", "camera__health__baseline_thumbnail")  # 4.6 kB a row, and only for its page
RELATED = ("camera__owner", "camera__village", "camera__health", "taken_by")


@dataclass(frozen=True, slots=True)
class FaultFilter:
    """What of the work list is asked for; empty: all. Owners by code, districts by place code, groups by key."""

    show: str = "todo"
    kind: str = ""
    group: str = ""
    owner: str = ""
    village: str = ""
    query: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "FaultFilter":
        """From a query; what is not known is left out."""
        show, kind, group = (str(values.get(name) or "") for name in ("show", "kind", "group"))
        return cls(
            show=show if show in SHOWS else "todo",
            kind=kind if kind in FaultKind.values else "",
            group=group if group.isascii() and group.isdecimal() and len(group) < 10 else "",
            owner=_text(values.get("owner")),
            village=_text(values.get("village")),
            query=_text(values.get("q")),
        )

    @property
    def fields(self) -> dict[str, str]:
        """As it stands in an address, without what is empty."""
        named = {
            "show": "" if self.show == "todo" else self.show, "kind": self.kind, "group": self.group,
            "owner": self.owner, "village": self.village, "q": self.query,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether something but the tab was chosen."""
        return any((self.kind, self.group, self.owner, self.village, self.query))


def faults_open(*, at: datetime) -> QuerySet[CameraFaultCase]:
    """All open faults, the longest first, each with whether its camera is worked at now."""
    rows = (
        CameraFaultCase.objects.select_related(*RELATED)
        .filter(ended_at=None, camera__state__in=WORKED_AT)
        .defer(*UNREAD)
    )
    is_maintained = _maintained(at, camera=OuterRef("camera")) | Q(camera__state=CameraState.MAINTENANCE)
    return rows.annotate(is_maintained=is_maintained).order_by("began_at", "pk")


def deaths_since(moment: datetime | Combinable, *, at: datetime) -> QuerySet[CameraFaultCase]:
    """Cameras that died after a moment, are still dead, and that nobody has taken up or works at."""
    return faults_open(at=at).filter(Q(is_maintained=False), kind=FaultKind.DOWN, began_at__gt=moment, taken_by=None)


def faults_found(chosen: FaultFilter, *, user: User, at: datetime) -> QuerySet[CameraFaultCase]:
    """The open faults of a filter."""
    rows = faults_narrowed(chosen, at=at)
    tabs = {
        "todo": Q(is_maintained=False),
        "free": Q(is_maintained=False, taken_by=None),
        "mine": Q(taken_by=user.pk),
        "maintenance": Q(is_maintained=True),
    }
    return rows.filter(tabs[chosen.show])


def faults_narrowed(chosen: FaultFilter, *, at: datetime) -> QuerySet[CameraFaultCase]:
    """The same without the tab."""
    rows = faults_open(at=at)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.group:
        rows = rows.filter(
            camera__in=Camera.groups.through.objects.filter(cameragroup=int(chosen.group)).values("camera")
        )
    if chosen.owner:
        rows = rows.filter(camera__owner__code=chosen.owner)
    if chosen.village:
        rows = rows.filter(camera__village__code=chosen.village)
    if chosen.query:
        rows = rows.filter(Q(camera__code__icontains=chosen.query) | Q(camera__name__icontains=chosen.query))
    return rows


def tab_counts(chosen: FaultFilter, *, user: User, at: datetime) -> dict[str, int]:
    """How many rows each tab has."""
    rows = faults_narrowed(chosen, at=at).order_by()
    return rows.aggregate(
        todo=Count("pk", filter=Q(is_maintained=False)),
        free=Count("pk", filter=Q(is_maintained=False, taken_by=None)),
        mine=Count("pk", filter=Q(taken_by=user.pk)),
        maintenance=Count("pk", filter=Q(is_maintained=True)),
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by; districts with how many faults are open in each, the worst first."""

    groups: list[tuple[int, str]]
    owners: list[tuple[str, str]]
    villages: list[tuple[str, str, int]]


def choices_read() -> Choices:
    """Groups and owners that have cameras, and districts that have open faults."""
    villages = Place.objects.filter(pk__in=_open_by_village()).values_list("pk", "code", "name")
    counts = _open_by_village()
    return Choices(
        groups=list(CameraGroup.objects.order_by("name").values_list("pk", "name")),
        owners=list(
            Agency.objects.filter(Exists(Camera.objects.filter(owner=OuterRef("pk"))))
            .order_by("name").values_list("code", "name")
        ),
        villages=sorted(
            ((code, name, counts[key]) for key, code, name in villages), key=lambda item: (-item[2], item[1])
        ),
    )  # fmt: skip


def windows_now(*, camera_ids: list[int], at: datetime) -> dict[int, MaintenanceWindow]:
    """The window in which each camera is worked at now, by camera; the one that ends last."""
    found: dict[int, MaintenanceWindow] = {}
    own = MaintenanceWindow.objects.filter(camera__in=camera_ids, begins_at__lte=at, ends_at__gt=at)
    for window in own.order_by("ends_at"):
        found[window.camera_id or 0] = window
    groups = MaintenanceWindow.objects.filter(group__isnull=False, begins_at__lte=at, ends_at__gt=at)
    for window in groups.select_related("group").order_by("ends_at"):
        members = Camera.groups.through.objects.filter(cameragroup=window.group_id, camera__in=camera_ids)
        for key in members.values_list("camera", flat=True):
            if key not in found or found[key].ends_at < window.ends_at:
                found[key] = window
    return found


def maintained_count(*, at: datetime) -> int:
    """How many active cameras are worked at now."""
    return Camera.objects.filter(_maintained(at, camera=OuterRef("pk")), state=CameraState.ACTIVE).count()


def _maintained(at: datetime, *, camera: OuterRef) -> Q:
    now = MaintenanceWindow.objects.filter(begins_at__lte=at, ends_at__gt=at)
    members = Camera.groups.through.objects.filter(
        camera=camera, cameragroup__in=now.filter(group__isnull=False).values("group")
    )
    by_hand = Camera.objects.filter(pk=camera, maintenance_until__gt=at)
    return Q(Exists(now.filter(camera=camera))) | Q(Exists(members)) | Q(Exists(by_hand))


def _open_by_village() -> dict[int, int]:
    rows = CameraFaultCase.objects.filter(ended_at=None, camera__village__isnull=False)
    return dict(rows.order_by().values_list("camera__village").annotate(Count("pk")))


def _text(value: Any) -> str:
    return str(value or "").replace("\0", "").strip()[:QUERY_LENGTH]
