"""The incident types of the service, with usual priorities; a deployment changes them in the admin."""

from django.db import migrations

# code, Indonesian, English, APCO common code where one fits, priority, whether faces may be matched
TYPES = [
    ("medis", "Medis", "Medical", "", "P1", False),
    ("kecelakaan", "Kecelakaan lalu lintas", "Traffic accident", "MVA", "P2", False),
    ("kebakaran", "Kebakaran bangunan", "Structure fire", "FSTRU", "P1", False),
    ("kebakaran-kendaraan", "Kebakaran kendaraan", "Vehicle fire", "FVEH", "P2", False),
    ("penyelamatan", "Penyelamatan", "Rescue", "", "P1", False),
    ("orang-hilang", "Orang hilang", "Missing person", "", "P2", True),
    ("kriminal", "Kriminal (begal, pencurian)", "Robbery or theft", "", "P2", True),
    ("kdrt", "Kekerasan dalam rumah tangga", "Domestic violence", "", "P1", False),
    ("tawuran", "Tawuran", "Fight", "", "P2", False),
    ("bunuh-diri", "Ancaman bunuh diri", "Suicide threat", "", "P1", False),
    ("ancaman-bom", "Ancaman bom", "Bomb threat", "", "P1", False),
    ("banjir", "Banjir", "Flood", "", "P2", False),
    ("gempa", "Gempa bumi", "Earthquake", "", "P1", False),
    ("bangunan-roboh", "Bangunan roboh", "Structure collapse", "", "P1", False),
    ("bocor-gas", "Bocor gas", "Gas leak", "", "P1", False),
    ("kabel-putus", "Kabel putus", "Wires down", "", "P2", False),
    ("pohon-tumbang", "Pohon tumbang", "Fallen tree", "", "P3", False),
    ("hewan-liar", "Hewan liar", "Wild animal", "", "P3", False),
    ("penemuan-mayat", "Penemuan mayat", "Body found", "", "P2", False),
    ("orang-terlantar", "Orang terlantar atau ODGJ", "Welfare check", "", "P3", False),
    ("kendaraan-mogok", "Kendaraan mogok", "Disabled vehicle", "", "P4", False),
    ("jalan-rusak", "Jalan rusak", "Damaged road", "", "P4", False),
    ("informasi", "Informasi", "Information", "", "P5", False),
]


def seed(apps, schema_editor):
    kind = apps.get_model("dispatch", "IncidentType")
    for order, (code, name_id, name_en, apco, priority, faces) in enumerate(TYPES, start=1):
        kind.objects.get_or_create(
            code=code,
            defaults={
                "name_id": name_id,
                "name_en": name_en,
                "apco_code": apco,
                "default_priority": priority,
                "face_matching_allowed": faces,
                "order": order * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_numbers_and_timeline")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
