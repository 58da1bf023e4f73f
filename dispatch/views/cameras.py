"""Cameras for those who look after them: what is wrong and what to do first; and one camera with its history."""

import base64
import io
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext
from PIL import Image

from accounts.permissions import Permission
from cameras.choices import CameraState, FaultKind
from cameras.models import Camera, CameraFaultCase, CameraHealth, MaintenanceWindow, Snapshot
from cameras.publish import summary
from cameras.rules.still import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH
from common import clock
from dispatch.presenters.camera_faults import case_troubles
from dispatch.presenters.camera_words import troubles_of
from dispatch.selectors.camera_faults import (
    FaultFilter,
    choices_read,
    faults_found,
    maintained_count,
    tab_counts,
    windows_now,
)
from dispatch.selectors.camera_history import days_read, history_read
from dispatch.selectors.camera_pictures import last_good_of, last_goods
from dispatch.views.base import live, needs, show, user_of

ROWS_A_PAGE = 50
CASES_MAX, WINDOWS_MAX, PICTURES_MAX = 20, 20, 10


@needs(Permission.CAMERA_VIEW)
def cameras(request: HttpRequest) -> HttpResponse:
    """How all cameras stand, and the work list of faults."""
    realm, user, at = live(), user_of(request), clock.now()
    chosen = FaultFilter.of(request.GET.dict())
    counts = tab_counts(chosen, user=user, at=at)
    pages = max(1, -(-counts[chosen.show] // ROWS_A_PAGE))
    number = min(_number(request.GET.get("page", "")), pages)
    cases = list(faults_found(chosen, user=user, at=at)[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE])
    figures = summary()
    active = figures.up + figures.degraded + figures.down + figures.unknown
    context = {
        "figures": figures,
        "active": active,
        "share_up": figures.up / active if active else None,
        "maintained": maintained_count(at=at),
        "chosen": chosen,
        "query": urlencode(chosen.fields),
        "tabs": _tabs(chosen, counts),
        "found": counts[chosen.show],
        "choices": choices_read(),
        "kinds": FaultKind.choices,
        "rows": _rows(cases, at, with_pictures=user.may(Permission.CAMERA_MAINTAIN)),
        "pages_links": _pages(chosen, number, pages),
        "is_narrowed": chosen.is_narrowed,
    }
    return show(request, "work/cameras.html", context, realm=realm)


@needs(Permission.CAMERA_VIEW)
def camera(request: HttpRequest, code: str) -> HttpResponse:
    """One camera: its condition, its month, its faults, its maintenance."""
    realm, user, at = live(), user_of(request), clock.now()
    rows = Camera.objects.select_related("owner", "village", "health", "agreement").prefetch_related("groups")
    row = rows.filter(code=code.replace("\0", "")).first()
    if row is None:
        raise Http404
    health: CameraHealth | None = getattr(row, "health", None)
    cases = CameraFaultCase.objects.select_related("taken_by").filter(camera=row).order_by("-began_at")
    open_case = cases.filter(ended_at=None).first()
    history = history_read(camera_id=row.pk, at=at)
    now = windows_now(camera_ids=[row.pk], at=at).get(row.pk)
    context = {
        "camera": row,
        "health": health,
        "open_case": open_case,
        "troubles": troubles_of(health.fault_code, () if health.fault_code else health.flags) if health else [],
        "history": history,
        "uptimes": [
            (gettext("24 hours"), history.last_day), (gettext("7 days"), history.last_week),
            (gettext("30 days"), history.last_month),
        ],
        "row_now": {"window": now},
        "cases": [(case, _of(case, row)) for case in cases[:CASES_MAX]],
        "windows": _windows(row, at),
        "window": now,
        "maintained_until": _maintained_until(row, now, at),
        "snapshots": list(Snapshot.objects.filter(camera=row).order_by("-received_at")[:PICTURES_MAX]),
        "last_good": last_good_of(camera_id=row.pk) if user.may(Permission.CAMERA_MAINTAIN) else None,
        "view_usual": _thumbnail(health.baseline_thumbnail if health else None),
        "view_now": _thumbnail(health.thumbnail if health else None),
    }  # fmt: skip
    return show(request, "work/camera.html", context, realm=realm)


def _rows(cases: list[CameraFaultCase], at: datetime, *, with_pictures: bool) -> list[dict[str, Any]]:
    keys = [case.camera_id for case in cases]
    days, windows = days_read(camera_ids=keys, at=at), windows_now(camera_ids=keys, at=at)
    pictures = last_goods(camera_ids=keys) if with_pictures else {}
    return [
        {
            "case": case, "camera": case.camera, "troubles": case_troubles(case), "day": days[case.camera_id],
            "picture": pictures.get(case.camera_id), "window": windows.get(case.camera_id),
        }
        for case in cases
    ]  # fmt: skip


def _of(case: CameraFaultCase, row: Camera) -> Any:
    case.camera = row  # read once for all
    return case_troubles(case)


def _tabs(chosen: FaultFilter, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
    labels = {
        "todo": gettext("To do"), "free": gettext("Nobody's"), "mine": gettext("Mine"),
        "maintenance": gettext("In maintenance"),
    }  # fmt: skip
    kept = {name: value for name, value in chosen.fields.items() if name != "show"}
    return [
        (urlencode(kept | ({} if show == "todo" else {"show": show})), label, counts[show], show == chosen.show)
        for show, label in labels.items()
    ]


def _pages(chosen: FaultFilter, number: int, pages: int) -> dict[str, Any]:
    def address(to: int) -> str:
        return urlencode(chosen.fields | {"page": str(to)})

    return {
        "number": number,
        "all": pages,
        "before": address(number - 1) if number > 1 else "",
        "after": address(number + 1) if number < pages else "",
    }


def _windows(row: Camera, at: datetime) -> list[tuple[MaintenanceWindow, str]]:
    rows = MaintenanceWindow.objects.select_related("group").filter(Q(camera=row) | Q(group__in=row.groups.all()))
    found = []
    for window in rows.order_by("-begins_at")[:WINDOWS_MAX]:
        state = "over" if window.ends_at <= at else "now" if window.begins_at <= at else "planned"
        found.append((window, state))
    return found


def _maintained_until(row: Camera, window: MaintenanceWindow | None, at: datetime) -> datetime | None:
    """Until when it is left alone by window or registry; None where it is not, or where no end is said."""
    ends = [window.ends_at] if window else []
    if row.maintenance_until is not None and row.maintenance_until > at:
        ends.append(row.maintenance_until)
    return max(ends, default=None) if row.state != CameraState.MAINTENANCE else None


def _thumbnail(data: Any) -> str:
    """64 x 36 grey as an address of its own; on it nobody can be recognised."""
    grey = bytes(data or b"")
    if len(grey) != THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT:
        return ""
    buffer = io.BytesIO()
    Image.frombytes("L", (THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT), grey).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
