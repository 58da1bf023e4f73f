"""Who works here, for which agency, at which desk, in which roles; and the record of what they did."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, Role
from accounts.permissions import Permission, admin_permissions_of, permissions_of


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
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

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
        """Whether any role allows this; never for a disabled user."""
        return self.is_active and permission in permissions_of(self.roles)

    # The three below are what django.contrib.admin asks of a user.
    @property
    def is_staff(self) -> bool:
        """Whether the admin pages may be opened at all."""
        return self.may(Permission.ADMIN_USE)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a role opens this model in the admin; `perm` is like `cameras.view_camera`."""
        return self.is_active and perm in admin_permissions_of(self.roles)

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


class IdempotencyKey(models.Model):
    """A client's key with the answer it got; written in the same transaction as the effect. Kept 7 days."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.SmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
