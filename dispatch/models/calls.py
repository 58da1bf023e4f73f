"""Contacts with citizens: calls, where they came from, to whom they were offered, and who is to be called back."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices import (
    CallbackOutcome,
    CallClass,
    CallMedium,
    CallState,
    EscalationLevel,
    LocationSource,
    NumberReview,
    OfferOutcome,
    PresenceState,
)
from dispatch.models.exchanges import PbxLink
from dispatch.models.incidents import POSITION_WHOLE, Incident
from dispatch.models.storms import Storm
from realtime.models import Realm


class Call(models.Model):
    """One contact with a citizen. Skipped moments stay empty; none is faked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("number"))
    medium = models.CharField(_("medium"), max_length=10, choices=CallMedium.choices, default=CallMedium.VOICE)
    state = models.CharField(_("state"), max_length=15, choices=CallState.choices)
    caller_number = models.CharField(
        _("caller's number"), max_length=32, null=True, blank=True, help_text=_("Empty: 112 works without a SIM.")
    )
    language = models.CharField(_("language"), max_length=8, default="id")
    skill = models.CharField(_("skill asked for"), max_length=20, blank=True)
    is_lowered = models.BooleanField(
        _("offered later"), default=False, help_text=_("The number has a mark for prank or ghost calls.")
    )
    pbx = models.ForeignKey(PbxLink, models.PROTECT, null=True, related_name="+", verbose_name=_("exchange"))
    pbx_call = models.CharField(_("call at the exchange"), max_length=80, null=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("incident")
    )
    storm = models.ForeignKey(
        Storm, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("storm")
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("offered to")
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    arrived_at = models.DateTimeField(_("arrived at"))
    offered_at = models.DateTimeField(_("first offered at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    location_verified_at = models.DateTimeField(_("location verified at"), null=True)
    incident_created_at = models.DateTimeField(_("incident created at"), null=True)
    first_dispatch_at = models.DateTimeField(_("first unit sent at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    wrapup_ended_at = models.DateTimeField(_("wrap-up ended at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    silent_at = models.DateTimeField(_("found silent at"), null=True)
    call_class = models.CharField(_("class"), max_length=15, choices=CallClass.choices, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    callback_due_at = models.DateTimeField(_("callback due"), null=True)
    callback_attempts = models.SmallIntegerField(_("callback attempts"), default=0)
    escalation = models.CharField(_("escalated to"), max_length=12, choices=EscalationLevel.choices, blank=True)
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    radius_m = models.FloatField(_("uncertainty (m)"), null=True)
    location_source = models.CharField(_("position from"), max_length=10, choices=LocationSource.choices, blank=True)
    located_at = models.DateTimeField(_("position measured at"), null=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-arrived_at"]
        indexes = [
            models.Index(fields=["realm", "caller_number", "-arrived_at"], name="call_history"),
            models.Index(
                fields=["realm", "is_lowered", "arrived_at"],
                name="call_waiting",
                condition=Q(state__in=["queued", "offered"]),
            ),
            models.Index(fields=["realm", "state"], name="call_open", condition=~Q(state="closed")),
            models.Index(fields=["realm", "arrived_at"], name="call_arrived"),
            models.Index(fields=["realm", "closed_at"], name="call_closed", condition=Q(answered_by__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["realm", "number"], name="call_number_once"),
            models.UniqueConstraint(fields=["pbx", "pbx_call"], name="call_once_for_an_exchange"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="call_known_state"),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(call_class="") & Q(closed_at__isnull=False),
                name="call_closed_has_class",
            ),
            models.CheckConstraint(
                condition=~Q(state="callback_due") | Q(caller_number__isnull=False, callback_due_at__isnull=False),
                name="call_callback_has_number_and_time",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_to__isnull=False)
                | ~Q(state="offered") & Q(offered_to__isnull=True),
                name="call_offered_says_to_whom",
            ),
            models.CheckConstraint(condition=POSITION_WHOLE, name="call_position_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class CallOffer(models.Model):
    """One ringing of a call at one desk."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="offers", verbose_name=_("call"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    offered_at = models.DateTimeField(_("offered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=15, choices=OfferOutcome.choices, default=OfferOutcome.OPEN)

    class Meta:
        verbose_name = _("offer of a call")
        verbose_name_plural = _("offers of calls")
        ordering = ["offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(outcome="open"), name="call_offer_one_open_for_a_call"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(outcome="open"), name="call_offer_one_open_for_a_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.outcome}"


class CallbackAttempt(models.Model):
    """One try to reach a caller. Append-only."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="attempts", verbose_name=_("call"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    attempted_at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=CallbackOutcome.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("callback attempt")
        verbose_name_plural = _("callback attempts")
        ordering = ["attempted_at"]

    def __str__(self) -> str:
        return f"{self.call_id} {self.outcome}"


class CallerContact(models.Model):
    """One try to tell a caller how their incident went, before it is closed. Append-only."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="contacts", verbose_name=_("incident"))
    number = models.CharField(_("number"), max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    attempted_at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=CallbackOutcome.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("contact with a caller")
        verbose_name_plural = _("contacts with callers")
        ordering = ["attempted_at"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.outcome}"


class CallLocation(models.Model):
    """A position of a caller as one source gave it. Append-only."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="locations", verbose_name=_("call"))
    source = models.CharField(_("position from"), max_length=10, choices=LocationSource.choices)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    radius_m = models.FloatField(_("uncertainty (m)"))
    measured_at = models.DateTimeField(_("measured at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("position of a caller")
        verbose_name_plural = _("positions of callers")
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "source", "measured_at", "lat", "lon", "radius_m"], name="call_location_once"
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180), radius_m__gte=0),
                name="call_location_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.source}"


class LocationLink(models.Model):
    """An address sent to a caller, where their browser may say where they are. Only a hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="location_links", verbose_name=_("call"))
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    uses = models.SmallIntegerField(_("positions received"), default=0)

    class Meta:
        verbose_name = _("location link")
        verbose_name_plural = _("location links")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.call_id}"


class NumberReputation(models.Model):
    """Prank and ghost calls of one number. A mark only makes its calls ring later, for a time; it never blocks."""

    id = models.BigAutoField(primary_key=True)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=32)
    prank_count = models.IntegerField(_("prank calls"), default=0)
    ghost_count = models.IntegerField(_("ghost calls"), default=0)
    last_at = models.DateTimeField(_("last one"))
    marked_at = models.DateTimeField(_("marked at"), null=True)
    marked_until = models.DateTimeField(_("marked until"), null=True)
    review = models.CharField(_("review"), max_length=10, choices=NumberReview.choices, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    review_note = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reputation of a number")
        verbose_name_plural = _("reputations of numbers")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["realm", "number"], name="number_reputation_once"),
            models.CheckConstraint(
                condition=Q(marked_until=None) | Q(marked_at__isnull=False) & ~Q(review=""),
                name="number_reputation_mark_is_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prank_count}+{self.ghost_count}"


class Presence(models.Model):
    """One operator: what they can take, and whether they are ready."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="presence", verbose_name=_("operator")
    )
    state = models.CharField(_("state"), max_length=10, choices=PresenceState.choices, default=PresenceState.AWAY)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("languages"))
    skills = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("skills"))
    extension = models.CharField(
        _("extension"), max_length=20, null=True, blank=True, unique=True, help_text=_("At the telephone exchange.")
    )
    state_since = models.DateTimeField(_("in this state since"), null=True, blank=True, editable=False)
    idle_since = models.DateTimeField(_("idle since"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("operator's readiness")
        verbose_name_plural = _("operators' readiness")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(idle_since__isnull=False, seen_at__isnull=False),
                name="presence_ready_since",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class QueueAlarm(models.Model):
    """A time in which more callers waited, or waited longer, than is allowed."""

    id = models.BigAutoField(primary_key=True)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True)
    waiting_max = models.IntegerField(_("most waiting"))
    longest_wait_s = models.FloatField(_("longest wait (s)"))

    class Meta:
        verbose_name = _("queue alarm")
        verbose_name_plural = _("queue alarms")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["realm"], condition=Q(ended_at=None), name="queue_alarm_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}"
