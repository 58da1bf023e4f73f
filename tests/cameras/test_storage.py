import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from cameras.storage import StorageFull, picture_read, picture_write


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_bytes_come_back_as_they_were_and_names_cannot_be_guessed(media: Path) -> None:
    paths = {picture_write(b"\xff\xd8satu", suffix="jpg") for _ in range(20)}
    assert len(paths) == 20
    assert {picture_read(path) for path in paths} == {b"\xff\xd8satu"}
    assert all(len(Path(path).stem) == 32 for path in paths)


def test_a_full_disk_leaves_no_half_file(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        picture_write(b"gambar", suffix="jpg")
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("path", ["../secrets/seal_key", "/etc/passwd", "2026/../../secrets/x"])
def test_no_path_leads_out_of_the_media_folder(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        picture_read(path)
