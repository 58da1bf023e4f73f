"""Addresses of the watchlist's API."""

from django.urls import path

from recognition.api import views

app_name = "recognition-api"
urlpatterns = [
    path("watchlist/", views.EntryListView.as_view(), name="entries"),
    path("watchlist/<uuid:entry_id>/", views.EntryView.as_view(), name="entry"),
    path("watchlist/<uuid:entry_id>/photos/", views.PhotoListView.as_view(), name="photos"),
    path("watchlist/<uuid:entry_id>/photos/<uuid:photo_id>/", views.PhotoView.as_view(), name="photo"),
    path("watchlist/<uuid:entry_id>/approval/", views.ApprovalView.as_view(), name="approval"),
    path("watchlist/<uuid:entry_id>/withdrawal/", views.WithdrawalView.as_view(), name="withdrawal"),
]
