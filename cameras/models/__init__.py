"""Cameras, their pictures, their health, and the record of evidence."""

from cameras.models.agreements import AccessAgreement, CameraGroup
from cameras.models.evidence import EvidenceHead, EvidenceLock, EvidenceRecord, EvidenceSeal
from cameras.models.health import CameraAlarmSeen, CameraFaultCase, CameraHealth, CameraHour, MaintenanceWindow
from cameras.models.imports import CameraImport
from cameras.models.live import LiveViewing
from cameras.models.pictures import Snapshot
from cameras.models.registry import LATITUDE, LONGITUDE, Camera

__all__ = [
    "LATITUDE",
    "LONGITUDE",
    "AccessAgreement",
    "Camera",
    "CameraAlarmSeen",
    "CameraFaultCase",
    "CameraGroup",
    "CameraHealth",
    "CameraHour",
    "CameraImport",
    "EvidenceHead",
    "EvidenceLock",
    "EvidenceRecord",
    "EvidenceSeal",
    "LiveViewing",
    "MaintenanceWindow",
    "Snapshot",
]
