"""Calls to look up, who could take them, and what was kept of numbers and queues."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.choices import PresenceState
from dispatch.forms import PresenceForm
from dispatch.models import (
    Call,
    CallbackAttempt,
    CallLocation,
    CallOffer,
    CallTransition,
    Escalation,
    NumberReputation,
    Presence,
    ProtocolRun,
    QueueAlarm,
    Storm,
)
from dispatch.publish import tell_presence
from dispatch.services.presences import presence_equip
from realtime.models import LIVE, Realm


class CallTransitionInline(RecordInline):
    model = CallTransition
    fields = ["occurred_at", "old", "new", "actor", "source", "reason"]
    related = ("actor",)


class CallOfferInline(RecordInline):
    model = CallOffer
    fields = ["offered_at", "user", "outcome", "ended_at"]
    related = ("user",)


class CallbackAttemptInline(RecordInline):
    model = CallbackAttempt
    fields = ["attempted_at", "user", "outcome", "note"]
    related = ("user",)


class CallLocationInline(RecordInline):
    model = CallLocation
    fields = ["received_at", "source", "lat", "lon", "radius_m", "measured_at"]


class CallEscalationInline(RecordInline):
    model = Escalation
    fk_name = "call"
    fields = ["escalated_at", "level", "step", "due_at"]


class CallProtocolInline(RecordInline):
    model = ProtocolRun
    fk_name = "call"
    fields = ["started_at", "version", "outcome", "started_by", "ended_at"]
    related = ("version__card", "started_by")


@admin.register(Call)
class CallAdmin(RecordAdmin[Call]):
    list_display = [
        "number", "arrived_at", "medium", "state", "call_class", "caller_number", "incident", "answered_by", "ended_at",
    ]  # fmt: skip
    list_filter = ["state", "call_class", "medium", "is_lowered", "escalation", "location_source"]
    search_fields = ["number", "caller_number", "note", "pbx_call"]
    date_hierarchy = "arrived_at"
    exclude = ["realm"]
    related = ("incident", "storm", "pbx", "offered_to", "answered_by")
    inlines = [
        CallTransitionInline, CallOfferInline, CallbackAttemptInline, CallLocationInline, CallProtocolInline,
        CallEscalationInline,
    ]  # fmt: skip


@admin.register(CallOffer)
class CallOfferAdmin(RecordAdmin[CallOffer]):
    list_display = ["offered_at", "call", "user", "outcome", "ended_at"]
    list_filter = ["outcome"]
    search_fields = ["call__number", "user__username", "user__display_name"]
    date_hierarchy = "offered_at"
    realm_path = "call__realm"
    related = ("call", "user")


@admin.register(NumberReputation)
class NumberReputationAdmin(RecordAdmin[NumberReputation]):
    """A mark is reviewed at the console; here is what was counted and decided."""

    list_display = ["number", "prank_count", "ghost_count", "last_at", "marked_until", "review", "reviewed_by"]
    list_filter = ["review"]
    search_fields = ["number", "review_note"]
    exclude = ["realm"]
    related = ("reviewed_by",)


@admin.register(QueueAlarm)
class QueueAlarmAdmin(RecordAdmin[QueueAlarm]):
    list_display = ["started_at", "ended_at", "waiting_max", "longest_wait_s"]
    date_hierarchy = "started_at"
    exclude = ["realm"]


@admin.register(Storm)
class StormAdmin(RecordAdmin[Storm]):
    list_display = ["started_at", "ended_at", "incident", "calls_grouped", "radius_m", "started_by", "ended_by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["incident__number"]
    readonly_fields = ["calls_grouped"]
    exclude = ["realm"]
    related = ("incident", "started_by", "ended_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Storm]:
        """With how many calls were grouped."""
        return super().get_queryset(request).annotate(call_count=Count("calls"))

    @admin.display(description=_("calls grouped"), ordering="call_count")
    def calls_grouped(self, storm: Storm) -> int:
        """How many calls told of it."""
        return int(storm.call_count)  # type: ignore[attr-defined]  # annotated above


@admin.register(Presence)
class PresenceAdmin(AuditedAdmin[Presence]):
    """Extension, languages and skills of operators."""

    form = PresenceForm
    list_display = ["user", "extension", "language_list", "skill_list", "state", "idle_since", "seen_at"]
    list_filter = ["state"]
    search_fields = ["user__username", "user__display_name", "extension"]
    readonly_fields = ["state", "idle_since", "seen_at"]

    @admin.display(description=_("languages"))
    def language_list(self, presence: Presence) -> str:
        """With commas."""
        return ", ".join(presence.languages)

    @admin.display(description=_("skills"))
    def skill_list(self, presence: Presence) -> str:
        """With commas."""
        return ", ".join(presence.skills)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Presence]:
        """With the operators."""
        return super().get_queryset(request).select_related("user")

    def get_readonly_fields(self, request: HttpRequest, obj: Presence | None = None) -> Any:
        """The operator stays once chosen."""
        return [*super().get_readonly_fields(request, obj), *(["user"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Presence, form: Any, change: bool) -> None:
        """Write these columns only: the operator may say at this moment that they are ready. Consoles are told."""
        presence = presence_equip(
            operator=obj.user, extension=obj.extension, languages=obj.languages, skills=obj.skills
        )
        verb = "changed" if change else "created"
        self.audit(request, presence, f"presence_{verb}", {"fields": sorted(form.changed_data)})
        if presence.state != PresenceState.AWAY:
            tell_presence(Realm.objects.get(code=LIVE), presence)
