"""Cards are written, looked at, compared, published and retired in the admin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from dispatch.models import ProtocolCard, ProtocolVersion
from dispatch.services.protocol_versions import source_print
from tests import factories
from tests.dispatch.admin.rows import CARD, card, signed_in, version_of

pytestmark = pytest.mark.django_db
BASE = "/admin/dispatch/protocolversion/"
TEXT = CARD.format(code="uji")
FAULTY = TEXT.replace("start: a", "start: z").replace('key: "t"', 'key: "y"')
READERS = {Role.SUPERVISOR, Role.HEAD, Role.AUDITOR}
WRITERS = {Role.SUPERVISOR, Role.HEAD}


@pytest.fixture(autouse=True)
def _chain(db: None) -> Iterator[None]:
    factories.live_realm()
    factories.incident_type()
    yield
    assert list(audit_faults()) == []


@pytest.fixture
def author() -> Client:
    return signed_in(Role.SUPERVISOR)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def write(client: Client, version: ProtocolVersion, text: str, **more: Any) -> Any:
    values = {"source": text, "seen": source_print(version.source), **more}
    return client.post(f"{BASE}{version.pk}/change/", values)


def publish(client: Client, version: ProtocolVersion, **more: Any) -> Any:
    return client.post(f"{BASE}{version.pk}/publish/", {"seen": source_print(version.source), **more})


def test_a_new_card_begins_with_a_text_that_can_be_used(author: Client) -> None:
    for code in ("medis", "informasi"):
        factories.incident_type(code)
    source = author.get(f"{BASE}add/").context["form"]["source"].value()
    answer = author.post(f"{BASE}add/", {"source": source})
    version = ProtocolVersion.objects.get()
    assert answer.headers["Location"] == f"{BASE}{version.pk}/change/"
    assert (version.card.code, version.number, version.state) == ("kartu-baru", 1, "draft")
    assert author.get(answer.headers["Location"]).context["faults"] == []
    assert actions() == ["protocol_drafted"]


def test_a_draft_with_faults_is_kept_and_every_fault_has_its_line(author: Client) -> None:
    version = version_of(card())
    write(author, version, FAULTY)
    version.refresh_from_db()
    assert version.source == FAULTY
    page = author.get(f"{BASE}{version.pk}/change/")
    assert [(fault["line"], fault["place"], fault["text"]) for fault in page.context["faults"]] == [
        (5, "start", "There is no question z."),
        (11, "questions › a › answers › 2 › key", "The key y stands twice in this question."),
    ]
    assert 'data-line="11"' in page.content.decode()
    assert actions() == ["protocol_changed"]


@pytest.mark.parametrize("text", ["code: uji\n  x: [", "code: uji\n- a", "code: uji\n\tx: 1", "code: uji\nx: &a [*a]"])
def test_half_a_card_is_kept_too(author: Client, text: str) -> None:
    version = version_of(card())
    write(author, version, text)
    version.refresh_from_db()
    assert version.source == text
    assert author.get(f"{BASE}{version.pk}/change/").context["faults"]
    assert author.get(f"{BASE}{version.pk}/preview/").status_code == 200


def test_a_browser_sends_other_line_ends_and_nothing_differs(author: Client) -> None:
    version = version_of(card())
    write(author, version, TEXT.replace("\n", "\r\n"))
    version.refresh_from_db()
    assert version.source == TEXT


def test_a_text_without_a_code_is_refused_and_stays_on_the_page(author: Client) -> None:
    answer = author.post(f"{BASE}add/", {"source": "name: x"})
    assert "needs a line like" in answer.content.decode()
    assert "name: x" in answer.content.decode()
    assert not ProtocolCard.objects.exists()
    assert actions() == []


def test_a_draft_never_moves_to_another_card(author: Client) -> None:
    version = version_of(card())
    answer = write(author, version, CARD.format(code="lain"))
    assert "belongs to the card uji" in answer.content.decode()
    version.refresh_from_db()
    assert version.source == TEXT
    assert not ProtocolCard.objects.filter(code="lain").exists()


def test_who_writes_second_does_not_overwrite_the_first(author: Client) -> None:
    version = version_of(card())
    write(author, version, TEXT + "# satu\n")
    answer = write(author, version, TEXT + "# dua\n")
    assert "meanwhile" in answer.content.decode()
    assert "# dua" in answer.content.decode()
    version.refresh_from_db()
    assert version.source == TEXT + "# satu\n"
    assert actions() == ["protocol_changed"]


@pytest.mark.parametrize("state", ["published", "retired"])
def test_what_was_published_is_only_read(author: Client, state: str) -> None:
    version = version_of(card(), state)
    page = author.get(f"{BASE}{version.pk}/change/")
    assert "<textarea" not in page.content.decode()
    assert "form" not in page.context
    assert write(author, version, TEXT + "# x\n").status_code == 403
    version.refresh_from_db()
    assert version.source == TEXT
    assert actions() == []


def test_a_new_draft_begins_with_the_text_of_another_version(author: Client) -> None:
    version = version_of(card(), "published")
    page = author.get(f"{BASE}add/", {"from": str(version.pk)})
    assert page.context["form"]["source"].value() == TEXT
    author.post(f"{BASE}add/", {"source": TEXT + "# baru\n"})
    assert list(ProtocolVersion.objects.order_by("number").values_list("number", "state")) == [
        (1, "published"), (2, "draft"),
    ]  # fmt: skip
    assert author.get(f"{BASE}add/", {"from": "bukan-uuid"}).status_code == 404


def test_the_preview_draws_everything_in_both_languages(author: Client) -> None:
    text = TEXT.replace(
        "type: orang-hilang, priority: P1}",
        "type: orang-hilang, priority: P1, instructions: [i], agencies: [zzz]}\ninstructions:\n  i:\n"
        "    title: {id: Judul, en: Title}\n    steps:\n"
        "      - {text: {id: Tekan, en: Push}, timer_s: 120, beats_per_minute: 110}",
    )
    version = version_of(card(), source=text)
    page = author.get(f"{BASE}{version.pk}/preview/")
    body = page.content.decode()
    for part in (
        '<p class="ask" lang="id"><code>a</code> Apa?</p>', '<p class="ask" lang="en">What?</p>', "<kbd>Y</kbd>",
        "<kbd>T</kbd>", 'lang="id">Hasil', 'lang="en">Result', '<p lang="id">Tekan</p>', '<p lang="en">Push</p>',
        "⏱ 120 s", "♥ 110/min", '<strong class="outcome P1">P1</strong>', 'href="#instruction-i"',
    ):  # fmt: skip
        assert part in body, part
    assert page.context["warnings"] == ["Outcome o: there is no active agency zzz."]


def test_the_preview_of_every_shipped_card_opens(author: Client) -> None:
    from tests.dispatch.rules.test_protocols import FOLDER

    for path in FOLDER.glob("*.yaml"):
        version = version_of(card(path.stem), source=path.read_text(encoding="utf-8"))
        page = author.get(f"{BASE}{version.pk}/preview/").content.decode()
        assert 'class="outcome P1"' in page, path.stem


def test_the_comparison_shows_what_differs_from_the_version_in_use(author: Client) -> None:
    uji = card()
    used = version_of(uji, "published")
    draft = version_of(uji, source=TEXT.replace("Apa?", "Apa yang terjadi?"))
    lines = author.get(f"{BASE}{draft.pk}/diff/").context["lines"]
    found = [(line.kind, line.old_number or line.new_number, line.text.strip()) for line in lines]
    assert [line for line in found if line[0] != "same"] == [
        ("gap", None, ""),
        ("removed", 8, 'text: {id: "Apa?", en: "What?"}'),
        ("added", 8, 'text: {id: "Apa yang terjadi?", en: "What?"}'),
    ]  # fmt: skip
    assert author.get(f"{BASE}{used.pk}/diff/").context["lines"] == []


def test_publishing_asks_first_and_takes_the_place_of_what_was_in_use(author: Client) -> None:
    uji = card()
    used = version_of(uji, "published")
    draft = version_of(uji, source=TEXT.replace("id: Uji", "id: Ujian"))
    page = author.get(f"{BASE}{draft.pk}/publish/")
    assert 'name="sure" required' in page.content.decode()
    assert ProtocolVersion.objects.get(state="published") == used
    publish(author, draft, sure="on")
    used.refresh_from_db()
    draft.refresh_from_db()
    uji.refresh_from_db()
    assert (used.state, draft.state, uji.name_id) == ("retired", "published", "Ujian")
    assert draft.published_by is not None
    assert actions() == ["protocol_published"]
    entry = AuditEntry.objects.get()
    assert entry.data == {"card": "uji", "version": 2}


def test_publishing_without_the_confirmation_publishes_nothing(author: Client) -> None:
    draft = version_of(card())
    publish(author, draft)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert actions() == []


def test_a_card_with_faults_is_not_published(author: Client) -> None:
    draft = version_of(card(), source=FAULTY)
    assert 'name="sure"' not in author.get(f"{BASE}{draft.pk}/publish/").content.decode()
    publish(author, draft, sure="on")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert actions() == []


def test_what_changed_after_the_look_is_not_published(author: Client) -> None:
    draft = version_of(card())
    author.post(f"{BASE}{draft.pk}/publish/", {"seen": source_print("something else"), "sure": "on"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert actions() == []


def test_a_version_is_published_once(author: Client) -> None:
    draft = version_of(card())
    publish(author, draft, sure="on")
    publish(author, draft, sure="on")
    assert actions() == ["protocol_published"]


def test_a_version_is_taken_out_of_use(author: Client) -> None:
    used = version_of(card(), "published")
    assert author.get(f"{BASE}{used.pk}/retire/").status_code == 200
    used.refresh_from_db()
    assert used.state == "published"
    author.post(f"{BASE}{used.pk}/retire/")
    author.post(f"{BASE}{used.pk}/retire/")
    used.refresh_from_db()
    assert used.state == "retired"
    assert actions() == ["protocol_retired"]


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_writes_and_publishes(role: Role) -> None:
    uji = card()
    used, draft = version_of(uji, "published"), version_of(uji)
    client = signed_in(role)
    for page in ("change", "preview", "diff"):
        assert (client.get(f"{BASE}{draft.pk}/{page}/").status_code == 200) is (role in READERS), page
    acts = [
        client.get(f"{BASE}add/"),
        client.get(f"{BASE}{draft.pk}/publish/"),
        client.post(f"{BASE}add/", {"source": CARD.format(code="baru")}),
        write(client, draft, TEXT + "# x\n"),
    ]
    done = [answer.status_code == 200 or answer.headers.get("Location", "").startswith(BASE) for answer in acts]
    assert done == [role in WRITERS] * 4
    draft.refresh_from_db()
    publish(client, draft, sure="on")
    client.post(f"{BASE}{draft.pk}/retire/")
    used.refresh_from_db()
    draft.refresh_from_db()
    if role in WRITERS:
        assert (used.state, draft.state) == ("retired", "retired")
    else:
        assert (used.state, draft.state, draft.source, actions()) == ("published", "draft", TEXT, [])
        assert not ProtocolCard.objects.filter(code="baru").exists()
