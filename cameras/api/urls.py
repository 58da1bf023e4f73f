"""Addresses of the registry's API."""

from django.urls import path

from cameras.api import views

app_name = "cameras-api"
urlpatterns = [
    path("cameras/", views.CameraListView.as_view(), name="cameras"),
    path("cameras/<int:camera_id>/", views.CameraView.as_view(), name="camera"),
    path("cameras/export/<str:form>/", views.CameraExportView.as_view(), name="export"),
]
