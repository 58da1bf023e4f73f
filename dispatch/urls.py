"""Pages."""

from django.urls import path

from dispatch.views import (
    agency,
    calls,
    camera_live,
    cameras,
    console,
    evidence,
    exchange,
    flood,
    handovers,
    incidents,
    location,
    protocol,
    quality,
    supervision,
    undone,
    units,
)

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
    path("kerja/unit/", units.units, name="work-units"),
    path("kerja/peringatan/", exchange.alerts, name="work-alerts"),
    path("kerja/peringatan/<uuid:alert_id>/", exchange.alert, name="work-alert"),
    path("kerja/banjir/", flood.flood, name="work-flood"),
    path("kerja/kamera/<str:code>/langsung/", camera_live.camera_live, name="camera-live"),
    path("kerja/kamera/", cameras.cameras, name="work-cameras"),
    path("kerja/kamera/<path:code>/", cameras.camera, name="work-camera"),
    path("kerja/ekspor/", exchange.exports, name="work-exports"),
    path("kerja/bukti/", evidence.evidence, name="work-evidence"),
    path("kerja/bukti/<uuid:incident_id>/", evidence.incident, name="work-evidence-incident"),
    path("kerja/ruang/", supervision.room, name="work-room"),
    path("kerja/sasaran/", supervision.targets, name="work-targets"),
    path("kerja/mutu/", quality.quality, name="work-quality"),
    path("kerja/mutu/<uuid:sample_id>/", quality.sample, name="work-sample"),
    path("kerja/mutu/kalibrasi/<uuid:calibration_id>/", quality.calibration, name="work-calibration"),
    path("kerja/mutu/operator/<int:user_id>/", quality.operator, name="work-operator"),
    path("instansi/", agency.incidents, name="agency-incidents"),
    path("instansi/<uuid:incident_id>/", agency.incident, name="agency-incident"),
    path("unit/", units.own_unit, name="own-unit"),
    path("lokasi/<str:token>/", location.location_link, name="location-link"),
]
