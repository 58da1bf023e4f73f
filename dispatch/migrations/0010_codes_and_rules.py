"""APCO codes of the incident types, and follow-up rules that keep the targets; what a deployment changed stays.

The codes are those of the common incident types for data exchange (APCO, 2012). A type that covers several of them has
the widest one that fits. "medis" has the code for an unspecified illness: cards name the complaint more closely.
"""

from django.db import migrations

# type, code as 0003 had it, code
CODES = [
    ("medis", "", "SICK"),
    ("kecelakaan", "MVA", "MVAUNK"),  # MVA is an accident without injury; here that is not known yet
    ("penyelamatan", "", "RESCUE"),
    ("orang-hilang", "", "PERMISS"),
    ("kriminal", "", "ROBBERY"),
    ("kdrt", "", "DVA"),
    ("tawuran", "", "FIGHT"),
    ("bunuh-diri", "", "SUICTHRT"),
    ("ancaman-bom", "", "BOMB"),
    ("banjir", "", "WATER"),
    ("gempa", "", "MAJORINC"),
    ("bangunan-roboh", "", "BLDCLPSE"),
    ("bocor-gas", "", "GASLEAK"),
    ("kabel-putus", "", "WIRES"),
    ("pohon-tumbang", "", "THAZ"),
    ("hewan-liar", "", "ANIMAL"),
    ("penemuan-mayat", "", "DEATH"),
    ("orang-terlantar", "", "WELFARE"),
    ("kendaraan-mogok", "", "DISVEH"),
    ("jalan-rusak", "", "PUBWKS"),
    ("informasi", "", "INFO"),
]
# state, priority, next step, due in 0008 (s), due, supervisor and head after so many seconds overdue.
# From the answer to the first unit 60 s (P1): the ticket stands within 30 s of the answer, which leaves 30 s to send.
# While it is still being taken down, a P1 has no more time than that either.
SHORTER = [("pending", "P1", "dispatch", 60, 30, 30, 120)]
# state, type, priority, next step, due, supervisor, head.
RULES = [
    ("intake", None, "P1", "dispatch", 60, 30, 120),
    # Fire crews are on site within 15 minutes of the report: 30 s to take it down, 30 s to send, 60 s to acknowledge.
    ("enroute", "kebakaran", "", "await_arrival", 780, 120, 600),
    ("enroute", "kebakaran-kendaraan", "", "await_arrival", 780, 120, 600),
    ("enroute", "bocor-gas", "P1", "await_arrival", 780, 120, 600),
    ("enroute", "penyelamatan", "P1", "await_arrival", 780, 120, 600),
    # A fire doubles in minutes: the first report tells whether more is needed.
    ("on_scene", "kebakaran", "P1", "situation_report", 600, 300, 900),
    # Floods last for hours, searches too; a call every half hour would be answered with "nothing new".
    ("on_scene", "banjir", "P2", "situation_report", 3600, 1200, 3600),
    ("on_scene", "banjir", "P3", "situation_report", 3600, 1200, 3600),
    ("on_scene", "orang-hilang", "P2", "situation_report", 3600, 1200, 3600),
    ("on_scene", "orang-hilang", "P3", "situation_report", 3600, 1200, 3600),
    # Crews that are called in from a depot: trees, roads, wires that only hang, towing, social workers.
    ("enroute", "pohon-tumbang", "P3", "await_arrival", 3600, 1200, 3600),
    ("enroute", "kabel-putus", "P3", "await_arrival", 3600, 1200, 3600),
    ("enroute", "kendaraan-mogok", "P4", "await_arrival", 3600, 1800, 7200),
    ("enroute", "jalan-rusak", "P4", "await_arrival", 7200, 3600, 14400),
    ("enroute", "orang-terlantar", "P3", "await_arrival", 3600, 1200, 3600),
]


def forward(apps, schema_editor):
    kind = apps.get_model("dispatch", "IncidentType")
    for code, before, apco in CODES:
        kind.objects.filter(code=code, apco_code=before).update(apco_code=apco)
    rule = apps.get_model("dispatch", "FollowRule")
    for state, priority, step, before, due_s, supervisor_s, head_s in SHORTER:
        rule.objects.filter(state=state, type=None, priority=priority, next_step=step, due_s=before).update(
            due_s=due_s, supervisor_after_s=supervisor_s, head_after_s=head_s
        )
    types = {row.code: row for row in kind.objects.all()}
    for state, code, priority, step, due_s, supervisor_s, head_s in RULES:
        if code is None or code in types:
            rule.objects.get_or_create(
                state=state,
                type=types[code] if code else None,
                priority=priority,
                defaults={
                    "next_step": step, "due_s": due_s, "supervisor_after_s": supervisor_s, "head_after_s": head_s,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0009_exchanges_aml")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
