"""The watchlist for its officers; candidates, reviews and counts to look up."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import SOURCE, AuditedAdmin, ReadOnlyAdmin, user_of
from accounts.media import picture_response
from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError, SiagaError
from realtime.models import LIVE, Realm
from recognition import actions
from recognition.choices import EntryState
from recognition.forms import EntryForm, PhotoForm, WithdrawalForm
from recognition.models import CandidateMatch, FaceAnalysis, Review, WatchlistEntry
from recognition.selectors import entry_read, photo_read


class EndedFilter(admin.SimpleListFilter):
    """By whether an entry still runs, whatever its state says."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Running and ended."""
        return [("runs", _("still runs")), ("ended", _("has ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The rows of the chosen term."""
        if self.value() == "runs":
            return queryset.filter(expires_at__gt=clock.now())
        return queryset.filter(expires_at__lte=clock.now()) if self.value() == "ended" else queryset


@admin.register(WatchlistEntry)
class WatchlistEntryAdmin(AuditedAdmin[WatchlistEntry]):
    """A draft can be changed by those who keep the list; what was approved can only be withdrawn."""

    form = EntryForm
    audit_name = "entry"
    change_form_template = "admin/recognition/watchlistentry/change_form.html"
    list_display = [
        "label", "kind", "state", "case_number", "valid_from", "expires_at", "created_by", "approved_by", "photo_count",
    ]  # fmt: skip
    list_filter = ["state", EndedFilter, "kind", "is_minor"]
    list_select_related = ["created_by", "approved_by"]
    search_fields = ["label", "case_number", "document_number"]
    readonly_fields = ["state", "created_by", "created_at", "approved_by", "approved_at"]
    fieldsets = [
        (None, {"fields": ["label", "kind", "is_minor"]}),
        (_("Lawful basis"), {"fields": ["legal_basis", "authority", "document_number", "case_number"]}),
        (_("Term"), {"fields": ["incident_id", "valid_from", "expires_at"]}),
        (_("Two persons"), {"fields": ["state", ("created_by", "created_at"), ("approved_by", "approved_at")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Live entries, with their photos."""
        return super().get_queryset(request).filter(realm__code=LIVE).prefetch_related("photos")

    @admin.display(description=_("photos"))
    def photo_count(self, entry: WatchlistEntry) -> int:
        """How many reference photos there are."""
        return len(entry.photos.all())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begins now."""
        return {"valid_from": clock.now(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: WatchlistEntry | None = None) -> bool:
        """Drafts only: what a second person approved stays as it was approved."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == EntryState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: WatchlistEntry | None = None) -> bool:
        """Entries are withdrawn, never deleted by hand."""
        return False

    def save_model(self, request: HttpRequest, obj: WatchlistEntry, form: Any, change: bool) -> None:
        """Who writes a draft is its creator."""
        if not change:
            obj.realm, obj.created_by = Realm.objects.get(code=LIVE), user_of(request)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: WatchlistEntry, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The next thing a new draft needs is a photo."""
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, gettext("The draft is kept. It needs a photo, then a second person's approval."))
        return redirect("admin:recognition_watchlistentry_photo", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """With the steps of an entry's life."""
        view = self.admin_site.admin_view
        name = "recognition_watchlistentry"
        return [
            path("<uuid:entry_id>/photo/", view(self.photo_page), name=f"{name}_photo"),
            path("<uuid:entry_id>/photos/<uuid:photo_id>/", view(self.photo_show), name=f"{name}_photo_show"),
            path("<uuid:entry_id>/approve/", view(self.approve), name=f"{name}_approve"),
            path("<uuid:entry_id>/withdraw/", view(self.withdraw), name=f"{name}_withdraw"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """What may be done with this entry, by this person."""
        entry = context.get("original")
        if entry is not None:
            user = user_of(request)
            is_draft, is_open = entry.state == EntryState.DRAFT, entry.state in (EntryState.DRAFT, EntryState.ACTIVE)
            context |= {
                "references": entry.photos.all(),
                "may_add_photo": is_draft and user.may(Permission.WATCHLIST_MANAGE),
                "may_approve": is_draft and user.may(Permission.WATCHLIST_APPROVE) and entry.created_by_id != user.pk,
                "waits_for_other": is_draft and entry.created_by_id == user.pk,
                "may_withdraw": is_open and user.may(Permission.WATCHLIST_MANAGE),
                "withdrawal_form": WithdrawalForm(auto_id="withdrawal_%s"),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def photo_page(self, request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
        """Add a reference photo; what is wrong with it is said here."""
        user = user_of(request)
        if not user.may(Permission.WATCHLIST_MANAGE):
            raise PermissionDenied
        entry = self._entry(entry_id)
        form = PhotoForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.photo_add(
                    user=user, source=SOURCE, entry_id=entry.pk, photo=form.data_read,
                    provenance=form.cleaned_data["provenance"], enrolment=form.enrolment,
                )  # fmt: skip
            except SiagaError as error:
                form.add_error("photo", gettext(error.safe_message) % error.data)
            else:
                messages.success(request, gettext("The photo is kept, encrypted."))
                return self._back(entry_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Add a reference photo"),
            "subtitle": str(entry),
            "opts": self.model._meta,
            "entry": entry,
            "form": form,
        }
        return TemplateResponse(request, "admin/recognition/watchlistentry/photo.html", context)

    def photo_show(self, request: HttpRequest, entry_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
        """The photo's bytes; who looked is written down first."""
        if not user_of(request).may(Permission.WATCHLIST_VIEW):
            raise PermissionDenied
        try:
            photo = photo_read(realm=Realm.objects.get(code=LIVE), entry_id=entry_id, photo_id=photo_id)
        except NotFoundError as error:
            raise Http404 from error
        with transaction.atomic():
            self.audit(request, photo, "photo_viewed", {})
        return picture_response(photo.photo_read(), photo.content_type, photo.sha256)

    def approve(self, request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
        """The second person's yes."""
        user = user_of(request)
        if request.method == "POST":
            done = gettext("Approved: this person is looked for from now on.")
            self._do(request, done, lambda: actions.entry_approve(user=user, source=SOURCE, entry_id=entry_id))
        return self._back(entry_id)

    def withdraw(self, request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
        """The end of the search."""
        if request.method == "POST":
            user, reason = user_of(request), request.POST.get("reason", "")
            done = gettext("Withdrawn: this person is no longer looked for.")
            self._do(
                request,
                done,
                lambda: actions.entry_withdraw(user=user, source=SOURCE, entry_id=entry_id, reason=reason),
            )
        return self._back(entry_id)

    def _do(self, request: HttpRequest, done: str, act: Any) -> None:
        try:
            act()
        except SiagaError as error:
            messages.error(request, gettext(error.safe_message) % error.data)
        else:
            messages.success(request, done)

    def _entry(self, entry_id: uuid.UUID) -> WatchlistEntry:
        try:
            return entry_read(realm=Realm.objects.get(code=LIVE), entry_id=entry_id)
        except NotFoundError as error:
            raise Http404 from error

    def _back(self, entry_id: uuid.UUID) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:recognition_watchlistentry_change", args=[entry_id]))


@admin.register(CandidateMatch)
class CandidateMatchAdmin(ReadOnlyAdmin[CandidateMatch]):
    list_display = ["proposed_at", "entry", "camera", "tier", "state", "raw_score", "threshold", "settled_at"]
    list_filter = ["state", "tier", "engine"]
    list_select_related = ["entry", "camera"]
    search_fields = ["entry__label", "camera__code", "incident_id"]
    exclude = ["realm"]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin[Review]):
    list_display = ["reviewed_at", "reviewer", "match", "decision", "reason", "note", "viewed_ms"]
    list_filter = ["decision", "reason"]
    list_select_related = ["reviewer", "match"]
    search_fields = ["reviewer__username", "note"]


@admin.register(FaceAnalysis)
class FaceAnalysisAdmin(ReadOnlyAdmin[FaceAnalysis]):
    list_display = [
        "analysed_at", "snapshot", "faces_found", "faces_searched", "comparisons", "candidates", "duration_ms",
    ]  # fmt: skip
    list_filter = ["engine", "engine_version"]
    list_select_related = ["snapshot"]
