"""Files of cameras: looked through first, taken over as they were seen."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cameras.choices import ImportState
from common.crypto import Sealer
from common.ids import uuid7


class CameraImport(models.Model):
    """One file. Its content is sealed, since it may hold passwords, and gone once it is taken over or an hour old.

    `registry_digest` and `plan_digest` say against what the file was held and what would come of it: it is taken over
    only while both are the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField("SHA-256", max_length=64)
    content_sealed = models.BinaryField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices)
    registry_digest = models.CharField(max_length=64, editable=False)
    plan_digest = models.CharField(max_length=64, editable=False)
    new_count = models.IntegerField(_("new"), default=0)
    changed_count = models.IntegerField(_("changed"), default=0)
    same_count = models.IntegerField(_("unchanged"), default=0)
    fault_count = models.IntegerField(_("errors"), default=0)
    absent_count = models.IntegerField(_("not in the file"), default=0)
    applied_at = models.DateTimeField(_("taken over at"), null=True)

    class Meta:
        verbose_name = _("camera import")
        verbose_name_plural = _("camera imports")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.made_at:%Y-%m-%d %H:%M}"

    def content_set(self, content: bytes) -> None:
        """Seal the file."""
        self.content_sealed = Sealer(settings.SEAL_KEYS).seal(content, context=self.seal_context)

    def content_read(self) -> bytes:
        """The file as it came; raises common.crypto.SealBroken."""
        return Sealer(settings.SEAL_KEYS).unseal(bytes(self.content_sealed or b""), context=self.seal_context)

    @property
    def seal_context(self) -> str:
        """What binds the sealed file to this row."""
        return f"cameras.cameraimport/{self.pk}/content"
