"""Addresses of the API."""

from django.urls import path

from dispatch.api import (
    agency_views,
    alert_views,
    aml,
    call_views,
    command_views,
    exchanges,
    export_views,
    follow_views,
    incident_views,
    media,
    storm_views,
    unit_views,
    views,
)

app_name = "dispatch-api"
calls = [
    path("calls/", call_views.CallListView.as_view(), name="calls"),
    path("calls/<uuid:call_id>/", call_views.CallView.as_view(), name="call"),
    path("calls/<uuid:call_id>/answer/", call_views.CallAnswerView.as_view(), name="call-answer"),
    path("calls/<uuid:call_id>/hold/", call_views.CallHoldView.as_view(), name="call-hold"),
    path("calls/<uuid:call_id>/resume/", call_views.CallResumeView.as_view(), name="call-resume"),
    path("calls/<uuid:call_id>/end/", call_views.CallEndView.as_view(), name="call-end"),
    path("calls/<uuid:call_id>/drop/", call_views.CallDropView.as_view(), name="call-drop"),
    path("calls/<uuid:call_id>/wrap-up/", call_views.CallWrapUpView.as_view(), name="call-wrap-up"),
    path("calls/<uuid:call_id>/silent/", call_views.CallSilentView.as_view(), name="call-silent"),
    path("calls/<uuid:call_id>/close/", call_views.CallCloseView.as_view(), name="call-close"),
    path("calls/<uuid:call_id>/position/", call_views.CallPositionView.as_view(), name="call-position"),
    path("calls/<uuid:call_id>/location-link/", call_views.LocationLinkView.as_view(), name="call-location-link"),
    path("calls/<uuid:call_id>/callback/", call_views.CallbackView.as_view(), name="call-callback"),
    path("callbacks/", call_views.CallbackListView.as_view(), name="callbacks"),
    path("presence/", call_views.PresenceView.as_view(), name="presence"),
    path("numbers/", call_views.NumberView.as_view(), name="number"),
    path("numbers/review/", call_views.NumberReviewListView.as_view(), name="numbers-to-review"),
    path("numbers/<int:number_id>/review/", call_views.NumberReviewView.as_view(), name="number-review"),
    path("pbx/<slug:pbx_code>/events/", exchanges.LineEventListView.as_view(), name="pbx-events"),
    path("pbx/<slug:pbx_code>/aml/", aml.AmlView.as_view(), name="pbx-aml"),
]
incidents = [
    path("incidents/", views.IncidentListView.as_view(), name="incidents"),
    path("incidents/duplicates/", incident_views.DuplicateListView.as_view(), name="duplicates"),
    path("incidents/<uuid:incident_id>/", views.IncidentView.as_view(), name="incident"),
    path("incidents/<uuid:incident_id>/rounds/", views.RoundListView.as_view(), name="rounds"),
    path("incidents/<uuid:incident_id>/notes/", views.NoteListView.as_view(), name="notes"),
    path("incidents/<uuid:incident_id>/state/", incident_views.IncidentStateView.as_view(), name="incident-state"),
    path("incidents/<uuid:incident_id>/close/", incident_views.IncidentCloseView.as_view(), name="incident-close"),
    path("incidents/<uuid:incident_id>/cancel/", incident_views.IncidentCancelView.as_view(), name="incident-cancel"),
    path("incidents/<uuid:incident_id>/reopen/", incident_views.IncidentReopenView.as_view(), name="incident-reopen"),
    path("incidents/<uuid:incident_id>/next-step/", incident_views.NextStepView.as_view(), name="next-step"),
    path("incidents/<uuid:incident_id>/owner/", incident_views.OwnerView.as_view(), name="owner"),
    path("incidents/<uuid:incident_id>/persons/", incident_views.PersonListView.as_view(), name="persons"),
    path("incidents/<uuid:incident_id>/persons/<uuid:person_id>/", incident_views.PersonView.as_view(), name="person"),
    path("incidents/<uuid:incident_id>/contacts/", incident_views.ContactListView.as_view(), name="contacts"),
    path("incidents/<uuid:incident_id>/calls/", incident_views.CallAppendView.as_view(), name="incident-calls"),
    path("incidents/<uuid:incident_id>/links/", incident_views.LinkListView.as_view(), name="links"),
    path("incidents/<uuid:incident_id>/merge-undo/", incident_views.MergeUndoView.as_view(), name="merge-undo"),
    path("incidents/<uuid:incident_id>/split/", incident_views.SplitView.as_view(), name="split"),
    path("incidents/<uuid:incident_id>/storms/", incident_views.StormListView.as_view(), name="storms"),
    path("incidents/<uuid:incident_id>/assignments/", incident_views.AssignmentListView.as_view(), name="assignments"),
    path("incidents/<uuid:incident_id>/parts/", agency_views.PartListView.as_view(), name="parts"),
    path("links/<uuid:link_id>/", incident_views.LinkView.as_view(), name="link"),
    path("storms/<uuid:storm_id>/", incident_views.StormView.as_view(), name="storm"),
    path("storms/<uuid:storm_id>/settle/", storm_views.StormSettleView.as_view(), name="storm-settle"),
    path("assignments/<uuid:assignment_id>/", incident_views.AssignmentView.as_view(), name="assignment"),
    path("incident-types/", views.IncidentTypeListView.as_view(), name="incident-types"),
    path("dispositions/", views.DispositionListView.as_view(), name="dispositions"),
]
agencies = [
    path("agency/incidents/", agency_views.AgencyIncidentListView.as_view(), name="agency-incidents"),
    path("agency/incidents/<uuid:incident_id>/", agency_views.AgencyIncidentView.as_view(), name="agency-incident"),
    path("parts/<uuid:part_id>/accept/", agency_views.PartAcceptView.as_view(), name="part-accept"),
    path("parts/<uuid:part_id>/reject/", agency_views.PartRejectView.as_view(), name="part-reject"),
    path("parts/<uuid:part_id>/forward/", agency_views.PartForwardView.as_view(), name="part-forward"),
    path("parts/<uuid:part_id>/done/", agency_views.PartDoneView.as_view(), name="part-done"),
    path("parts/<uuid:part_id>/notes/", agency_views.PartNoteView.as_view(), name="part-notes"),
]
follow = [
    path("undone/", follow_views.UndoneView.as_view(), name="undone"),
    path("handovers/", follow_views.HandoverListView.as_view(), name="handovers"),
    path("handovers/<uuid:handover_id>/accept/", follow_views.HandoverAcceptView.as_view(), name="handover-accept"),
    path("handovers/<uuid:handover_id>/decline/", follow_views.HandoverDeclineView.as_view(), name="handover-decline"),
    path("protocols/", follow_views.ProtocolListView.as_view(), name="protocols"),
    path("protocol-runs/", follow_views.ProtocolRunListView.as_view(), name="protocol-runs"),
    path("protocol-runs/<uuid:run_id>/", follow_views.ProtocolRunView.as_view(), name="protocol-run"),
]
units = [
    path(
        "incidents/<uuid:incident_id>/recommendation/", unit_views.RecommendationView.as_view(), name="recommendation"
    ),
    path("assignments/<uuid:assignment_id>/divert/", unit_views.DivertView.as_view(), name="divert"),
    path("units/", unit_views.UnitListView.as_view(), name="units"),
    path("units/<slug:call_sign>/status/", unit_views.UnitStatusView.as_view(), name="unit-status"),
    path("units/<slug:call_sign>/crew/", unit_views.UnitCrewView.as_view(), name="unit-crew"),
    path("units/<slug:call_sign>/emergency/", unit_views.UnitEmergencyView.as_view(), name="unit-emergency"),
    path(
        "unit-alarms/<uuid:alarm_id>/acknowledge/",
        unit_views.UnitAlarmAcknowledgeView.as_view(),
        name="unit-alarm-acknowledge",
    ),
    path("unit-alarms/<uuid:alarm_id>/end/", unit_views.UnitAlarmEndView.as_view(), name="unit-alarm-end"),
    path("unit-positions/", unit_views.UnitPositionListView.as_view(), name="unit-positions"),
    path("unit/", unit_views.OwnUnitView.as_view(), name="own-unit"),
    path("unit/status/", unit_views.OwnStatusView.as_view(), name="own-status"),
    path("unit/step/", unit_views.OwnStepView.as_view(), name="own-step"),
    path("unit/emergency/", unit_views.OwnEmergencyView.as_view(), name="own-emergency"),
    path("unit/position/", unit_views.OwnPositionView.as_view(), name="own-position"),
]
exchange = [
    path("alerts/", alert_views.AlertListView.as_view(), name="alerts"),
    path("alerts/cap/", alert_views.CapReceiveView.as_view(), name="alerts-cap"),
    path("alerts/<uuid:alert_id>/", alert_views.AlertView.as_view(), name="alert"),
    path("alerts/<uuid:alert_id>/cap/", alert_views.CapView.as_view(), name="alert-cap"),
    path("alerts/<uuid:alert_id>/update/", alert_views.AlertUpdateView.as_view(), name="alert-update"),
    path("alerts/<uuid:alert_id>/cancel/", alert_views.AlertCancelView.as_view(), name="alert-cancel"),
    path("exports/<str:name>/", export_views.ExportView.as_view(), name="export"),
    path("cap/feed/", alert_views.CapFeedView.as_view(), name="cap-feed"),
]
commands = [
    path("commands/", command_views.CommandView.as_view(), name="commands"),
    path("commands/help/", command_views.CommandHelpView.as_view(), name="commands-help"),
]
urlpatterns = [
    path("state/", views.StateView.as_view(), name="state"),
    *calls,
    *incidents,
    *agencies,
    *follow,
    *units,
    *exchange,
    *commands,
    path("matches/<uuid:match_id>/reviews/", views.ReviewListView.as_view(), name="reviews"),
    path("matches/<uuid:match_id>/reference/", media.ReferenceView.as_view(), name="reference"),
    path("snapshots/<uuid:snapshot_id>/picture/", media.PictureView.as_view(), name="picture"),
]
