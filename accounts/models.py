"""Who works here, for which agency, at which desk, in which roles; and the record of what they did."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Optional

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, Role
from accounts.permissions import Permission, admin_permissions_of, permissions_of
from common.ids import uuid7


class Agency(models.Model):
    """An organisation that has a part in incidents (instansi)."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Desk(models.Model):
    """A place in the room where one person works."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="desks", verbose_name=_("agency"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds users by the name they sign in with."""


class User(AbstractBaseUser):
    """A person who signs in. Rights come from roles alone (`accounts.permissions`): no groups, no superuser."""

    username = models.CharField(_("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    display_name = models.CharField(_("display name"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.INDONESIAN)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("agency")
    )
    desk = models.ForeignKey(Desk, models.SET_NULL, null=True, blank=True, related_name="users", verbose_name=_("desk"))
    is_active = models.BooleanField(_("active"), default=True)
    is_machine = models.BooleanField(
        _("machine"), default=False, editable=False, help_text=_("Acts for an agency by tokens; cannot sign in.")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    # The token that this user came with, if it was one; it narrows everything that the roles allow.
    token: Optional["ApiToken"] = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held now; read once for each loaded user."""
        return frozenset(Role(grant.role) for grant in self.role_grants.all())

    def may(self, permission: Permission) -> bool:
        """Whether any role allows this, and the token if one was used; never for a disabled user."""
        is_in_scope = self.token is None or permission in self.token.scopes
        return self.is_active and is_in_scope and permission in permissions_of(self.roles)

    # The three below are what django.contrib.admin asks of a user.
    @property
    def is_staff(self) -> bool:
        """Whether the admin pages may be opened at all."""
        return self.may(Permission.ADMIN_USE)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a role opens this model in the admin; `perm` is like `cameras.view_camera`."""
        return self.is_active and self.token is None and perm in admin_permissions_of(self.roles)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Whether all are allowed."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any model of the app is open in the admin."""
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in admin_permissions_of(self.roles))


class RoleGrant(models.Model):
    """One role held by one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    granted_at = models.DateTimeField(_("granted at"), auto_now_add=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_grant_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_grant_known_role"),
        ]

    def __str__(self) -> str:
        return str(Role(self.role).label)


class AuditHead(models.Model):
    """The end of the audit chain: one row, locked by whoever writes the next entry."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_only_one")]

    def __str__(self) -> str:
        return f"{self.sequence}"


class AuditEntry(models.Model):
    """What was done or seen, by whom and why. Append-only: a trigger refuses change and deletion."""

    sequence = models.BigIntegerField(primary_key=True)
    occurred_at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("actor"))
    source = models.CharField(_("source"), max_length=40, help_text=_("console, api, admin, command or task"))
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60)
    object_id = models.CharField(_("object"), max_length=60)
    realm = models.CharField(_("realm"), max_length=40, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    data = models.JSONField(_("data"), default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["occurred_at"], name="audit_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class ApiToken(models.Model):
    """What a program proves itself with. Only a hash is kept; it allows what its owner's roles and its scopes allow.

    `agency` is the owner's at the time of making: whoever moves to another agency takes no token along.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(User, models.PROTECT, related_name="tokens", verbose_name=_("acts as"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="tokens", verbose_name=_("agency"))
    prefix = models.CharField(_("begins with"), max_length=20)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the whole token")
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    networks = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, verbose_name=_("allowed networks"),
        help_text=_("Comma-separated, like 10.20.0.0/16. Empty: from anywhere."),
    )  # fmt: skip
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used (about)"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by"))

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_token_has_scopes"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="api_token_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyKey(models.Model):
    """A client's key with the answer it got; written in the same transaction as the effect. Kept 7 days.

    Keys of two tokens of one user, and those of their sessions, never meet.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.SmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token", "key"], name="idempotency_key_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.key
