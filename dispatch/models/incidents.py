"""What is happening: incidents, and what belongs to them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import LATITUDE, LONGITUDE
from common.ids import uuid7
from dispatch.choices import (
    CLOSED_INCIDENT_STATES,
    EscalationLevel,
    IncidentState,
    LinkKind,
    NextStep,
    NotInformedReason,
    PersonRole,
    Priority,
    Reach,
    TimelineKind,
)
from places.models import Place
from realtime.models import Realm

POSITION_WHOLE = Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180))
IS_OPEN = ~Q(state__in=[str(state) for state in CLOSED_INCIDENT_STATES])


class IncidentType(models.Model):
    """A kind of incident with its usual priority, and whether faces may be matched in such incidents at all."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    apco_code = models.CharField(_("APCO code"), max_length=20, blank=True)
    default_priority = models.CharField(_("usual priority"), max_length=2, choices=Priority.choices)
    face_matching_allowed = models.BooleanField(_("face matching allowed"), default=False)
    reach = models.CharField(
        _("moves on"), max_length=10, choices=Reach.choices, blank=True,
        help_text=_("How somebody who is looked for gets away from the scene; cameras are asked along that ring."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)
    order = models.IntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_id


class Disposition(models.Model):
    """How an incident ended. Nothing closes without one."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    apco_code = models.CharField(_("APCO code"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    order = models.IntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_id


class Incident(models.Model):
    """What is happening, wherever and from how many calls it was told.

    While it is open it has an owner, a next step and a moment by which that step is due; the database holds this.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("number"))
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices)
    state = models.CharField(_("state"), max_length=15, choices=IncidentState.choices, default=IncidentState.PENDING)
    place_text = models.CharField(_("place as told"), max_length=200, blank=True)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("place"))
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)
    radius_m = models.FloatField(_("uncertainty (m)"), null=True, blank=True)
    summary = models.TextField(_("what is told"), max_length=4000, blank=True)
    caller_name = models.CharField(_("caller"), max_length=120, blank=True)
    caller_number = models.CharField(_("caller's number"), max_length=32, null=True, blank=True)
    rounds_wanted = models.IntegerField(
        _("rounds wanted"), default=0, help_text=_("How often the cameras near the scene were to be asked so far.")
    )
    rounds_assigned = models.IntegerField(_("rounds assigned"), default=0)
    revision = models.IntegerField(_("revision"), default=1)
    field_revisions = models.JSONField(
        default=dict, editable=False, help_text="field -> revision at which it was last changed"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    changed_at = models.DateTimeField(_("changed at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    next_step = models.CharField(_("next step"), max_length=30, choices=NextStep.choices, blank=True)
    next_step_text = models.CharField(_("next step in words"), max_length=200, blank=True)
    next_step_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("next step set by"),
        help_text=_("Empty: it follows from the rules."),
    )  # fmt: skip
    due_at = models.DateTimeField(_("due"), null=True)
    escalation = models.CharField(_("escalated to"), max_length=12, choices=EscalationLevel.choices, blank=True)
    disposition = models.ForeignKey(
        Disposition, models.PROTECT, null=True, related_name="+", verbose_name=_("disposition")
    )
    disposition_note = models.TextField(_("how it ended"), max_length=2000, blank=True)
    not_informed_reason = models.CharField(
        _("why the caller was not told"), max_length=15, choices=NotInformedReason.choices, blank=True
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged_from", verbose_name=_("merged into")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    reopened_at = models.DateTimeField(_("reopened at"), null=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["realm", "state", "-opened_at"], name="incident_open_list"),
            models.Index(
                fields=["changed_at"], name="incident_round_wanted", condition=Q(rounds_wanted__gt=F("rounds_assigned"))
            ),
            models.Index(fields=["due_at"], name="incident_due", condition=IS_OPEN),
            models.Index(fields=["realm", "opened_at"], name="incident_opened"),
            models.Index(fields=["owner"], name="incident_owner_open", condition=IS_OPEN),
            models.Index(fields=["realm", "caller_number"], name="incident_caller_open", condition=IS_OPEN),
        ]
        constraints = [
            models.UniqueConstraint(fields=["realm", "number"], name="incident_number_once"),
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_known_state"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="incident_known_priority"),
            models.CheckConstraint(condition=POSITION_WHOLE, name="incident_position_whole"),
            models.CheckConstraint(
                condition=Q(rounds_assigned__gte=0, rounds_assigned__lte=F("rounds_wanted")),
                name="incident_rounds_in_order",
            ),
            models.CheckConstraint(
                condition=~IS_OPEN | Q(owner__isnull=False, due_at__isnull=False) & ~Q(next_step=""),
                name="incident_open_has_next_step",
            ),
            models.CheckConstraint(
                condition=IS_OPEN | Q(closed_at__isnull=False, next_step="", due_at__isnull=True, escalation=""),
                name="incident_closed_has_nothing_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "cancelled"]) | Q(disposition__isnull=False),
                name="incident_closed_has_disposition",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | ~Q(state="merged") & Q(merged_into=None),
                name="incident_merged_says_into",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="incident_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in CLOSED_INCIDENT_STATES


class IncidentLink(models.Model):
    """One incident belongs to another: `child` is part of, related to, merged into or split off from `parent`.

    Ended links stay: they are the history.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=LinkKind.choices)
    child = models.ForeignKey(Incident, models.PROTECT, related_name="links_up", verbose_name=_("incident"))
    parent = models.ForeignKey(Incident, models.PROTECT, related_name="links_down", verbose_name=_("other incident"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("since"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    moved = models.JSONField(default=dict, editable=False, help_text="what a merge or split moved, to take it back")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("link between incidents")
        verbose_name_plural = _("links between incidents")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "parent", "kind"], condition=Q(ended_at=None), name="incident_link_once"
            ),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(ended_at=None, kind__in=["parent", "merged"]),
                name="incident_link_one_parent",
            ),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="incident_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.kind} {self.parent_id}"


class IncidentPlace(models.Model):
    """Where an incident was thought to be, and since when. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="places", verbose_name=_("incident"))
    place_text = models.CharField(_("place as told"), max_length=200, blank=True)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, related_name="+", verbose_name=_("place"))
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    radius_m = models.FloatField(_("uncertainty (m)"), null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("place of an incident")
        verbose_name_plural = _("places of incidents")
        ordering = ["set_at", "id"]
        constraints = [models.CheckConstraint(condition=POSITION_WHOLE, name="incident_place_position_whole")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.set_at:%H:%M:%S}"


class IncidentPerson(models.Model):
    """Somebody who has to do with an incident, in one role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="persons", verbose_name=_("incident"))
    role = models.CharField(_("role"), max_length=10, choices=PersonRole.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("person in an incident")
        verbose_name_plural = _("persons in incidents")
        ordering = ["added_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(description="") | ~Q(contact=""), name="incident_person_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.name}"


class TimelineEntry(models.Model):
    """One line of an incident's story. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline", verbose_name=_("incident"))
    kind = models.CharField(_("kind"), max_length=15, choices=TimelineKind.choices)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    data = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    occurred_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["occurred_at", "id"]
        indexes = [models.Index(fields=["incident", "occurred_at"], name="timeline_of_incident")]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%H:%M:%S}"
