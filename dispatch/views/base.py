"""What all plain pages share: who may open them, and what stands on top of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import ensure_csrf_cookie

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from dispatch.models import Broadcast
from dispatch.selectors.broadcasts import broadcasts_shown
from dispatch.selectors.camera_alarm import camera_alarm_read
from dispatch.selectors.desk import agency_read, desk_read, unit_alarms_read
from dispatch.selectors.flood_banner import banner_read
from dispatch.selectors.names import Names
from realtime.models import LIVE, Realm

View = Callable[..., HttpResponse]
ROWS_MAX = 200
CONSOLE_NEEDS = (Permission.STREAM_READ, Permission.INCIDENT_VIEW, Permission.CALL_VIEW)


KEYS = "123456789"
# With more pages than keys, what is not of the first eight stands in a menu; Alt and this key open it.
BESIDE_MENU = 8
MENU_KEY = "0"


@dataclass(frozen=True, slots=True)
class Link:
    """A page in the navigation; `key`, where it has one, opens it together with Alt."""

    address: str
    label: str
    key: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """All pages of a user: those in the bar, and those in the menu at its end."""

    bar: tuple[Link, ...]
    menu: tuple[Link, ...]
    menu_key: str = MENU_KEY

    @property
    def here(self) -> Link | None:
        """The page of the menu that is open."""
        return next((link for link in self.menu if link.is_here), None)

    @property
    def keyless(self) -> list[str]:
        """Names of the pages that only the menu opens."""
        return [link.label for link in self.menu if not link.key]


def needs(permission: Permission) -> Callable[[View], View]:
    """Opens a page for those whose roles allow this."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not user_of(request).may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return ensure_csrf_cookie(guarded)

    return wrap


def user_of(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)


def live() -> Realm:
    """The realm of real service. Read it first: its `head` says from which event on the page is to be read anew."""
    return Realm.objects.get(code=LIVE)


def show(request: HttpRequest, template: str, context: dict[str, Any], *, realm: Realm) -> HttpResponse:
    """Render a page with what every page needs."""
    user, at = user_of(request), clock.now()
    names = context.get("names") or Names()
    shared = {
        "realm": realm,
        "now": at,
        "may": {permission.replace(".", "_"): True for permission in Permission if user.may(permission)},
        "names": names,
        "name_field": f"name_{names.language}",
        "pages": navigation_of(user, request.path),
        "desk": desk_read(realm=realm, user=user, at=at) if user.may(Permission.CALL_VIEW) else None,
        "broadcasts": _broadcasts(user, realm, at),
        "own_agency": _agency_facts(user, realm, at),
        "unit_alarms": unit_alarms_read(realm=realm) if user.may(Permission.UNIT_VIEW) else None,
        "flood": banner_read(realm=realm, user=user, at=at),
        "camera_alarm": camera_alarm_read(user=user, at=at),
    }
    return render(request, template, shared | context)


def _agency_facts(user: User, realm: Realm, at: Any) -> Any:
    if user.agency is None or not user.may(Permission.AGENCY_WORK):
        return None
    return agency_read(realm=realm, agency=user.agency, at=at)


def _broadcasts(user: User, realm: Realm, at: datetime) -> list[Broadcast]:
    return list(broadcasts_shown(realm=realm, at=at)) if user.may(Permission.BROADCAST_VIEW) else []


def navigation_of(user: User, path: str) -> Navigation:
    """The pages that this user may open, as they stand in the bar."""
    links = tuple(_links(user, path))
    count = len(links) if len(links) <= len(KEYS) else BESIDE_MENU
    return Navigation(links[:count], links[count:])


def _links(user: User, path: str) -> Iterator[Link]:
    pages = [
        ("dispatch:console", gettext("Console"), CONSOLE_NEEDS),
        ("dispatch:work-calls", gettext("Calls"), (Permission.CALL_VIEW,)),
        ("dispatch:work-incidents", gettext("Incidents"), (Permission.INCIDENT_VIEW,)),
        ("dispatch:work-undone", gettext("Undone"), (Permission.REPORT_VIEW,)),
        ("dispatch:work-handovers", gettext("Handover"), (Permission.INCIDENT_EDIT,)),
        ("dispatch:work-units", gettext("Units"), (Permission.UNIT_VIEW,)),
        ("dispatch:work-alerts", gettext("Warnings"), (Permission.ALERT_VIEW,)),
        ("dispatch:work-flood", gettext("Flood watch"), (Permission.GAUGE_VIEW,)),
        ("dispatch:work-cameras", gettext("Cameras"), (Permission.CAMERA_VIEW,)),
        ("dispatch:work-exports", gettext("Exports"), (Permission.DATA_EXPORT,)),
        ("dispatch:agency-incidents", gettext("My agency"), (Permission.AGENCY_WORK,)),
        ("dispatch:own-unit", gettext("My unit"), (Permission.UNIT_REPORT,)),
    ]
    pages += [
        ("dispatch:work-room", gettext("Room"), (Permission.REPORT_VIEW,)),
        ("dispatch:work-targets", gettext("Targets"), (Permission.SUPERVISION_VIEW,)),
        ("dispatch:work-quality", gettext("Quality"), (Permission.QUALITY_OWN,)),
        ("dispatch:work-evidence", gettext("Evidence"), (Permission.EVIDENCE_VIEW,)),
    ]
    shown = [(name, label) for name, label, needed in pages if all(user.may(permission) for permission in needed)]
    for position, (name, label) in enumerate(shown):
        address = reverse(name)
        yield Link(address, label, KEYS[position : position + 1], path.startswith(address))
