"""Signing in and out, and the language."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import SignInView, language_choose

app_name = "accounts"
urlpatterns = [
    path("masuk/", SignInView.as_view(), name="login"),
    path("keluar/", LogoutView.as_view(), name="logout"),
    path("bahasa/", language_choose, name="language"),
]
