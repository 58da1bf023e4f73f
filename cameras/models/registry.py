"""The registry of cameras."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cameras.choices import CameraKind, CameraMount, CameraState
from cameras.models.agreements import AccessAgreement, CameraGroup
from common.crypto import Sealer
from places.models import Place

LATITUDE = [MinValueValidator(-90.0), MaxValueValidator(90.0)]
LONGITUDE = [MinValueValidator(-180.0), MaxValueValidator(180.0)]
WITHOUT_CREDENTIALS = _("Without user name and password; those have fields of their own.")


class Camera(models.Model):
    """One camera of the registry; addresses without credentials, which are sealed and can only be written.

    `version` counts changes of the registry entry, so that a picture can say what was registered when it was taken.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    version = models.IntegerField(_("version"), default=1, editable=False)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="cameras", verbose_name=_("owner"))
    owner_contact = models.CharField(_("owner's contact"), max_length=120, blank=True)
    agreement = models.ForeignKey(
        AccessAgreement, models.PROTECT, null=True, blank=True, related_name="cameras",
        verbose_name=_("access agreement"),
    )  # fmt: skip
    groups = models.ManyToManyField(CameraGroup, blank=True, related_name="cameras", verbose_name=_("groups"))
    village = models.ForeignKey(
        Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("kelurahan")
    )
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("tags"))
    make = models.CharField(_("make"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)

    kind = models.CharField(_("kind"), max_length=10, choices=CameraKind.choices)
    url = models.CharField(_("address"), max_length=500, help_text=WITHOUT_CREDENTIALS)
    stream_url = models.CharField(
        _("main stream"), max_length=500, blank=True, help_text=_("RTSP address for the live view, if there is one.")
    )
    sub_stream_url = models.CharField(
        _("small stream"), max_length=500, blank=True, help_text=_("A smaller picture of the same, for live view.")
    )
    onvif_url = models.CharField(_("ONVIF address"), max_length=500, blank=True)
    credential_user = models.CharField(_("user name"), max_length=80, blank=True)
    credential_sealed = models.BinaryField(null=True, blank=True, editable=False)
    tls_sha256 = models.CharField(_("TLS fingerprint (SHA-256)"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=CameraState.choices, default=CameraState.ACTIVE)
    maintenance_until = models.DateTimeField(_("maintenance until"), null=True, blank=True)
    mount = models.CharField(_("mount"), max_length=10, choices=CameraMount.choices, default=CameraMount.FIXED)
    ptz_presets = models.JSONField(
        _("PTZ presets"), default=list, blank=True,
        help_text=_("A list of {name, token, heading_deg, hfov_deg, range_m}."),
    )  # fmt: skip

    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    accuracy_m = models.FloatField(
        _("accuracy (m)"), null=True, blank=True, validators=[MinValueValidator(0.0)],
        help_text=_("How far off the position may be."),
    )  # fmt: skip
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    heading_deg = models.FloatField(
        _("heading (°)"), null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(360.0)]
    )
    hfov_deg = models.FloatField(
        _("horizontal field of view (°)"),
        null=True, blank=True, validators=[MinValueValidator(1.0), MaxValueValidator(360.0)],
    )  # fmt: skip
    tilt_deg = models.FloatField(
        _("tilt (°)"), null=True, blank=True, validators=[MinValueValidator(-90.0), MaxValueValidator(90.0)]
    )
    range_m = models.FloatField(_("range (m)"), default=60.0, validators=[MinValueValidator(1.0)])

    privacy_masks = models.JSONField(
        _("privacy masks"), default=list, blank=True,
        help_text=_("Polygons that are never shown; points as shares of width and height, 0 to 1."),
    )  # fmt: skip
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
    width = models.IntegerField(_("width (px)"), null=True, editable=False)
    height = models.IntegerField(_("height (px)"), null=True, editable=False)
    codec = models.CharField(_("codec"), max_length=20, blank=True, editable=False)
    clock_skew_s = models.FloatField(_("clock skew (s)"), null=True, editable=False)
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
            models.CheckConstraint(
                condition=~(
                    Q(url__contains="@")
                    | Q(stream_url__contains="@")
                    | Q(sub_stream_url__contains="@")
                    | Q(onvif_url__contains="@")
                ),
                name="camera_url_without_credentials",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def password_set(self, password: str) -> None:
        """Seal a new password; an empty one removes it. The row must have its code."""
        sealer = Sealer(settings.SEAL_KEYS)
        self.credential_sealed = sealer.seal(password.encode(), context=self.seal_context) if password else None

    def password_read(self) -> str:
        """The password in clear, for the driver only; raises common.crypto.SealBroken."""
        if not self.credential_sealed:
            return ""
        return Sealer(settings.SEAL_KEYS).unseal(bytes(self.credential_sealed), context=self.seal_context).decode()

    @property
    def seal_context(self) -> str:
        """What binds the sealed password to this row."""
        return f"cameras.camera/{self.code}/credential"
