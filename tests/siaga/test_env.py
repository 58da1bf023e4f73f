from pathlib import Path

import pytest

from siaga import env


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("rahasia\n")
    monkeypatch.setenv("SIAGA_TEST_FILE", str(tmp_path / "key"))
    assert env.secret("SIAGA_TEST") == "rahasia"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAGA_TEST_FILE", "/nowhere/key")
    with pytest.raises(env.EnvironmentInvalid, match="SIAGA_TEST_FILE=/nowhere/key"):
        env.secret("SIAGA_TEST")


@pytest.mark.parametrize(("text", "value"), [("1", True), ("YES", True), ("off", False), ("", False)])
def test_booleans(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("SIAGA_TEST", text)
    assert env.boolean("SIAGA_TEST", not value) is value


def test_wrong_values_stop_the_start_with_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAGA_TEST", "mungkin")
    with pytest.raises(env.EnvironmentInvalid, match="SIAGA_TEST='mungkin'"):
        env.boolean("SIAGA_TEST", False)
    with pytest.raises(env.EnvironmentInvalid, match="SIAGA_TEST"):
        env.integer("SIAGA_TEST", 1)
    monkeypatch.setenv("SIAGA_TEST", "0")
    with pytest.raises(env.EnvironmentInvalid, match="at least 1"):
        env.integer("SIAGA_TEST", 1, minimum=1)


def test_a_kept_secret_is_made_once_and_is_the_owners_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIAGA_VAR_DIR", str(tmp_path))
    made = iter(["pertama", "kedua"])
    read = env.kept_secret("key", lambda: next(made))
    assert [read(), read()] == ["pertama", "pertama"]
    assert (tmp_path / "secrets" / "key").stat().st_mode & 0o777 == 0o600


def test_every_setting_is_documented_and_nothing_else() -> None:
    import re

    import siaga.settings  # noqa: F401  # reading it fills the table

    text = (env.BASE_DIR / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", text, re.MULTILINE))
    assert documented == {name for name in env.VARIABLES if not name.startswith("SIAGA_TEST")}
