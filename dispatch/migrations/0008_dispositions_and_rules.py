"""Dispositions and follow-up rules to start with; a deployment changes them in the admin."""

from django.db import migrations

# code, Indonesian, English. APCO codes are entered by the deployment from its copy of the standard.
DISPOSITIONS = [
    ("tertangani", "Tertangani di lokasi", "Handled on scene"),
    ("dibawa-rs", "Dibawa ke rumah sakit", "Taken to hospital"),
    ("diserahkan-polisi", "Diserahkan ke kepolisian", "Handed to the police"),
    ("diserahkan-instansi", "Diserahkan ke instansi lain", "Handed to another agency"),
    ("ditolak-pelapor", "Bantuan ditolak", "Help refused"),
    ("tidak-ditemukan", "Lokasi atau korban tidak ditemukan", "Unable to locate"),
    ("sudah-pergi", "Sudah tidak di lokasi", "Gone on arrival"),
    ("laporan-palsu", "Laporan palsu", "False report"),
    ("alarm-palsu", "Alarm palsu tanpa sengaja", "False alarm in good faith"),
    ("duplikat", "Duplikat", "Duplicate"),
    ("batal", "Dibatalkan sebelum tiba", "Cancelled before arrival"),
    ("bukan-darurat", "Bukan darurat, diteruskan ke JAKI", "Not an emergency, passed to JAKI"),
]
# state, priority ("" = all), next step, due (s), supervisor and head after so many seconds overdue.
RULES = [
    ("intake", "", "dispatch", 120, 60, 300),
    ("pending", "", "dispatch", 300, 120, 600),
    ("pending", "P1", "dispatch", 60, 30, 120),
    ("pending", "P2", "dispatch", 120, 60, 300),
    ("pending", "P4", "dispatch", 1800, 900, 3600),
    ("pending", "P5", "dispatch", 3600, 1800, 7200),
    ("assigned", "", "await_acknowledgement", 120, 60, 300),
    ("assigned", "P1", "await_acknowledgement", 60, 30, 120),
    ("enroute", "", "await_arrival", 1800, 600, 1800),
    ("enroute", "P1", "await_arrival", 900, 300, 900),
    ("enroute", "P2", "await_arrival", 1200, 300, 900),
    ("on_scene", "", "situation_report", 1800, 600, 1800),
    ("on_scene", "P1", "situation_report", 900, 300, 900),
    ("under_control", "", "confirm_end", 3600, 1200, 3600),
    ("all_clear", "", "close", 1800, 900, 3600),
]


def seed(apps, schema_editor):
    disposition = apps.get_model("dispatch", "Disposition")
    for order, (code, name_id, name_en) in enumerate(DISPOSITIONS, start=1):
        disposition.objects.get_or_create(
            code=code, defaults={"name_id": name_id, "name_en": name_en, "order": order * 10}
        )
    rule = apps.get_model("dispatch", "FollowRule")
    for state, priority, step, due_s, supervisor_s, head_s in RULES:
        rule.objects.get_or_create(
            state=state,
            type=None,
            priority=priority,
            defaults={
                "next_step": step, "due_s": due_s, "supervisor_after_s": supervisor_s, "head_after_s": head_s,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0007_intake_rules")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
