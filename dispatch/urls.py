"""Pages."""

from django.urls import path

from dispatch.views import agency, calls, console, exchange, flood, handovers, incidents, location, protocol, undone

app_name = "dispatch"
urlpatterns = [
    path("konsol/", console.console, name="console"),
    path("kerja/panggilan/", calls.calls, name="work-calls"),
    path("kerja/panggilan/<uuid:call_id>/", calls.call, name="work-call"),
    path("kerja/kejadian/", incidents.incidents, name="work-incidents"),
    path("kerja/kejadian/<uuid:incident_id>/", incidents.incident, name="work-incident"),
    path("kerja/protokol/<uuid:run_id>/", protocol.protocol, name="work-protocol"),
    path("kerja/belum-selesai/", undone.undone, name="work-undone"),
    path("kerja/serah-terima/", handovers.handovers, name="work-handovers"),
    path("kerja/peringatan/", exchange.alerts, name="work-alerts"),
    path("kerja/peringatan/<uuid:alert_id>/", exchange.alert, name="work-alert"),
    path("kerja/banjir/", flood.flood, name="work-flood"),
    path("kerja/ekspor/", exchange.exports, name="work-exports"),
    path("instansi/", agency.incidents, name="agency-incidents"),
    path("instansi/<uuid:incident_id>/", agency.incident, name="agency-incident"),
    path("lokasi/<str:token>/", location.location_link, name="location-link"),
]
