"""Addresses of the stream."""

from django.urls import path

from realtime.api import EventListView

app_name = "realtime"
urlpatterns = [path("realms/<slug:realm_code>/events/", EventListView.as_view(), name="events")]
