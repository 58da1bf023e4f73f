"""Subscriptions with their state, a trial, and deliveries to look at and to send again."""

import secrets
import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import SOURCE, AuditedAdmin, ReadOnlyAdmin, user_of
from accounts.models import Agency, User
from accounts.services.audit import Actor
from accounts.services.tokens import machine_of
from common.crypto import SealBroken
from common.errors import ConflictError
from common.outgoing import Answer, SendingFault
from dispatch.choices.webhooks import DeliveryFault, DeliveryState
from dispatch.models import OutboxDelivery, WebhookSubscription
from dispatch.services.outbox import webhook_guard
from dispatch.services.webhooks import delivery_replay, subscription_skip, subscription_try
from realtime.events import KINDS
from realtime.models import LIVE, Realm

SECRET_LENGTH_MIN = 24


class SubscriptionForm(forms.ModelForm[WebhookSubscription]):
    """A receiver; its secret is only written."""

    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("rights of"), required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.filter(is_active=True), label=_("or for the agency"), required=False,
        help_text=_("It is told what an officer of this agency may read."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        choices=lambda: [(name, name) for name in sorted(KINDS) if not name.startswith("test.")],
        label=_("kinds of events"), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    new_secret = forms.CharField(
        label=_("new secret"), required=False, min_length=SECRET_LENGTH_MIN, max_length=200,
        help_text=_("Kept encrypted and never shown again. The one before it holds until the next change."),
    )  # fmt: skip
    skip_missed = forms.BooleanField(
        label=_("skip what has happened so far"), required=False,
        help_text=_("Otherwise it goes on where it stopped."),
    )  # fmt: skip

    class Meta:
        model = WebhookSubscription
        fields = ["name", "url", "owner", "kinds", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "new_secret" in self.fields:
            # To be copied from the form before it is saved.
            self.fields["new_secret"].initial = secrets.token_urlsafe(32)

    def clean(self) -> dict[str, Any]:
        """One owner, an allowed address, and a secret for a new one."""
        values = super().clean() or {}
        if (values.get("owner") is None) == (values.get("agency") is None):
            self.add_error("owner", _("Choose either a person or an agency."))
        if values.get("url"):
            try:
                webhook_guard().url_check(values["url"])
            except SendingFault:
                self.add_error("url", _("Only public https addresses, and those in SIAGA_WEBHOOK_NETWORKS."))
        if self.instance._state.adding and not values.get("new_secret"):
            self.add_error("new_secret", _("A new subscription needs a secret."))
        return values


@admin.register(WebhookSubscription)
class SubscriptionAdmin(AuditedAdmin[WebhookSubscription]):
    audit_name = "webhook"
    form = SubscriptionForm
    list_display = [
        "name", "owner", "is_active", "lag", "waiting", "given_up", "failures", "last_error", "next_attempt_at",
        "last_delivered_at",
    ]  # fmt: skip
    list_filter = ["is_active"]
    list_select_related = ["owner", "realm"]
    search_fields = ["name", "url"]
    readonly_fields = ["cursor", "lag", "waiting", "given_up", "failures", "last_error", "next_attempt_at"]
    fieldsets = [
        (None, {"fields": ["name", "url", "owner", "agency", "kinds", "is_active", "new_secret", "skip_missed"]}),
        (_("Condition"), {"fields": ["cursor", "lag", "waiting", "given_up", "failures", "last_error",
                                     "next_attempt_at"]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookSubscription]:
        """With what waits and what was given up."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                waiting_count=Count("deliveries", filter=Q(deliveries__state=DeliveryState.PENDING)),
                dead_count=Count("deliveries", filter=Q(deliveries__state=DeliveryState.DEAD)),
            )
        )

    @admin.display(description=_("events not looked through"))
    def lag(self, row: WebhookSubscription) -> int:
        """How far it is behind the stream."""
        return row.realm.head - row.cursor if row.realm_id else 0

    @admin.display(description=_("waiting"))
    def waiting(self, row: Any) -> int:
        """Taken up and not delivered."""
        return int(getattr(row, "waiting_count", 0))

    @admin.display(description=_("given up"))
    def given_up(self, row: Any) -> int:
        """Dead letters."""
        return int(getattr(row, "dead_count", 0))

    def get_fieldsets(self, request: HttpRequest, obj: WebhookSubscription | None = None) -> Any:
        """Who may only look gets no fields for writing."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        shown = ["name", "url", "owner", "kinds", "is_active"]
        return [(None, {"fields": shown}), *sets[1:]]

    def save_model(self, request: HttpRequest, obj: WebhookSubscription, form: Any, change: bool) -> None:
        """Only what the form holds is written: a delivery may be under way, and its place in the stream is its own."""
        values = form.cleaned_data
        fields = ["name", "url", "owner", "kinds", "is_active"]
        obj.owner = values["owner"] or machine_of(agency=values["agency"], actor=Actor(user_of(request), SOURCE))
        if values["new_secret"]:
            obj.secret_set(values["new_secret"])
            fields += ["secret_sealed", "previous_secret_sealed"]
        if not change:
            obj.realm = Realm.objects.get(code=LIVE)
        passed = subscription_skip(subscription=obj) if values["skip_missed"] or not change else 0
        if values["skip_missed"]:
            fields.append("cursor")
        obj.save(update_fields=fields if change else None)
        data = {"fields": sorted(form.changed_data)} | ({"skipped": passed} if change and passed else {})
        self.audit(request, obj, f"webhook_{'changed' if change else 'created'}", data)

    def get_urls(self) -> list[URLPattern]:
        """With the page that tries one."""
        trial = path("<uuid:object_id>/trial/", self.admin_site.admin_view(self.trial), name="dispatch_webhook_trial")
        return [trial, *super().get_urls()]

    def trial(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        """Send one event of the kind `webhook.test` now, and show what came back."""
        row = get_object_or_404(WebhookSubscription.objects.select_related("realm"), pk=object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        outcome = None
        if request.method == "POST":
            with transaction.atomic():
                self.audit(request, row, "webhook_tried", {})
            try:
                outcome = subscription_try(subscription=row)
            except SealBroken:
                outcome = SendingFault(DeliveryFault.SEAL_BROKEN)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Delivery test"),
            "subtitle": str(row),
            "opts": self.model._meta,
            "subscription": row,
            "answer": outcome if isinstance(outcome, Answer) else None,
            "fault": DeliveryFault(outcome.code).label if isinstance(outcome, SendingFault) else "",
        }
        return TemplateResponse(request, "admin/dispatch/webhooksubscription/trial.html", context)


@admin.register(OutboxDelivery)
class DeliveryAdmin(ReadOnlyAdmin[OutboxDelivery]):
    list_display = [
        "sequence", "subscription", "kind", "state", "attempts", "status", "fault", "created_at", "attempted_at",
        "ended_at",
    ]  # fmt: skip
    list_filter = ["state", "fault", "subscription", "kind"]
    list_select_related = ["subscription"]
    search_fields = ["sequence"]
    exclude = ["event"]
    actions = ["replay"]  # type: ignore[assignment]  # records that can be sent again

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Who looks after subscriptions."""
        return super(ReadOnlyAdmin, self).has_change_permission(request)

    @admin.action(description=_("Send again"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[OutboxDelivery]) -> None:
        """What was given up or delivered goes once more; what waits is left alone."""
        sent = 0
        for key in queryset.order_by("sequence").values_list("pk", flat=True):
            try:
                delivery_replay(actor=Actor(user_of(request), SOURCE), delivery_id=key)
            except ConflictError:
                continue
            sent += 1
        text = ngettext("%(count)d event will be sent again.", "%(count)d events will be sent again.", sent)
        self.message_user(request, text % {"count": sent}, messages.SUCCESS)
