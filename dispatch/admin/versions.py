"""Versions of protocol cards: written as text, looked at as a tree, compared, and published on purpose."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext, ngettext

from accounts.audited_admin import SOURCE, ReadOnlyAdmin, user_of
from accounts.models import Agency
from accounts.permissions import Permission
from common.errors import SiagaError
from dispatch.actions.protocols import protocol_change, protocol_draft, protocol_publish, protocol_retire
from dispatch.admin.base import error_show
from dispatch.choices import ProtocolState
from dispatch.forms import VersionForm
from dispatch.models import IncidentType, ProtocolVersion
from dispatch.rules.protocol_tree import card_tree, lines_compare
from dispatch.rules.protocols import Fault, card_parse, keys_to
from dispatch.selectors.protocols import card_warnings, version_in_use
from dispatch.services.protocol_versions import source_faults, source_print

FOLDER = "admin/dispatch/protocolversion"


@admin.register(ProtocolVersion)
class ProtocolVersionAdmin(ReadOnlyAdmin[ProtocolVersion]):
    """Every write goes through an action; Django's own form is not used."""

    list_display = ["card", "number", "state", "made_by", "made_at", "published_by", "published_at"]
    list_display_links = ["card", "number"]
    list_filter = ["state", "card"]
    list_select_related = ["card", "made_by", "published_by"]
    list_per_page = 50
    search_fields = ["card__code", "card__name_id", "card__name_en", "source"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who writes cards."""
        return self._may(request, Permission.PROTOCOL_WRITE)

    def get_urls(self) -> list[URLPattern]:
        """With the pages of one version."""
        pages = {"preview": self.preview, "diff": self.diff, "publish": self.publish, "retire": self.retire}
        wrap = self.admin_site.admin_view
        own = [
            path(f"<uuid:version_id>/{name}/", wrap(page), name=f"dispatch_protocolversion_{name}")
            for name, page in pages.items()
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Begin with a small card, or with the text of another version (`?from=`)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        source = str(render_to_string(f"{FOLDER}/starter.yaml"))
        if origin := request.GET.get("from"):
            source = self._version(request, _uuid(origin)).source
        return self._edit(request, None, source)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A draft to write; any other version to read."""
        version = self._version(request, _uuid(object_id))
        if version.state == ProtocolState.DRAFT and self._may(request, Permission.PROTOCOL_WRITE):
            return self._edit(request, version, version.source)
        if request.method == "POST":
            raise PermissionDenied
        return self._page(request, "read", version, {"title": gettext("Version of a protocol card")})

    def preview(self, request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
        """The whole card as a tree, in both languages."""
        version = self._version(request, version_id)
        context: dict[str, Any] = {"title": gettext("Preview")}
        if faults := source_faults(version.source):
            context["faults"] = _shown(faults)
        else:
            card = card_parse(version.source)
            ways = keys_to(card)
            types = dict(IncidentType.objects.values_list("code", _name_field()))
            context |= {
                "protocol": card,
                "tree": card_tree(card),
                "outcomes": [
                    {
                        "code": code,
                        "outcome": outcome,
                        "keys": ways[code],
                        "type": types.get(outcome.type, outcome.type),
                    }
                    for code, outcome in card.outcomes.items()
                ],
                "warnings": [gettext(message) % data for message, data in card_warnings(card)],
            }
        return self._page(request, "preview", version, context)

    def diff(self, request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
        """What differs from the version in use."""
        version = self._version(request, version_id)
        used = version_in_use(version.card)
        lines = lines_compare(used.source, version.source) if used else []
        context = {"title": gettext("Compared with the version in use"), "used": used, "lines": lines}
        return self._page(request, "diff", version, context)

    def publish(self, request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
        """Ask, and then use this version from now on."""
        version = self._version(request, version_id, Permission.PROTOCOL_PUBLISH)
        done = gettext("%(version)s is in use from now on.") % {"version": version}
        seen = request.POST.get("seen", "")
        found = None
        if request.method == "POST" and not request.POST.get("sure"):
            messages.error(
                request, gettext("Nothing was published: confirm first that you have looked at the preview.")
            )
        else:
            found = self._done(
                request, version, done,
                lambda: protocol_publish(user=user_of(request), source=SOURCE, version=version, seen=seen),
            )  # fmt: skip
        if found:
            return found
        used = version_in_use(version.card)
        context = {
            "title": gettext("Publish"),
            "used": used,
            "lines": lines_compare(used.source, version.source) if used else [],
            "faults": _shown(source_faults(version.source)),
            "seen": source_print(version.source),
        }
        return self._page(request, "publish", version, context)

    def retire(self, request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
        """Ask, and then take this version out of use."""
        version = self._version(request, version_id, Permission.PROTOCOL_PUBLISH)
        done = gettext("%(version)s is no longer in use.") % {"version": version}
        found = self._done(
            request, version, done, lambda: protocol_retire(user=user_of(request), source=SOURCE, version=version)
        )
        return found or self._page(request, "retire", version, {"title": gettext("Take out of use")})

    def _edit(self, request: HttpRequest, version: ProtocolVersion | None, source: str) -> HttpResponse:
        form = VersionForm(request.POST or None, initial={"source": source, "seen": source_print(source)})
        if request.method == "POST" and form.is_valid():
            source = form.cleaned_data["source"]
            try:
                saved = self._saved(request, version, source, form.cleaned_data["seen"])
            except SiagaError as error:
                form.add_error("source", gettext(error.safe_message) % error.data)
            else:
                return self._after_save(request, saved)
        context = {
            "title": gettext("Draft of a protocol card") if version else gettext("New version of a protocol card"),
            "form": form,
            "faults": _shown(source_faults(form["source"].value() or "")) if version or form.is_bound else [],
            "types": IncidentType.objects.filter(is_active=True).values_list("code", _name_field()),
            "agencies": Agency.objects.filter(is_active=True).values_list("code", "name"),
        }
        return self._page(request, "edit", version, context)

    def _saved(self, request: HttpRequest, version: ProtocolVersion | None, text: str, seen: str) -> ProtocolVersion:
        user = user_of(request)
        if version is None:
            return protocol_draft(user=user, source=SOURCE, text=text)
        return protocol_change(user=user, source=SOURCE, version_id=version.pk, text=text, seen=seen)

    def _after_save(self, request: HttpRequest, version: ProtocolVersion) -> HttpResponse:
        faults = len(source_faults(version.source))
        if faults:
            text = ngettext(
                "Kept as a draft. It has %(count)d fault and cannot be published yet.",
                "Kept as a draft. It has %(count)d faults and cannot be published yet.",
                faults,
            )
            messages.warning(request, text % {"count": faults})
        else:
            messages.success(request, gettext("Kept as a draft without faults."))
        wants_preview = "_preview" in request.POST and not faults
        return _to("preview" if wants_preview else "change", version)

    def _done(
        self, request: HttpRequest, version: ProtocolVersion, done: str, act: Callable[[], object]
    ) -> HttpResponse | None:
        """After a POST: back to the version, with what came of it. None before."""
        if request.method != "POST":
            return None
        try:
            act()
        except SiagaError as error:
            error_show(request, error)
        else:
            messages.success(request, done)
        return _to("change", version)

    def _version(
        self, request: HttpRequest, version_id: uuid.UUID, permission: Permission | None = None
    ) -> ProtocolVersion:
        is_allowed = self.has_view_permission(request) and (permission is None or self._may(request, permission))
        if not is_allowed:
            raise PermissionDenied
        rows = ProtocolVersion.objects.select_related("card", "made_by", "published_by")
        version = rows.filter(pk=version_id).first()
        if version is None:
            raise Http404
        return version

    def _may(self, request: HttpRequest, permission: Permission) -> bool:
        return user_of(request).may(permission)

    def _page(
        self, request: HttpRequest, name: str, version: ProtocolVersion | None, context: dict[str, Any]
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "subtitle": str(version) if version else None,
            "opts": self.opts,
            "version": version,
            "is_draft": version is not None and version.state == ProtocolState.DRAFT,
            "is_in_use": version is not None and version.state == ProtocolState.PUBLISHED,
            "may_write": self._may(request, Permission.PROTOCOL_WRITE),
            "may_publish": self._may(request, Permission.PROTOCOL_PUBLISH),
            **context,
        }
        return TemplateResponse(request, f"{FOLDER}/{name}.html", whole)


def _shown(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults in the reader's language."""
    return [{"line": fault.line, "place": fault.place, "text": gettext(fault.message) % fault.data} for fault in faults]


def _to(page: str, version: ProtocolVersion) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:dispatch_protocolversion_{page}", args=[version.pk]))


def _name_field() -> str:
    return "name_en" if get_language() == "en" else "name_id"


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
