"""Telephone exchanges: a secret is made on request and shown once; what they told is there to read."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import SOURCE, AuditedAdmin, user_of
from accounts.permissions import Permission
from common.errors import SiagaError
from dispatch.actions.exchanges import exchange_previous_end, exchange_secret_renew
from dispatch.admin.base import RecordAdmin, error_show
from dispatch.models import PbxEvent, PbxLink
from dispatch.services.exchanges import secret_mark
from realtime.models import LIVE, Realm


@admin.register(PbxLink)
class PbxLinkAdmin(AuditedAdmin[PbxLink]):
    change_form_template = "admin/dispatch/pbxlink/change_form.html"
    list_display = ["code", "name", "is_active", "has_secret", "has_previous", "seen_at"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "is_active", "address", "has_secret", "has_previous", "seen_at"]
    readonly_fields = ["address", "has_secret", "has_previous", "seen_at"]

    @admin.display(description=_("secret is set"), boolean=True)
    def has_secret(self, pbx: PbxLink) -> bool:
        """Whether there is one; it is never shown again."""
        return bool(pbx.secret_sealed)

    @admin.display(description=_("the secret before still holds"), boolean=True)
    def has_previous(self, pbx: PbxLink) -> bool:
        """Whether the exchange may still sign with the one before."""
        return bool(pbx.previous_secret_sealed)

    @admin.display(description=_("events are sent to"))
    def address(self, pbx: PbxLink) -> str:
        """The path that the exchange posts to."""
        return reverse("dispatch-api:pbx-events", args=[pbx.code]) if pbx.code else "—"

    def get_readonly_fields(self, request: HttpRequest, obj: PbxLink | None = None) -> Any:
        """The code stands in the exchange's configuration, so it stays once given."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: PbxLink, form: Any, change: bool) -> None:
        """Exchanges ring in the live realm."""
        if not change:
            obj.realm = Realm.objects.get(code=LIVE)
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: PbxLink, post_url_continue: str | None = None) -> HttpResponse:
        """Straight to the page where it gets its secret."""
        return HttpResponseRedirect(reverse("admin:dispatch_pbxlink_secret", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        """With the page that makes a secret."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:pbx_id>/secret/", wrap(self.secret), name="dispatch_pbxlink_secret"),
            path("<uuid:pbx_id>/previous/", wrap(self.previous), name="dispatch_pbxlink_previous"),
            *super().get_urls(),
        ]

    def secret(self, request: HttpRequest, pbx_id: uuid.UUID) -> HttpResponse:
        """Make a new secret and show it in this one answer; it is kept sealed and nobody can read it back."""
        pbx, secret = self._pbx(request, pbx_id), ""
        if request.method == "POST":
            try:
                pbx, secret = exchange_secret_renew(
                    user=user_of(request), source=SOURCE, pbx_id=pbx.pk, seen=request.POST.get("seen", "")
                )
            except SiagaError as error:
                error_show(request, error)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Secret of the exchange"),
            "subtitle": str(pbx),
            "opts": self.opts,
            "pbx": pbx,
            "secret": secret,
            "seen": secret_mark(pbx),
            "address": request.build_absolute_uri(self.address(pbx)),
        }
        return TemplateResponse(request, "admin/dispatch/pbxlink/secret.html", context)

    def previous(self, request: HttpRequest, pbx_id: uuid.UUID) -> HttpResponse:
        """The secret from before holds no longer."""
        pbx = self._pbx(request, pbx_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            exchange_previous_end(user=user_of(request), source=SOURCE, pbx_id=pbx.pk)
        except SiagaError as error:
            error_show(request, error)
        else:
            messages.success(request, gettext("Only the present secret holds now."))
        return HttpResponseRedirect(reverse("admin:dispatch_pbxlink_change", args=[pbx.pk]))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Say who may make secrets."""
        may = user_of(request).may(Permission.EXCHANGE_MANAGE)
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "may_manage": may})

    def _pbx(self, request: HttpRequest, pbx_id: uuid.UUID) -> PbxLink:
        if not user_of(request).may(Permission.EXCHANGE_MANAGE):
            raise PermissionDenied
        pbx = PbxLink.objects.filter(pk=pbx_id).first()
        if pbx is None:
            raise Http404
        return pbx


@admin.register(PbxEvent)
class PbxEventAdmin(RecordAdmin[PbxEvent]):
    list_display = [
        "occurred_at", "received_at", "pbx", "pbx_call", "kind", "caller_number", "extension", "cause",
    ]  # fmt: skip
    list_filter = ["kind", "pbx"]
    search_fields = ["pbx_call", "event_id", "caller_number", "extension"]
    date_hierarchy = "occurred_at"
    realm_path = "pbx__realm"
    related = ("pbx",)
