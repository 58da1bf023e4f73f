"""Who may do what: one table, pure. What is not listed is denied."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from accounts.choices import Role


class Permission(StrEnum):
    """One thing that can be allowed."""

    STREAM_READ = "stream.read"
    PLACE_VIEW = "place.view"
    CALL_VIEW = "call.view"
    CALL_RECEIVE = "call.receive"
    NUMBER_REVIEW = "number.review"
    INCIDENT_VIEW = "incident.view"
    INCIDENT_OPEN = "incident.open"
    INCIDENT_EDIT = "incident.edit"
    INCIDENT_CLOSE = "incident.close"
    STORM_MANAGE = "storm.manage"
    UNIT_ASSIGN = "unit.assign"
    UNIT_VIEW = "unit.view"
    UNIT_REPORT = "unit.report"
    UNIT_POSITION_SEND = "unit_position.send"
    AGENCY_WORK = "agency.work"
    PROTOCOL_WRITE = "protocol.write"
    PROTOCOL_PUBLISH = "protocol.publish"
    EXCHANGE_MANAGE = "exchange.manage"
    REPORT_VIEW = "report.view"
    CAMERA_VIEW = "camera.view"
    CAMERA_PULL = "camera.pull"
    SNAPSHOT_VIEW = "snapshot.view"
    SNAPSHOT_MARK = "snapshot.mark"
    CAMERA_LIVE = "camera.live"
    CAMERA_CHOOSE = "camera.choose"
    CAMERA_MAINTAIN = "camera.maintain"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_LOCK = "evidence.lock"
    EVIDENCE_EXPORT = "evidence.export"
    MATCH_VIEW = "match.view"
    MATCH_REVIEW = "match.review"
    WATCHLIST_VIEW = "watchlist.view"
    WATCHLIST_MANAGE = "watchlist.manage"
    WATCHLIST_APPROVE = "watchlist.approve"
    AUDIT_VIEW = "audit.view"
    ADMIN_USE = "admin.use"
    API_DOCUMENT_VIEW = "api_document.view"
    # Exchange with other systems.
    EIDO_READ = "eido.read"
    EIDO_WRITE = "eido.write"
    ALERT_VIEW = "alert.view"
    ALERT_RECEIVE = "alert.receive"
    ALERT_ISSUE = "alert.issue"
    DATA_EXPORT = "data.export"
    # Supervision and the review of calls.
    SUPERVISION_VIEW = "supervision.view"
    QUALITY_OWN = "quality.own"
    QUALITY_REVIEW = "quality.review"
    SCORECARD_WRITE = "scorecard.write"
    SCORECARD_PUBLISH = "scorecard.publish"
    # Flood watch.
    GAUGE_VIEW = "gauge.view"
    GAUGE_WRITE = "gauge.write"
    FLOOD_WORK = "flood.work"
    ROAD_BLOCK = "road.block"
    WARNING_CONFIRM = "warning.confirm"
    # The command line, and telling all desks.
    COMMAND_USE = "command.use"
    BROADCAST_VIEW = "broadcast.view"
    BROADCAST_SEND = "broadcast.send"


_P = Permission
_CONSOLE = {
    _P.STREAM_READ,
    _P.PLACE_VIEW,
    _P.CALL_VIEW,
    _P.INCIDENT_VIEW,
    _P.CAMERA_VIEW,
    _P.UNIT_VIEW,
    _P.ALERT_VIEW,
    _P.API_DOCUMENT_VIEW,
}
_CONSOLE |= {_P.COMMAND_USE, _P.BROADCAST_VIEW}
_OPERATOR = _CONSOLE | {
    _P.CALL_RECEIVE,
    _P.INCIDENT_OPEN,
    _P.INCIDENT_EDIT,
    _P.INCIDENT_CLOSE,
    _P.STORM_MANAGE,
    _P.UNIT_ASSIGN,
    _P.REPORT_VIEW,
    _P.CAMERA_PULL,
    _P.SNAPSHOT_VIEW,
    _P.MATCH_VIEW,
    _P.MATCH_REVIEW,
}
_OPERATOR |= {_P.EIDO_READ, _P.EIDO_WRITE}
_OPERATOR |= {_P.QUALITY_OWN}
_SUPERVISOR = _OPERATOR | {
    _P.ADMIN_USE,
    _P.WATCHLIST_APPROVE,
    _P.WATCHLIST_VIEW,
    _P.NUMBER_REVIEW,
    _P.PROTOCOL_WRITE,
    _P.PROTOCOL_PUBLISH,
}
_SUPERVISOR |= {_P.BROADCAST_SEND}
_SUPERVISOR |= {_P.ALERT_RECEIVE, _P.ALERT_ISSUE, _P.DATA_EXPORT}
_SUPERVISOR |= {_P.SUPERVISION_VIEW, _P.QUALITY_REVIEW, _P.SCORECARD_WRITE, _P.SCORECARD_PUBLISH}
_AGENCY = {_P.STREAM_READ, _P.PLACE_VIEW, _P.AGENCY_WORK, _P.API_DOCUMENT_VIEW}
_AGENCY |= {_P.EIDO_READ, _P.EIDO_WRITE, _P.ALERT_VIEW, _P.ALERT_RECEIVE}

# Whoever works at an incident chooses its cameras and looks; what becomes evidence is for a supervisor to say.
_OPERATOR |= {_P.SNAPSHOT_MARK, _P.CAMERA_LIVE, _P.CAMERA_CHOOSE}
_SUPERVISOR |= {_P.SNAPSHOT_MARK, _P.CAMERA_LIVE, _P.CAMERA_CHOOSE, _P.CAMERA_MAINTAIN}
_SUPERVISOR |= {_P.EVIDENCE_VIEW, _P.EVIDENCE_LOCK, _P.EVIDENCE_EXPORT}

# Rivers concern everybody; whoever works at a desk or in an agency reports and answers, a supervisor warns the public.
_FLOOD = {_P.GAUGE_VIEW, _P.GAUGE_WRITE, _P.FLOOD_WORK, _P.ROAD_BLOCK}
_CONSOLE |= {_P.GAUGE_VIEW}
_OPERATOR |= _FLOOD
_SUPERVISOR |= _FLOOD | {_P.WARNING_CONFIRM}
_AGENCY |= _FLOOD

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CALL_TAKER: frozenset(_OPERATOR),
    Role.DISPATCHER: frozenset(_OPERATOR),
    Role.SUPERVISOR: frozenset(_SUPERVISOR),
    Role.HEAD: frozenset(_SUPERVISOR),
    Role.AGENCY_OFFICER: frozenset(_AGENCY),
    Role.WATCHLIST_OFFICER: frozenset(
        _CONSOLE
        | {
            _P.SNAPSHOT_VIEW,
            _P.MATCH_VIEW,
            _P.MATCH_REVIEW,
            _P.WATCHLIST_VIEW,
            _P.WATCHLIST_MANAGE,
            _P.WATCHLIST_APPROVE,
            _P.ADMIN_USE,
        }
    ),
    Role.CAMERA_ADMINISTRATOR: frozenset(
        {_P.CAMERA_VIEW, _P.CAMERA_MAINTAIN, _P.CAMERA_LIVE, _P.PLACE_VIEW, _P.ADMIN_USE, _P.API_DOCUMENT_VIEW}
    ),
    Role.TRAINER: frozenset({_P.PLACE_VIEW, _P.API_DOCUMENT_VIEW}),
    Role.AUDITOR: frozenset(
        {_P.AUDIT_VIEW, _P.ADMIN_USE, _P.CALL_VIEW, _P.INCIDENT_VIEW, _P.CAMERA_VIEW, _P.REPORT_VIEW, _P.UNIT_VIEW}
        | {_P.ALERT_VIEW, _P.DATA_EXPORT, _P.GAUGE_VIEW, _P.EVIDENCE_VIEW, _P.EVIDENCE_EXPORT}
    ),
    # A crew sees its own unit and its work, and nothing else.
    Role.UNIT: frozenset({_P.UNIT_REPORT}),
    Role.POSITION_GATEWAY: frozenset({_P.UNIT_POSITION_SEND}),
    Role.ADMINISTRATOR: frozenset({_P.ADMIN_USE, _P.API_DOCUMENT_VIEW, _P.EXCHANGE_MANAGE}),
}

# What a person decides, a program never does in their name.
NEVER_BY_TOKEN = frozenset(
    {_P.ADMIN_USE, _P.MATCH_REVIEW, _P.WATCHLIST_APPROVE, _P.PROTOCOL_PUBLISH, _P.WARNING_CONFIRM}
)
NEVER_BY_TOKEN |= {_P.CAMERA_LIVE, _P.EVIDENCE_LOCK, _P.EVIDENCE_EXPORT}
NEVER_BY_TOKEN |= {_P.QUALITY_OWN, _P.QUALITY_REVIEW, _P.SCORECARD_WRITE, _P.SCORECARD_PUBLISH}
TOKEN_SCOPES = tuple(permission for permission in Permission if permission not in NEVER_BY_TOKEN)


def _all(*models: str) -> set[str]:
    return {f"{model.replace('.', f'.{verb}_')}" for model in models for verb in ("view", "add", "change", "delete")}


def _edit(*models: str) -> set[str]:
    return {f"{model.replace('.', f'.{verb}_')}" for model in models for verb in ("view", "add", "change")}


def _view(*models: str) -> set[str]:
    return {model.replace(".", ".view_") for model in models}


_RECORDS = (
    "dispatch.broadcast",
    "dispatch.call",
    "dispatch.calloffer",
    "dispatch.incident",
    "dispatch.incidentcamera",
    "dispatch.timelineentry",
    "dispatch.agencypart",
    "dispatch.assignment",
    "dispatch.unitalarm",
    "dispatch.unitstatuschange",
    "dispatch.unitposition",
    "dispatch.escalation",
    "dispatch.handover",
    "dispatch.numberreputation",
    "dispatch.pbxevent",
    "dispatch.queuealarm",
    "dispatch.storm",
    "dispatch.protocolrun",
    # Told inside the records that they belong to; they have no lists of their own.
    "dispatch.calltransition",
    "dispatch.calllocation",
    "dispatch.callbackattempt",
    "dispatch.callercontact",
    "dispatch.incidenttransition",
    "dispatch.incidentplace",
    "dispatch.incidentperson",
    "dispatch.incidentlink",
    "dispatch.assignmenttransition",
    "dispatch.protocolanswer",
    "cameras.snapshot",
    "recognition.candidatematch",
    "recognition.review",
    "recognition.faceanalysis",
    "dispatch.gaugereading",
    "dispatch.gaugelevelchange",
    "dispatch.gaugelevelseen",
    "dispatch.floodepisode",
    "dispatch.floodtask",
    "dispatch.floodwarning",
    "dispatch.roadblock",
)
_RULES = (
    "dispatch.incidenttype",
    "dispatch.disposition",
    "dispatch.followrule",
    "dispatch.sharingrule",
    "dispatch.sharingagreement",
    "dispatch.unit",
    "dispatch.unittype",
    "dispatch.capability",
    "dispatch.station",
    "dispatch.runcard",
    "dispatch.runcardline",
    "dispatch.presence",
    "dispatch.protocolcard",
    "dispatch.protocolversion",
    "dispatch.gauge",
    "dispatch.gaugereach",
    "dispatch.floodtaskplan",
)
_EXCHANGES = (
    "dispatch.webhooksubscription",
    "dispatch.outboxdelivery",
    "dispatch.eidodocument",
    "dispatch.alert",
    "dispatch.alertarea",
)
# Samples, reviews and what was said to them are read on the pages of quality alone, where own calls are left out.
_QUALITY = ("dispatch.scorecard", "dispatch.scorecardversion", "dispatch.scorecarditem")
_CAMERA_RULES = ("cameras.accessagreement", "cameras.cameragroup", "cameras.maintenancewindow")
_SUPERVISOR_ADMIN = frozenset(
    _view("dispatch.target")
    | _edit(*_QUALITY)
    | {"dispatch.delete_scorecarditem"}
    | _view(*_RECORDS, *_EXCHANGES, "cameras.camera", "recognition.watchlistentry", "recognition.watchlistphoto")
    | _view(*_CAMERA_RULES)
    | _edit(*_RULES, "places.place")
)

ADMIN_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.SUPERVISOR: _SUPERVISOR_ADMIN,
    # A target is a promise of the house: the head of operations makes it. The seed of a drawing would tell supervisors
    # which of their own calls were drawn.
    Role.HEAD: _SUPERVISOR_ADMIN | _edit("dispatch.target") | {"dispatch.delete_target", "dispatch.view_qualitydraw"},
    Role.WATCHLIST_OFFICER: frozenset(
        _view("recognition.candidatematch", "recognition.review", "recognition.watchlistphoto")
        | _edit("recognition.watchlistentry")
        | {"recognition.add_watchlistphoto"}
    ),
    Role.CAMERA_ADMINISTRATOR: frozenset(
        _edit("cameras.camera", *_CAMERA_RULES)
        | {"cameras.delete_cameragroup", "cameras.delete_maintenancewindow"}
        | _view("places.place", "cameras.cameraimport")
    ),
    Role.AUDITOR: frozenset(
        _view(
            *_RECORDS,
            *_RULES,
            "dispatch.pbxlink",
            *_EXCHANGES,
            *_QUALITY,
            "dispatch.target",
            "dispatch.qualitydraw",
            "accounts.apitoken",
            "accounts.auditentry",
            "accounts.user",
            "accounts.rolegrant",
            "accounts.agency",
            "accounts.desk",
            "cameras.camera",
            *_CAMERA_RULES,
            "cameras.cameraimport",
            "recognition.watchlistentry",
        )
    ),
    Role.ADMINISTRATOR: frozenset(
        _edit("accounts.user", "accounts.agency", "accounts.desk", "dispatch.incidenttype", "dispatch.pbxlink")
        | _edit("accounts.apitoken", "dispatch.webhooksubscription", "dispatch.outboxdelivery")
        | _all("accounts.rolegrant")
    ),
}


@cache
def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that these roles allow together."""
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))


@cache
def admin_permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """Model rights in the admin, as Django names them."""
    return frozenset[str]().union(*(ADMIN_PERMISSIONS.get(role, frozenset()) for role in roles))


def roles_with(permission: Permission) -> Iterable[Role]:
    """The roles that allow this."""
    return (role for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed)
