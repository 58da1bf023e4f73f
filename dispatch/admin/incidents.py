"""Incidents to look up, with all that belongs to them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.models import (
    AgencyPart,
    Assignment,
    Call,
    CallerContact,
    Escalation,
    Incident,
    IncidentCamera,
    IncidentLink,
    IncidentPerson,
    IncidentPlace,
    IncidentTransition,
    ProtocolRun,
    Storm,
    TimelineEntry,
)


class IncidentTransitionInline(RecordInline):
    model = IncidentTransition
    fields = ["occurred_at", "old", "new", "actor", "source", "reason"]
    related = ("actor",)


class CallInline(RecordInline):
    model = Call
    fields = ["number", "arrived_at", "medium", "state", "call_class", "caller_number", "answered_by"]
    related = ("answered_by",)
    show_change_link = True


class PartInline(RecordInline):
    model = AgencyPart
    fields = [
        "agency", "role", "state", "origin", "reason", "forwarded_to", "disposition", "notified_at", "answer_due_at",
        "answered_at", "ended_at",
    ]  # fmt: skip
    related = ("agency", "forwarded_to", "disposition")
    show_change_link = True


class AssignmentInline(RecordInline):
    model = Assignment
    fk_name = "incident"
    fields = ["unit", "state", "made_at", "reached_scene_at", "ended_at", "made_by"]
    related = ("unit", "made_by")
    show_change_link = True


class LinkUpInline(RecordInline):
    model = IncidentLink
    fk_name = "child"
    verbose_name_plural = _("links to other incidents")
    fields = ["made_at", "kind", "parent", "reason", "made_by", "ended_at", "ended_by"]
    related = ("parent", "made_by", "ended_by")


class LinkDownInline(RecordInline):
    model = IncidentLink
    fk_name = "parent"
    verbose_name_plural = _("links from other incidents")
    fields = ["made_at", "child", "kind", "reason", "made_by", "ended_at", "ended_by"]
    related = ("child", "made_by", "ended_by")


class PersonInline(RecordInline):
    model = IncidentPerson
    fields = ["added_at", "role", "name", "contact", "description", "added_by", "removed_at"]
    related = ("added_by",)


class PlaceInline(RecordInline):
    model = IncidentPlace
    fields = ["set_at", "place_text", "place", "lat", "lon", "radius_m", "set_by"]
    related = ("place", "set_by")


class ContactInline(RecordInline):
    model = CallerContact
    fields = ["attempted_at", "number", "outcome", "user", "note"]
    related = ("user",)


class IncidentEscalationInline(RecordInline):
    model = Escalation
    fk_name = "incident"
    fields = ["escalated_at", "level", "step", "due_at"]


class StormInline(RecordInline):
    model = Storm
    fields = ["started_at", "ended_at", "radius_m", "started_by", "ended_by"]
    related = ("started_by", "ended_by")
    show_change_link = True


class ProtocolRunInline(RecordInline):
    model = ProtocolRun
    fk_name = "incident"
    fields = ["started_at", "version", "outcome", "started_by", "ended_at"]
    related = ("version__card", "started_by")
    show_change_link = True


class IncidentCameraInline(RecordInline):
    model = IncidentCamera
    fields = ["round", "rank", "camera", "distance_m", "state", "fault_code", "faces_found", "captured_at"]
    related = ("camera",)


class TimelineInline(RecordInline):
    model = TimelineEntry
    fields = ["occurred_at", "kind", "text", "data", "author"]
    related = ("author",)


@admin.register(Incident)
class IncidentAdmin(RecordAdmin[Incident]):
    list_display = [
        "number", "opened_at", "type", "priority", "state", "place_text", "place", "owner", "next_step", "due_at",
        "escalation",
    ]  # fmt: skip
    list_filter = ["state", "priority", "type", "escalation", "next_step", "disposition"]
    search_fields = ["number", "place_text", "place__name", "caller_number"]
    date_hierarchy = "opened_at"
    exclude = ["realm"]
    related = ("type", "place", "opened_by", "owner", "disposition", "merged_into", "closed_by")
    inlines = [
        IncidentTransitionInline, CallInline, PartInline, AssignmentInline, IncidentEscalationInline, LinkUpInline,
        LinkDownInline, PersonInline, PlaceInline, ContactInline, ProtocolRunInline, StormInline, IncidentCameraInline,
        TimelineInline,
    ]  # fmt: skip


@admin.register(IncidentCamera)
class IncidentCameraAdmin(RecordAdmin[IncidentCamera]):
    list_display = [
        "wanted_at", "incident", "camera", "round", "rank", "state", "attempts", "fault_code", "faces_found",
        "finished_at",
    ]  # fmt: skip
    list_filter = ["state", "fault_code"]
    search_fields = ["incident__number", "camera__code"]
    exclude = ["realm"]
    related = ("incident", "camera", "snapshot__camera")


@admin.register(TimelineEntry)
class TimelineEntryAdmin(RecordAdmin[TimelineEntry]):
    list_display = ["occurred_at", "incident", "kind", "text", "author"]
    list_filter = ["kind"]
    search_fields = ["incident__number", "text"]
    date_hierarchy = "occurred_at"
    realm_path = "incident__realm"
    related = ("incident", "author")
