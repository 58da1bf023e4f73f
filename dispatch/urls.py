"""Pages."""

from django.urls import path

from dispatch import views

app_name = "dispatch"
urlpatterns = [path("konsol/", views.console, name="console")]
