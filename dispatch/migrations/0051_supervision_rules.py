"""What the database itself holds for reviews; the targets of the service and a scorecard to start with.

Targets without a published standard carry the name of the house: they are values to begin with, not norms.
"""

from datetime import date

from django.db import migrations
from django.utils import timezone

APPEND_ONLY = ("qualitydraw", "qualitytransition", "qualityreview", "qualityanswer")
FORWARD = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON dispatch_{table}"
    " FOR EACH ROW EXECUTE FUNCTION siaga_append_only();\n"
    for table in APPEND_ONLY
) + """
CREATE FUNCTION siaga_qualitysample_has_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE present text; newest text;
BEGIN
    SELECT state INTO present FROM dispatch_qualitysample WHERE id = NEW.id;
    SELECT t.new INTO newest FROM dispatch_qualitytransition t
    WHERE t.sample_id = NEW.id ORDER BY t.id DESC LIMIT 1;
    IF present IS NOT NULL AND newest IS DISTINCT FROM present THEN
        RAISE EXCEPTION 'state of the drawn call % is %, its newest step says %', NEW.id, present, newest
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER qualitysample_has_transition AFTER INSERT OR UPDATE OF state ON dispatch_qualitysample
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_qualitysample_has_transition();
CREATE FUNCTION siaga_scorecard_is_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM dispatch_scorecardversion v
        WHERE v.id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END) AND v.state <> 'draft')
    THEN
        RAISE EXCEPTION 'questions of a scorecard change in drafts only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER scorecarditem_in_drafts_only BEFORE INSERT OR UPDATE OR DELETE ON dispatch_scorecarditem
    FOR EACH ROW EXECUTE FUNCTION siaga_scorecard_is_draft();
"""
BACKWARD = (
    "DROP TRIGGER scorecarditem_in_drafts_only ON dispatch_scorecarditem;\n"
    "DROP FUNCTION siaga_scorecard_is_draft();\n"
    "DROP TRIGGER qualitysample_has_transition ON dispatch_qualitysample;\n"
    "DROP FUNCTION siaga_qualitysample_has_transition();\n"
) + "".join(f"DROP TRIGGER {table}_append_only ON dispatch_{table};\n" for table in APPEND_ONLY)

BEGINS = date(2026, 1, 1)
HOUSE = "Siaga"
# code, measure, priority, type, within (s), share (%), standard
TARGETS = [
    ("answer-15", "answer", "", None, 15, 90, "NENA-STA-020"),
    ("answer-20", "answer", "", None, 20, 95, "NENA-STA-020"),
    ("abandonment", "abandonment", "", None, None, 95, HOUSE),
    ("ticket", "ticket", "", None, 30, 100, "Layanan 112 Jakarta"),
    ("processing-p1", "processing", "P1", None, 60, 90, "NFPA 1225 (2022)"),
    ("dispatch-p1", "dispatch", "P1", None, 60, 90, HOUSE),
    ("agency-answer", "agency_answer", "", None, 60, 90, HOUSE),
    ("turnout-fire", "turnout", "", "kebakaran", 80, 90, "NFPA 1710 (2020)"),
    ("turnout-medical", "turnout", "", "medis", 60, 90, "NFPA 1710 (2020)"),
    ("travel-fire", "travel", "", "kebakaran", 240, 90, "NFPA 1710 (2020)"),
    ("response-fire", "response", "", "kebakaran", 900, 90, "Gulkarmat Jakarta"),
    ("duplicate", "duplicate", "", None, 60, 90, HOUSE),
    ("callback", "callback", "", None, 300, 90, HOUSE),
    ("overdue", "overdue", "", None, None, 95, HOUSE),
    ("quality", "quality", "", None, None, 2, "APCO/NENA ANS 1.107.1"),
]
# code, kind, weight, critical, may not apply, Indonesian, English
ITEMS = [
    ("salam", "yes_no", 1, False, False, "Menjawab dengan salam yang ditetapkan?", "Answered with the set greeting?"),
    ("lokasi", "yes_no", 5, True, False, "Menanyakan lokasi lebih dulu dan memastikannya?", "Asked for the place first, and made sure of it?"),
    ("nomor", "yes_no", 2, False, True, "Memastikan nomor yang dapat dihubungi kembali?", "Made sure of a number to call back?"),
    ("jenis", "yes_no", 3, False, False, "Mengenali jenis kejadian dengan benar?", "Saw rightly what kind of incident it was?"),
    ("bahaya", "yes_no", 4, True, True, "Menanyakan bahaya bagi penelepon dan petugas?", "Asked for dangers to the caller and to the crews?"),
    ("kartu", "yes_no", 3, False, True, "Mengikuti kartu protokol?", "Followed the protocol card?"),
    ("arahan", "yes_no", 3, False, True, "Memberi arahan sampai bantuan tiba?", "Gave instructions until help came?"),
    ("kelas", "yes_no", 2, False, False, "Menutup panggilan dengan kelas yang benar?", "Closed the call with the right class?"),
    ("sikap", "rating", 2, False, False, "Tenang, sopan, dan menguasai percakapan?", "Calm, polite, in charge of the conversation?"),
]


def seed(apps, schema_editor):
    types = dict(apps.get_model("dispatch", "IncidentType").objects.values_list("code", "pk"))
    target = apps.get_model("dispatch", "Target")
    for code, measure, priority, kind, limit_s, share, standard in TARGETS:
        if kind is not None and kind not in types:
            continue
        target.objects.get_or_create(
            code=code, valid_from=BEGINS,
            defaults={
                "measure": measure, "priority": priority, "type_id": types.get(kind), "limit_s": limit_s,
                "share_percent": share, "standard": standard,
            },
        )
    card, is_new = apps.get_model("dispatch", "Scorecard").objects.get_or_create(
        code="percakapan", defaults={"name_id": "Percakapan 112", "name_en": "112 conversation"}
    )
    if not is_new:
        return
    at = timezone.now()
    version = apps.get_model("dispatch", "ScorecardVersion").objects.create(card=card, number=1, made_at=at)
    item = apps.get_model("dispatch", "ScorecardItem")
    for position, (code, kind, weight, critical, skipped, text_id, text_en) in enumerate(ITEMS, start=1):
        item.objects.create(
            version=version, position=position, code=code, kind=kind, weight=weight, is_critical=critical,
            may_be_skipped=skipped, text_id=text_id, text_en=text_en,
        )
    version.state, version.published_at = "published", at
    version.save(update_fields=["state", "published_at"])


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0050_supervision")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
