"""The command language without rows: every line of the table, every way to be wrong, and no line that is guessed."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.permissions import Permission
from dispatch.rules.commands.hints import Cursor, cursors
from dispatch.rules.commands.match import match_start, number_fits, place_pick, slug, where_read
from dispatch.rules.commands.parser import LINE_MAX, cleaned, parse, plain
from dispatch.rules.commands.table import BY_WORD, COMMANDS
from dispatch.rules.commands.types import AFTER_SLASH, REST, Command, Kind, Parsed, Refusal

EXAMPLES = [(command, example) for command in COMMANDS for example in command.examples]
WORDS = st.sampled_from([
    *BY_WORD, "d", "DMK12", "dmk14", "1234", "#1234", ".", ",", "/", "1", "P2", "9", "JKT-00412", "kebakaran",
    "manggarai", "@31.74.01.1003", '"di sini"', "-6.2,106.8", "..", "?",
    "konfirmasi", "cocok", "y", "\n", "\t", "é", "\u200b", "٣",
])  # fmt: skip
LINES = st.one_of(
    st.text(max_size=60),
    st.builds(lambda words, gap: gap.join(words), st.lists(WORDS, max_size=7), st.sampled_from([" ", ".", "", "  "])),
)


def understood(line: str) -> Parsed:
    parsed = parse(line)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def refused(line: str) -> Refusal:
    refusal = parse(line)
    assert isinstance(refusal, Refusal), refusal
    return refusal


def test_the_table_is_whole() -> None:
    words = [word for command in COMMANDS for word in (command.verb, *command.aliases)]
    assert len(words) == len(set(words)) == len(BY_WORD)
    assert [word for word in words if word != word.upper()] == []
    assert {command.permission for command in COMMANDS} <= {str(permission) for permission in Permission}
    assert len({command.does for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert command.examples, command.verb
        assert command.help_id != command.help_en, command.verb
        assert command.help_id.endswith(".")
        assert command.help_en.endswith(".")
        for form in command.forms:
            rest = [item.name for item in form if item.kind in AFTER_SLASH | REST]
            assert rest in ([], [form[-1].name] if form else []), command.verb


def test_the_grammar_of_the_house_is_all_there() -> None:
    wanted = "N D E T K A PR C L CAM W F G U DUP X BC TTA ER AR CL ACK NOTE"
    assert set(wanted.split()) <= set(BY_WORD)
    for alias, verb in {"ER": "E", "AR": "T", "CL": "K", "ACK": "A", "NOTE": "C"}.items():
        assert BY_WORD[alias] is BY_WORD[verb]


def test_no_verb_judges_a_candidate() -> None:
    assert [command.verb for command in COMMANDS if command.permission.startswith(("match.review", "watchlist"))] == []
    assert {command.does for command in COMMANDS if "match" in command.does} == {"matches_show"}
    for word in ("COCOK", "KONFIRMASI", "CONFIRM", "MATCH", "REVIEW", "Y", "TOLAK"):
        assert refused(f"{word} 1234").code == "unknown_command"
    assert refused("W 1234 Y").code == "too_much"
    assert refused("W 1234 /cocok").code == "too_much"


@pytest.mark.parametrize(("command", "example"), EXAMPLES, ids=[example for _command, example in EXAMPLES])
def test_every_example_parses_and_says_the_same_again(command: Command, example: str) -> None:
    parsed = understood(example)
    assert parsed.command is command
    assert understood(parsed.line()) == parsed
    assert understood(example.lower() if "/" not in example and "@" not in example else example).command is command
    for alias in command.aliases:
        assert understood(re.sub(r"^\S+", alias, example)) == parsed


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("D DMK12,DMK14 1234", {"units": "DMK12,DMK14", "incident": "1234"}),
        ("d dmk12 , dmk14   1234", {"units": "DMK12,DMK14", "incident": "1234"}),
        ("D DMK12,dmk12 #21234", {"units": "DMK12", "incident": "#21234"}),
        ("D.DMK12.1234", {"units": "DMK12", "incident": "1234"}),
        ("D DMK12 .", {"units": "DMK12", "incident": "."}),
        ("D.DMK12..", {"units": "DMK12", "incident": "."}),
        ("PR . p2", {"incident": ".", "priority": "P2"}),
        ("PR.1234.1", {"incident": "1234", "priority": "P1"}),
        ("C 1234/jl. mawar rt 05/03", {"incident": "1234", "text": "jl. mawar rt 05/03"}),
        ("C . / dua  korban ", {"incident": ".", "text": "dua  korban"}),
        ("N kebakaran /Jl. Mawar 3", {"type": "kebakaran", "place": "Jl. Mawar 3"}),
        ("n.medis.manggarai", {"type": "medis", "place": "manggarai"}),
        ("CAM 1234", {"incident": "1234"}),
        ("CAM . 04", {"incident": ".", "count": "4"}),
        ("CAM jkt-00412", {"camera": "JKT-00412"}),
        ("K DMK12 /tertangani, dua korban", {"unit": "DMK12", "disposition": "tertangani, dua korban"}),
        ("TTA", {}),
        ("BC /a\nb\x00c", {"text": "a b c"}),
        ("?d", {"words": "d"}),
    ],
)
def test_how_a_line_is_read(line: str, values: dict[str, str]) -> None:
    assert understood(line).values == values


@pytest.mark.parametrize(
    ("line", "code", "argument"),
    [
        ("", "empty", None), ("   ", "empty", None), ("\x00", "empty", None),
        ("x" * (LINE_MAX + 1), "line_too_long", None),
        ("D", "argument_missing", "units"), ("D DMK12", "argument_missing", "incident"),
        ("D DMK12 DMK14 1234", "argument_invalid", "incident"), ("D DMK12, 1234", "argument_missing", "incident"),
        ("D ... 12", "argument_invalid", "units"), ("D DMK12 12x", "argument_invalid", "incident"),
        ("D DMK12 1234 1200", "too_much", None), ("D DMK12 1234 /cepat", "too_much", None),
        ("D DMK12 1234567890123", "argument_invalid", "incident"),
        ("E DMK12,DMK14", "argument_invalid", "unit"), ("K DMK12 selesai", "argument_invalid", "disposition"),
        ("PR 1234", "argument_missing", "priority"), ("PR 1234 9", "argument_invalid", "priority"),
        ("PR 1234 0", "argument_invalid", "priority"), ("PR 1234 12", "argument_invalid", "priority"),
        ("C 1234", "argument_missing", "text"), ("C 1234 /", "argument_missing", "text"),
        ("C 1234 catatan", "argument_invalid", "text"), ("X 1234", "argument_missing", "text"),
        ("CAM", "argument_missing", "incident"), ("CAM 1234 0", "argument_invalid", "count"),
        ("CAM 1234 99", "argument_invalid", "count"), ("N", "argument_missing", "type"),
        ("N kebakaran", "argument_missing", "place"), ("F", "argument_missing", "words"),
        ("DUP 1234", "argument_missing", "into"), ("A DMK12", "too_much", None),
        ("BC halo", "argument_invalid", "text"),
        ("BC 0 /x", "argument_invalid", "text"), ("BC 721 /x", "argument_invalid", "text"),
        ("TTA x", "argument_invalid", "incident"), ("PR ٣٣٣٣ 1", "argument_invalid", "incident"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_the_place_that_is_wrong(
    line: str, code: str, argument: str | None
) -> None:
    refusal = refused(line)
    assert refusal.code == code
    assert (refusal.argument.name if refusal.argument else None) == argument


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("TTTA 1234", ("TTA 1234",)), ("DD DMK12 1", ("D DMK12 1",)), ("DUPP 1 2", ("DUP 1 2",)),
        ("BROADCAST /x", ()), ("1234", ()), (".", ()), ("zzz", ()),
    ],
)  # fmt: skip
def test_an_unknown_verb_is_answered_with_those_that_are_like_it(line: str, lines: tuple[str, ...]) -> None:
    refusal = refused(line)
    assert refusal.code == "unknown_command"
    assert refusal.lines[: len(lines)] == lines
    assert bool(refusal.lines) is bool(lines)


def signs(text: str) -> list[str]:
    """What of a line carries meaning: letters and digits, whatever their case."""
    return sorted(sign for sign in text.upper() if sign.isalnum())


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_no_line_raises_and_none_is_guessed(line: str) -> None:
    parsed = parse(line)
    if isinstance(parsed, Refusal):
        needed = set(re.findall(r"%\((\w+)\)", parsed.message)) - {"usage", "argument"}
        assert needed <= set(parsed.data)
        assert ("%(usage)" in parsed.message) <= (parsed.command is not None)
        assert ("%(argument)" in parsed.message) <= (parsed.argument is not None)
        return
    # The verb stands there as it is in the table, and saying it again in the form of the house says the same.
    word = re.match(r"\?|[^\s./?,]+", cleaned(line))
    assert word is not None
    assert BY_WORD[word.group().upper()] is parsed.command
    assert understood(parsed.line()) == parsed
    # Every letter and digit of the line is in a place of the command: nothing was left out, nothing added.
    rest = cleaned(line)[word.end() :]
    kinds = {item.kind for item in parsed.form if item.name in parsed.values}
    if not kinds & {Kind.UNITS, Kind.COUNT, Kind.PRIORITY}:  # said twice, 04, p2
        assert signs(" ".join(parsed.values.values())) == signs(rest)
    assert set(parsed.values) <= {item.name for item in parsed.form}
    assert {item.name for item in parsed.form if not item.is_optional} <= set(parsed.values)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_hints_never_raise_and_keep_what_was_typed(line: str) -> None:
    found = cursors(line)
    assert found
    for cursor in found:
        assert plain(line).lstrip()[:LINE_MAX].startswith(cursor.head)
        assert (cursor.argument is None) or (cursor.command is not None)


def places(line: str) -> Iterator[tuple[str, str | None]]:
    for cursor in cursors(line):
        yield cursor.typed, cursor.argument.name if cursor.argument else None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [("", None)]), ("D", [("D", None)]), ("D ", [("", "units")]), ("D DMK12,D", [("D", "units")]),
        ("D DMK12 12", [("12", "incident")]), ("D DMK12 1234 ", [("", None)]), ("K DMK12 ", [("", "disposition")]),
        ("K DMK12 /ter", [("ter", "disposition")]), ("CAM ", [("", "incident"), ("", "camera")]),
        ("CAM 12", [("12", "incident")]), ("CAM J", [("J", "camera")]), ("N kebakaran man", [("man", "place")]),
        ("BC ", [("", "minutes")]), ("BC /", [("", "text")]), ("zzz 1", [("zzz", None)]), ("PR 1234 x ", [("", None)]),
    ],
)  # fmt: skip
def test_where_the_cursor_is(line: str, found: list[tuple[str, str | None]]) -> None:
    assert list(places(line)) == found


def test_a_completion_is_put_where_the_cursor_is() -> None:
    assert [cursor.line("DMK12") for cursor in cursors("D DM")] == ["D DMK12"]
    assert [cursor.line("DMK14") for cursor in cursors("D DMK12,D")] == ["D DMK12,DMK14"]
    assert [cursor.line("tertangani") for cursor in cursors("K DMK12 /te")] == ["K DMK12 /tertangani"]
    assert Cursor("D DMK12", "").line("#1234") == "D DMK12 #1234"


FORMS = {
    "kebakaran": frozenset({"kebakaran"}), "kebakaran-bangunan": frozenset({"kebakaran"}),
    "kebakaran-kendaraan": frozenset({"kebakaran-kendaraan"}), "orang-hilang": frozenset({"orang-hilang"}),
    "orang-terlantar": frozenset({"orang-terlantar"}), "medis": frozenset({"medis"}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "codes", "rest"),
    [
        ("kebakaran tol", ("kebakaran",), "tol"),
        ("kebakaran kendaraan tol", ("kebakaran-kendaraan",), "tol"),
        ("orang hilang manggarai", ("orang-hilang",), "manggarai"),
        ("orang manggarai", ("orang-hilang", "orang-terlantar"), "manggarai"),
        ("med manggarai", ("medis",), "manggarai"),
        ("me manggarai", (), "me manggarai"),  # too short to be a beginning
        ("keb x", ("kebakaran", "kebakaran-kendaraan"), "x"),
        ("zzz x", (), "zzz x"),
        ("", (), ""),
    ],
)
def test_names_are_matched_as_a_whole_or_by_a_beginning_that_one_has(
    text: str, codes: tuple[str, ...], rest: str
) -> None:
    match = match_start(text, FORMS)
    assert match.codes == codes
    assert match.rest == rest


def test_a_reason_begins_with_an_outcome_only_when_it_is_written_out() -> None:
    assert match_start("med x", FORMS, is_exact=True).codes == ()
    assert match_start("orang hilang sudah pulang", FORMS, is_exact=True).codes == ("orang-hilang",)


@pytest.mark.parametrize(
    ("typed", "number", "fits"),
    [
        ("1234", 1234, True), ("1234", 21234, True), ("#1234", 21234, False), ("#21234", 21234, True),
        ("12", 12, True), ("12", 112, False), ("0012", 12, True), ("0012", 10012, True), ("0012", 1200, False),
        ("234", 1234, False),
    ],
)  # fmt: skip
def test_four_digits_are_the_end_of_a_number(typed: str, number: int, fits: bool) -> None:
    assert number_fits(typed, number) is fits


@pytest.mark.parametrize(
    ("scores", "picked"),
    [
        ([], None), ([1.0, 0.9], 0), ([1.0, 1.0], None), ([0.94], 0), ([0.7], None), ([0.97, 0.7], None),
        ([0.999, 0.99], 0),
    ],
)  # fmt: skip
def test_a_place_is_taken_only_without_doubt(scores: list[float], picked: int | None) -> None:
    assert place_pick(scores) == picked


def test_how_a_place_is_given() -> None:
    assert where_read("-6.2102,106.8503").point == (-6.2102, 106.8503)
    assert where_read("91,0").point is None
    assert (where_read("@31.74.01.1003 depan halte").code, where_read("@31.74 x").words) == ("31.74.01.1003", "x")
    assert (where_read('"rumah pak RT"').words, where_read('"rumah pak RT"').is_quoted) == ("rumah pak RT", True)
    assert where_read("Stasiun Manggarai").words == "Stasiun Manggarai"
    assert slug("  Kriminal (begal, pencurian) ") == "kriminal-begal-pencurian"
