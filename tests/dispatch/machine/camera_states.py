"""Rows of cameras, of their faults and of evidence in the states they can have."""

from datetime import timedelta

from common import clock
from tests.dispatch.machine.states import Made, Scenes
from tests.dispatch.views.room import camera_fault

SOON = timedelta(hours=1)


def cameras(scenes: Scenes) -> Made:
    """Down, and with bad pictures; nothing listens at their address."""
    rows = {"down": camera_fault("UJI-1"), "bad": camera_fault("UJI-2", kind="picture", fault_code="dark")}
    return {state: str(row.camera_id) for state, row in rows.items()}


def camera_faults(scenes: Scenes) -> Made:
    """Open, taken up, and over."""
    rows = {state: camera_fault(f"UJI-{state}") for state in ("open", "taken", "over")}
    scenes.centre.send("PATCH", f"camera-faults/{rows['taken'].pk}/", {"taken": True})
    rows["over"].ended_at = clock.now()
    rows["over"].save()
    return {state: str(row.pk) for state, row in rows.items()}


def windows(scenes: Scenes) -> Made:
    """One that runs."""
    body = {"ends_at": (clock.now() + SOON).isoformat(), "reason": "ganti lensa"}
    made = scenes.centre.post(f"cameras/{camera_fault().camera_id}/maintenance/", body, expect=201)
    return {"runs": str(made["id"])}


def evidence_locks(scenes: Scenes) -> Made:
    """One that holds, and one that was ended."""
    body = {"reason": "diminta penyidik", "expires_at": (clock.now() + SOON).isoformat()}
    made = {
        state: scenes.centre.post(f"incidents/{scenes.incident()}/evidence/locks/", body, expect=201)["id"]
        for state in ("holds", "ended")
    }
    scenes.centre.post(f"evidence-locks/{made['ended']}/end/", {"reason": "sudah selesai"})
    return made


CAMERA_KINDS = {
    "cameras": cameras,
    "camera-faults": camera_faults,
    "maintenance-windows": windows,
    "evidence-locks": evidence_locks,
}
# Their keys are whole numbers.
NUMBERED = {"cameras", "camera-faults", "maintenance-windows"}
