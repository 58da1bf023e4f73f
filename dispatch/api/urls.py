"""Addresses of the API."""

from django.urls import path

from dispatch.api import media, views

app_name = "dispatch-api"
urlpatterns = [
    path("state/", views.StateView.as_view(), name="state"),
    path("calls/", views.CallListView.as_view(), name="calls"),
    path("calls/<uuid:call_id>/answer/", views.CallAnswerView.as_view(), name="call-answer"),
    path("calls/<uuid:call_id>/end/", views.CallEndView.as_view(), name="call-end"),
    path("incidents/", views.IncidentListView.as_view(), name="incidents"),
    path("incidents/<uuid:incident_id>/", views.IncidentView.as_view(), name="incident"),
    path("incidents/<uuid:incident_id>/rounds/", views.RoundListView.as_view(), name="rounds"),
    path("incidents/<uuid:incident_id>/notes/", views.NoteListView.as_view(), name="notes"),
    path("incident-types/", views.IncidentTypeListView.as_view(), name="incident-types"),
    path("matches/<uuid:match_id>/reviews/", views.ReviewListView.as_view(), name="reviews"),
    path("matches/<uuid:match_id>/reference/", media.ReferenceView.as_view(), name="reference"),
    path("snapshots/<uuid:snapshot_id>/picture/", media.PictureView.as_view(), name="picture"),
]
