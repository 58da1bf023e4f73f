"""One contract for every store of pictures: the disk, and an S3-compatible server that speaks HTTP."""

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from pytest_django.fixtures import Settings

from cameras.storage import picture_delete, picture_read, picture_store, picture_write
from cameras.stores.disk import DiskStore
from cameras.stores.s3 import S3Store
from cameras.stores.types import PictureStore, StorageFull, StorageUnreachable
from common import clock
from tests.cameras.evidence import jpeg

BUCKET = "siaga-uji"
SOON = timedelta(seconds=30)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of a server with an empty bucket."""
    server_module = pytest.importorskip("moto.server", reason="moto is not installed: no S3 server to speak to")
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="uji", aws_secret_access_key="uji"
    )
    client.create_bucket(Bucket=BUCKET)
    yield address
    server.stop()


def s3_options(address: str) -> dict[str, Any]:
    from botocore.config import Config

    return {
        "bucket_name": BUCKET, "endpoint_url": address, "region_name": "us-east-1", "access_key": "uji",
        "secret_key": "uji", "default_acl": None, "file_overwrite": True,
        "client_config": Config(
            connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
        ),
    }  # fmt: skip


def s3_set(settings: Settings, address: str) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "pictures": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3_options(address)},
    }


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> PictureStore:
    """The deployment's store, as its settings make it."""
    settings.MEDIA_ROOT = tmp_path
    if request.param == "s3":
        s3_set(settings, request.getfixturevalue("s3_server"))
    made = picture_store()
    assert isinstance(made, S3Store if request.param == "s3" else DiskStore)
    return made


def test_bytes_come_back_as_they_were_under_names_that_cannot_be_guessed(store: PictureStore) -> None:
    pictures = {store.write(jpeg(number), suffix="jpg"): jpeg(number) for number in range(5)}
    assert len(pictures) == 5
    assert all(len(Path(name).stem) == 32 for name in pictures)
    assert all(store.read(name) == data for name, data in pictures.items())
    assert set(pictures) <= set(store.listed(before=clock.now() + SOON))


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: PictureStore) -> None:
    name = store.write(jpeg(), suffix="jpg")
    store.delete(name)
    store.delete(name)
    with pytest.raises(FileNotFoundError):
        store.read(name)
    assert name not in set(store.listed(before=clock.now() + SOON))


def test_what_is_too_young_is_not_listed(store: PictureStore) -> None:
    name = store.write(jpeg(), suffix="jpg")
    assert name not in set(store.listed(before=clock.now() - SOON))


@pytest.mark.parametrize("name", ["../secrets/seal_key", "/etc/passwd", "2026/../../secrets/x"])
def test_no_name_leads_out_of_the_store(store: PictureStore, name: str) -> None:
    for act in (store.read, store.delete):
        with pytest.raises(ValueError, match=r"."):
            act(name)


def test_nothing_half_is_left_of_what_was_whole(store: PictureStore) -> None:
    store.write(jpeg(), suffix="jpg")
    assert store.drafts_forget(before=clock.now() + SOON) == 0


def test_a_large_picture_comes_back_whole(store: PictureStore) -> None:
    data = os.urandom(8 * 1024 * 1024)
    assert store.read(store.write(data, suffix="jpg")) == data


def test_a_store_that_does_not_answer_is_told(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        s3_set(settings, f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(StorageFull):
            picture_write(jpeg(), suffix="jpg")
        for act in (picture_read, picture_delete, lambda _name: list(picture_store().listed(before=clock.now()))):
            with pytest.raises(StorageUnreachable):
                act("2026/01/01/x.jpg")
    assert "pictures" in storages.backends
