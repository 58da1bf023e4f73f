"""The registry of cameras and the pictures they gave."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cameras.choices import CameraKind, CameraMount, CameraState
from common.crypto import Sealer
from common.ids import uuid7
from places.models import Place
from realtime.models import Realm

LATITUDE = [MinValueValidator(-90.0), MaxValueValidator(90.0)]
LONGITUDE = [MinValueValidator(-180.0), MaxValueValidator(180.0)]


class Camera(models.Model):
    """One camera of the registry; addresses without credentials, which are sealed and can only be written."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="cameras", verbose_name=_("owner"))
    village = models.ForeignKey(
        Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("kelurahan")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CameraKind.choices)
    url = models.CharField(
        _("address"), max_length=500, help_text=_("Without user name and password; those have fields of their own.")
    )
    credential_user = models.CharField(_("user name"), max_length=80, blank=True)
    credential_sealed = models.BinaryField(null=True, blank=True, editable=False)
    tls_sha256 = models.CharField(_("TLS fingerprint (SHA-256)"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=CameraState.choices, default=CameraState.ACTIVE)
    mount = models.CharField(_("mount"), max_length=10, choices=CameraMount.choices, default=CameraMount.FIXED)

    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    heading_deg = models.FloatField(
        _("heading (°)"), null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(360.0)]
    )
    hfov_deg = models.FloatField(
        _("horizontal field of view (°)"),
        null=True, blank=True, validators=[MinValueValidator(1.0), MaxValueValidator(360.0)],
    )  # fmt: skip
    range_m = models.FloatField(_("range (m)"), default=60.0, validators=[MinValueValidator(1.0)])

    face_matching_allowed = models.BooleanField(
        _("face matching allowed"), default=False, help_text=_("By the access agreement for this camera.")
    )
    is_sensitive_site = models.BooleanField(
        _("sensitive site"), default=False, help_text=_("School, clinic, place of worship: faces are never matched.")
    )
    notes = models.TextField(_("notes"), blank=True)

    last_ok_at = models.DateTimeField(_("last picture"), null=True, editable=False)
    last_fault_at = models.DateTimeField(_("last fault"), null=True, editable=False)
    last_fault_code = models.CharField(_("last fault code"), max_length=40, blank=True, editable=False)
    last_duration_ms = models.IntegerField(_("time to picture (ms)"), null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ["code"]
        indexes = [models.Index(fields=["lat", "lon"], name="camera_position")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90)) & Q(lon__range=(-180, 180)), name="camera_on_earth"
            ),
            models.CheckConstraint(condition=Q(kind__in=CameraKind.values), name="camera_known_kind"),
            models.CheckConstraint(
                condition=~(Q(is_sensitive_site=True) & Q(face_matching_allowed=True)), name="camera_sensitive_no_faces"
            ),
            models.CheckConstraint(condition=~Q(url__contains="@"), name="camera_url_without_credentials"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def password_set(self, password: str) -> None:
        """Seal a new password; an empty one removes it. The row must have its code."""
        sealer = Sealer(settings.SEAL_KEYS)
        self.credential_sealed = sealer.seal(password.encode(), context=self._seal_context) if password else None

    def password_read(self) -> str:
        """The password in clear, for the driver only; raises common.crypto.SealBroken."""
        if not self.credential_sealed:
            return ""
        return Sealer(settings.SEAL_KEYS).unseal(bytes(self.credential_sealed), context=self._seal_context).decode()

    @property
    def _seal_context(self) -> str:
        return f"cameras.camera/{self.code}/credential"


class Snapshot(models.Model):
    """One picture with its provenance. Bytes lie in the media store under `path`, as they came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="snapshots", verbose_name=_("camera"))
    path = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=20)
    is_original = models.BooleanField(
        _("original bytes"),
        default=True,
        help_text=_("No where the camera gives video and the still was made here."),
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_count = models.IntegerField(_("bytes"))
    width = models.IntegerField()
    height = models.IntegerField()
    requested_at = models.DateTimeField(_("requested at"))
    first_byte_at = models.DateTimeField(_("first byte at"))
    received_at = models.DateTimeField(_("received at"))
    claimed_at = models.DateTimeField(_("camera's own time"), null=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["camera", "-received_at"], name="snapshot_camera_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(requested_at__lte=F("first_byte_at")) & Q(first_byte_at__lte=F("received_at")),
                name="snapshot_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(byte_count__gt=0) & Q(width__gt=0) & Q(height__gt=0), name="snapshot_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.received_at:%H:%M:%S}"
