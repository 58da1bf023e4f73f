"""Addresses of the API."""

from django.urls import path

from places.api import views

app_name = "places-api"
urlpatterns = [
    path("places/search/", views.PlaceSearchView.as_view(), name="search"),
    path("places/labels/", views.PlaceLabelView.as_view(), name="labels"),
]
