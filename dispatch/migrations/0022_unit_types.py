"""Capabilities and unit types to start with; a deployment changes them in the admin.

Speeds are our own estimates for Jakarta, for want of measured ones: by day, in the rush hours, by night.
"""

from django.db import migrations

# code, Indonesian, English
CAPABILITIES = [
    ("pompa", "Memompa air", "Pumps water"),
    ("tangki", "Membawa air", "Carries water"),
    ("tangga", "Tangga tinggi", "High ladder"),
    ("penyelamatan", "Penyelamatan teknis", "Technical rescue"),
    ("ekstrikasi", "Ekstrikasi kendaraan", "Vehicle extrication"),
    ("bahan-berbahaya", "Bahan berbahaya", "Hazardous materials"),
    ("hewan", "Penanganan hewan", "Handles animals"),
    ("gergaji", "Gergaji mesin", "Chainsaw"),
    ("medis-dasar", "Bantuan hidup dasar", "Basic life support"),
    ("medis-lanjut", "Bantuan hidup lanjut", "Advanced life support"),
    ("angkut-pasien", "Mengangkut pasien", "Transports a patient"),
    ("polisi", "Kepolisian", "Police"),
    ("lalu-lintas", "Mengatur lalu lintas", "Directs traffic"),
    ("derek", "Menderek", "Tows"),
    ("perahu", "Perahu", "Boat"),
    ("arung", "Melewati genangan", "Gets through water"),
    ("evakuasi", "Mengangkut warga", "Takes people to safety"),
    ("listrik", "Memutus aliran listrik", "Cuts electric power"),
    ("sosial", "Penanganan sosial", "Social work"),
    ("komando", "Pos komando", "Command post"),
]
# code, Indonesian, English, capabilities, speed by day, in the rush hours, by night (km/h), leaves within (s)
TYPES = [
    ("pompa", "Mobil pompa", "Pumper", ["pompa", "tangki"], 28, 18, 40, 120),
    ("tangga", "Mobil tangga", "Ladder truck", ["tangga", "penyelamatan"], 24, 16, 35, 120),
    ("rescue", "Mobil rescue", "Rescue truck", ["penyelamatan", "ekstrikasi", "gergaji", "hewan"], 28, 18, 40, 120),
    ("tangki", "Mobil tangki air", "Water tanker", ["tangki"], 24, 16, 35, 120),
    ("hazmat", "Mobil bahan berbahaya", "Hazmat unit", ["bahan-berbahaya"], 26, 17, 38, 180),
    ("ambulans-dasar", "Ambulans dasar", "Ambulance, basic", ["medis-dasar", "angkut-pasien"], 32, 20, 45, 90),
    ("ambulans-lanjut", "Ambulans gawat darurat", "Ambulance, advanced",
     ["medis-dasar", "medis-lanjut", "angkut-pasien"], 32, 20, 45, 90),
    ("motor-medis", "Motor ambulans", "Ambulance motorcycle", ["medis-dasar"], 38, 30, 45, 90),
    ("patroli", "Mobil patroli", "Patrol car", ["polisi", "lalu-lintas"], 34, 20, 48, 90),
    ("motor-patroli", "Motor patroli", "Patrol motorcycle", ["polisi", "lalu-lintas"], 38, 30, 48, 90),
    ("satpol", "Mobil Satpol PP", "Civil service police", ["lalu-lintas", "evakuasi"], 30, 19, 42, 180),
    ("dishub", "Mobil Dishub", "Traffic service", ["lalu-lintas"], 30, 19, 42, 180),
    ("derek", "Mobil derek", "Tow truck", ["derek", "lalu-lintas"], 24, 16, 35, 180),
    ("perahu", "Tim perahu", "Boat team", ["perahu", "evakuasi"], 22, 15, 32, 180),
    ("truk", "Truk evakuasi", "Truck", ["arung", "evakuasi"], 24, 16, 35, 180),
    ("pohon", "Tim pohon", "Tree team", ["gergaji"], 24, 16, 35, 300),
    ("listrik", "Tim PLN", "Power company team", ["listrik"], 26, 17, 38, 300),
    ("sosial", "Tim sosial", "Social workers", ["sosial"], 28, 18, 40, 300),
    ("komando", "Mobil komando", "Command car", ["komando"], 32, 20, 45, 120),
]


def seed(apps, schema_editor):
    capability, kind = apps.get_model("dispatch", "Capability"), apps.get_model("dispatch", "UnitType")
    for order, (code, name_id, name_en) in enumerate(CAPABILITIES, start=1):
        capability.objects.get_or_create(
            code=code, defaults={"name_id": name_id, "name_en": name_en, "order": order * 10}
        )
    for order, (code, name_id, name_en, able, day, rush, night, turnout_s) in enumerate(TYPES, start=1):
        kind.objects.get_or_create(
            code=code,
            defaults={
                "name_id": name_id, "name_en": name_en, "capabilities": able, "speed_kmh": day, "rush_speed_kmh": rush,
                "night_speed_kmh": night, "turnout_s": turnout_s, "order": order * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0021_unit_rules")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
