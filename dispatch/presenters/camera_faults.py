"""Faults of cameras in the form that leaves the house."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from cameras.models import CameraFaultCase
from dispatch.presenters.base import moment
from dispatch.presenters.camera_words import Trouble, troubles_of


def case_troubles(case: CameraFaultCase) -> list[Trouble]:
    """What is wrong with a case's camera now; what it was opened with once it is over."""
    health = getattr(case.camera, "health", None)
    if case.ended_at is not None or health is None:
        return troubles_of(case.fault_code)
    if case.kind == "picture":
        return troubles_of(case.fault_code, health.flags)
    return troubles_of(health.fault_code or case.fault_code)


def fault_present(case: CameraFaultCase) -> dict[str, Any]:
    """A fault; reads the camera with owner, village and health, who has it, and `is_maintained`."""
    camera, health = case.camera, getattr(case.camera, "health", None)
    return {
        "id": case.pk,
        "camera": {
            "id": camera.pk,
            "code": camera.code,
            "name": camera.name,
            "lat": camera.lat,
            "lon": camera.lon,
            "village": camera.village.name if camera.village else None,
            "owner": camera.owner.name,
            "owner_contact": camera.owner_contact,
        },
        "kind": case.kind,
        "condition": health.condition if health else "unknown",
        "troubles": [
            {"code": trouble.code, "what": trouble.what, "first": trouble.first} for trouble in case_troubles(case)
        ],
        "began_at": case.began_at.isoformat(),
        "ended_at": moment(case.ended_at),
        "last_good_at": moment(case.last_good_at),
        "taken_by": str(case.taken_by) if case.taken_by else None,
        "taken_at": moment(case.taken_at),
        "note": case.note,
        "is_maintained": bool(getattr(case, "is_maintained", False)),
    }


def fault_rows(cases: Iterable[CameraFaultCase]) -> Iterator[list[Any]]:
    """The list as a table in the reader's language, its head first."""
    yield [
        gettext("Code"), gettext("Name"), gettext("Kelurahan"), gettext("Latitude"), gettext("Longitude"),
        gettext("Camera owner"), gettext("Owner's contact"), gettext("Kind"), gettext("What is wrong"),
        gettext("What to do first"), gettext("Since"), gettext("Last good picture"), gettext("Taken by"),
        gettext("In maintenance"), gettext("Notes"),
    ]  # fmt: skip
    for case in cases:
        camera, troubles = case.camera, case_troubles(case)
        yield [
            camera.code, camera.name, camera.village.name if camera.village else None, camera.lat, camera.lon,
            camera.owner.name, camera.owner_contact, case.get_kind_display(),
            " ".join(trouble.what for trouble in troubles), " ".join(trouble.first for trouble in troubles),
            case.began_at, case.last_good_at, str(case.taken_by) if case.taken_by else None,
            bool(getattr(case, "is_maintained", False)), case.note,
        ]  # fmt: skip
