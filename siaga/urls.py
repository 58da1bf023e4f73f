"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularAPIView

from siaga import errors, health, pages

admin.site.site_header = "Siaga 112"
admin.site.site_title = "Siaga"
admin.site.site_url = "/"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", pages.home, name="home"),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=None, domain="djangojs"), name="javascript-catalogue"),
    path("", include("dispatch.urls")),
    path("akun/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("dispatch.api.urls")),
    path("api/v1/", include("places.api.urls")),
    path("api/v1/", include("recognition.api.urls")),
    path("api/v1/", include("cameras.api.urls")),
    path("api/v1/", include("realtime.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", pages.api_document, name="api-document"),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
