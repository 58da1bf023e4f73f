"""Forms of the registry."""

from cameras.forms.agreements import AgreementForm, MaintenanceWindowForm
from cameras.forms.camera import CameraForm
from cameras.forms.pages import FileForm, ProbeForm

__all__ = ["AgreementForm", "CameraForm", "FileForm", "MaintenanceWindowForm", "ProbeForm"]
