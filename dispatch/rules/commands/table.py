"""The table of commands: parser, help, hints, documents and tests are all made of it.

Confirming a candidate is in no row, and must not be: who decides on a face has both pictures before them.
"""

from collections.abc import Mapping

from dispatch.rules.commands.types import Argument, Command, Kind

UNIT = Argument("unit", Kind.UNIT, "unit", "unit")
UNITS = Argument("units", Kind.UNITS, "unit,unit", "unit,unit")
INCIDENT = Argument("incident", Kind.INCIDENT, "kejadian", "incident")
INTO = Argument("into", Kind.INCIDENT, "ke-kejadian", "into-incident")
SELECTED = Argument("incident", Kind.INCIDENT, "kejadian", "incident", is_optional=True)
PRIORITY = Argument("priority", Kind.PRIORITY, "prioritas", "priority")
CAMERA = Argument("camera", Kind.CAMERA, "kode-kamera", "camera-code")
CAMERAS = Argument("count", Kind.COUNT, "jumlah", "count", is_optional=True, high=9)
MINUTES = Argument("minutes", Kind.COUNT, "menit", "minutes", is_optional=True, high=720)
TYPE = Argument("type", Kind.TYPE, "jenis", "type")
PLACE = Argument("place", Kind.PLACE, "lokasi", "place")
VILLAGE = Argument("place", Kind.PLACE, "kelurahan", "place")
PLACE_TEXT = Argument("place", Kind.PLACE_TEXT, "lokasi", "place")
WORDS = Argument("words", Kind.WORDS, "teks", "text")
VERB = Argument("words", Kind.WORDS, "perintah", "command", is_optional=True)
NOTE = Argument("text", Kind.TEXT, "catatan", "note")
REASON = Argument("text", Kind.TEXT, "alasan", "reason")
MESSAGE = Argument("text", Kind.TEXT, "pesan", "message")
DISPOSITION = Argument("disposition", Kind.DISPOSITION, "hasil", "outcome", is_optional=True)

COMMANDS: tuple[Command, ...] = (
    Command(
        "N", "incident_open", "incident.open", ((TYPE, PLACE),),
        "Buka kejadian baru. Lokasi: nama, @kode, lintang,bujur, atau \"kata-kata\" tanpa titik peta.",
        "Open a new incident. Place: a name, @code, lat,lon, or \"words\" without a point on the map.",
        ("N kebakaran Stasiun Manggarai", "N medis -6.2102,106.8503"),
    ),
    Command(
        "D", "units_send", "unit.assign", ((UNITS, INCIDENT),),
        "Kirim unit ke kejadian; yang tidak dapat pergi disebut dengan sebabnya.",
        "Send units to an incident; those that cannot go are named with the reason.",
        ("D DMK12,DMK14 1234", "D.DMK12.1234"),
    ),
    Command(
        "E", "unit_enroute", "unit.assign", ((UNIT,),),
        "Unit berangkat.", "The unit is en route.", ("E DMK12",), ("ER",),
    ),
    Command(
        "T", "unit_arrived", "unit.assign", ((UNIT,),),
        "Unit tiba di lokasi.", "The unit is on scene.", ("T DMK12",), ("AR",),
    ),
    Command(
        "K", "unit_clear", "unit.assign", ((UNIT, DISPOSITION),),
        "Unit selesai dan kembali. Dengan /hasil kejadiannya ditutup bila tidak ada unit lain lagi.",
        "The unit is clear. With /outcome its incident is closed if no other unit is on it.",
        ("K DMK12 /selesai", "K DMK12"), ("CL",),
    ),
    Command(
        "A", "alarm_acknowledge", "unit.assign", ((),),
        "Akui alarm unit yang paling lama menunggu.", "Acknowledge the unit alarm that waits longest.",
        ("A",), ("ACK",),
    ),
    Command(
        "PR", "priority_set", "incident.edit", ((INCIDENT, PRIORITY),),
        "Ubah prioritas kejadian, 1 sampai 5.", "Set the priority of an incident, 1 to 5.", ("PR 1234 1",),
    ),
    Command(
        "C", "note_add", "incident.edit", ((INCIDENT, NOTE),),
        "Tambah catatan pada kejadian.", "Add a note to an incident.",
        ("C 1234 /pelapor menunggu di gerbang",), ("NOTE",),
    ),
    Command(
        "L", "incident_relocate", "incident.edit", ((INCIDENT, PLACE_TEXT),),
        "Pindahkan lokasi kejadian; dengan \"kata-kata\" titik petanya tetap.",
        "Move an incident; with \"words\" its point on the map stays.", ("L 1234 /Stasiun Manggarai",),
    ),
    Command(
        "CAM", "cameras_show", "camera.view", ((INCIDENT, CAMERAS), (CAMERA,)),
        "Tampilkan kamera terdekat dari kejadian, atau satu kamera.",
        "Show the cameras nearest to an incident, or one camera.", ("CAM 1234 4", "CAM JKT-00412"), is_show=True,
    ),
    Command(
        "W", "matches_show", "match.view", ((INCIDENT,),),
        "Buka panel kandidat wajah kejadian; keputusan hanya di panel itu.",
        "Open the panel of face candidates of an incident; deciding is done only there.", ("W 1234",), is_show=True,
    ),
    Command(
        "F", "find_show", "incident.view", ((WORDS,),),
        "Cari kejadian, unit, dan kamera.", "Find incidents, units and cameras.", ("F manggarai",), is_show=True,
    ),
    Command(
        "G", "map_show", "place.view", ((VILLAGE,),),
        "Bawa peta ke suatu tempat.", "Move the map to a place.", ("G Stasiun Manggarai",), is_show=True,
    ),
    Command(
        "U", "unit_show", "unit.view", ((UNIT,),),
        "Tampilkan riwayat unit.", "Show the history of a unit.", ("U DMK12",), is_show=True,
    ),
    Command(
        "DUP", "incident_merge", "incident.edit", ((INCIDENT, INTO),),
        "Gabungkan kejadian pertama ke kejadian kedua.", "Merge the first incident into the second.",
        ("DUP 1234 1200",),
    ),
    Command(
        "X", "incident_cancel", "incident.close", ((INCIDENT, REASON),),
        "Batalkan kejadian; unit di jalan ditarik kembali. Alasan boleh diawali suatu hasil, misalnya laporan-palsu.",
        "Call an incident off; units under way are turned back. The reason may begin with an outcome.",
        ("X 1234 /pelapor membatalkan", "X 1234 /laporan-palsu"),
    ),
    Command(
        "BC", "broadcast_send", "broadcast.send", ((MINUTES, MESSAGE),),
        "Siarkan pesan ke semua meja pusat, 30 menit atau selama yang disebut.",
        "Broadcast a message to all desks of the centre, for 30 minutes or as long as said.",
        ("BC /kanal radio 2 terganggu, pakai kanal 5", "BC 60 /pergantian regu pukul 15"),
    ),
    Command(
        "TTA", "incident_take", "incident.edit", ((SELECTED,),),
        "Ambil alih kejadian yang terpilih, atau yang disebut.", "Take over the selected incident, or the one named.",
        ("TTA", "TTA 1234"),
    ),
    Command(
        "?", "help_show", "command.use", ((VERB,),),
        "Daftar perintah, atau bantuan untuk satu perintah.", "The list of commands, or help for one of them.",
        ("?", "? D"), is_show=True,
    ),
)  # fmt: skip

BY_WORD: Mapping[str, Command] = {word: command for command in COMMANDS for word in (command.verb, *command.aliases)}
# What desks say on the radio for how it ended, besides codes and names of the dispositions.
DISPOSITION_WORDS: Mapping[str, str] = {"selesai": "tertangani", "done": "tertangani"}
CANCELLED = "batal"
