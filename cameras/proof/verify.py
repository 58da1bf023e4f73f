#!/usr/bin/env python3
"""Memeriksa paket bukti ini. / Verifies this package of evidence.

Jalankan di folder hasil ekstraksi: python3 verify.py [--key KUNCI]
Run it in the unpacked folder:      python3 verify.py [--key KEY]

Python 3.8 or later; the standard library only; no network. `--key` is the public key (64 hexadecimal digits, or the
first 16 of its SHA-256) as the dispatch centre published it: without it the package is only proven to be consistent.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

Point = Tuple[int, int, int, int]
Json = Dict[str, Any]
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"

# --- Ed25519 (RFC 8032), verification only ---------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def _point(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the owner of this public key signed the message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    point, start = _point(key), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if point is None or start is None or number >= L:
        return False
    if BASE is None:  # never; it says so to a type checker
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return _same(_times(number, BASE), _add(start, _times(digest, point)))


# --- The chain -------------------------------------------------------------------------------------------------------
def canonical(value: object) -> str:
    """The one way in which content is written before it is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(data: bytes) -> str:
    """As hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


class Failed(Exception):
    """The package does not hold; the words are for people."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(f"{indonesian} / {english}")


def read(folder: Path, name: str) -> bytes:
    """The bytes of one file of the package."""
    try:
        return folder.joinpath(*name.split("/")).read_bytes()
    except OSError:
        raise Failed(
            f"berkas {name} tidak ada atau tidak terbaca", f"file {name} is missing or cannot be read"
        ) from None


def parsed(folder: Path, name: str) -> Any:
    """A JSON file."""
    try:
        return json.loads(read(folder, name).decode("utf-8"))
    except ValueError:
        raise Failed(f"berkas {name} rusak", f"file {name} is broken") from None


def manifest_verify(folder: Path) -> Tuple[Json, Dict[str, bytes]]:
    """The signature over the manifest; the manifest and the keys."""
    raw = read(folder, MANIFEST)
    manifest = parsed(folder, MANIFEST)
    try:
        signature = bytes.fromhex(read(folder, SIGNATURE).decode("ascii").strip())
        keys = {name: bytes.fromhex(key) for name, key in manifest["public_keys"].items()}
        key = keys[manifest["key_id"]]
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Failed("tanda tangan atau kunci tidak terbaca", "the signature or the key cannot be read") from None
    for name, value in keys.items():
        if sha256(value)[:16] != name:
            raise Failed(f"kunci {name} bukan kunci itu", f"key {name} is another key")
    message = f"siaga-evidence-manifest-1\n{sha256(raw)}\n".encode()
    if not ed25519_holds(key, signature, message):
        raise Failed(
            "tanda tangan manifest tidak cocok: manifest atau tanda tangannya diubah",
            "the manifest's signature does not fit: the manifest or its signature was changed",
        )
    return manifest, keys


def files_verify(folder: Path, manifest: Json) -> None:
    """Every file is what the manifest says, and there are no others."""
    for name, facts in sorted(manifest["files"].items()):
        data = read(folder, name)
        if len(data) != facts["bytes"] or sha256(data) != facts["sha256"]:
            raise Failed(f"berkas {name} diubah", f"file {name} was changed")
    known = set(manifest["files"]) | {MANIFEST, SIGNATURE}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and "__pycache__" not in name:
            raise Failed(f"berkas {name} bukan bagian paket", f"file {name} is no part of the package")


def seals_verify(folder: Path, keys: Dict[str, bytes]) -> Dict[int, str]:
    """The heads that were signed, by their sequence."""
    seals = {}
    for seal in parsed(folder, "seals.json"):
        at, key = seal["sequence"], keys.get(seal["key_id"])
        message = f"siaga-evidence-seal-1\n{at}\n{seal['hash']}\n{seal['signed_at']}\n"
        if key is None or not ed25519_holds(key, bytes.fromhex(seal["signature"]), message.encode()):
            raise Failed(f"segel catatan {at} tidak cocok", f"the seal of record {at} does not fit")
        seals[at] = seal["hash"]
    return seals


def chain_verify(folder: Path, manifest: Json, keys: Dict[str, bytes]) -> Dict[int, Json]:
    """Every record's hash, every link, and each piece of the chain up to a signed head; the contents by sequence."""
    seals = seals_verify(folder, keys)
    contents: Dict[int, Json] = {}
    last: Optional[Tuple[int, str]] = None
    for line in read(folder, "chain.jsonl").decode("utf-8").splitlines():
        record = json.loads(line)
        at, before, content = record["sequence"], record["previous_hash"], record.get("content")
        digest = record["content_hash"] if content is None else sha256(canonical(content).encode("utf-8"))
        if sha256(f"{before}\n{at}\n{digest}".encode()) != record["hash"]:
            raise Failed(f"catatan {at} diubah", f"record {at} was changed")
        if last is not None and at == last[0] + 1:
            if before != last[1]:
                raise Failed(f"sambungan catatan {at} putus", f"the link of record {at} is broken")
        elif last is not None:
            sealed_verify(last, seals)
        if content is not None:
            contents[at] = content
        last = (at, record["hash"])
    if last is None:
        raise Failed("rantai catatan kosong", "the chain of records is empty")
    sealed_verify(last, seals)
    for at in manifest["records"]:
        if at not in contents:
            raise Failed(f"catatan {at} tidak ada", f"record {at} is missing")
    return contents


def sealed_verify(last: Tuple[int, str], seals: Dict[int, str]) -> None:
    """A piece of the chain ends in a head that was signed."""
    if seals.get(last[0]) != last[1]:
        raise Failed(
            f"catatan {last[0]} tidak sampai pada kepala yang ditandatangani",
            f"record {last[0]} does not lead to a signed head",
        )


def pictures_verify(manifest: Json, contents: Dict[int, Json]) -> None:
    """Every picture has its record, and that is about these bytes."""
    for picture in manifest["pictures"]:
        record = contents.get(picture["record"])
        name = picture["file"] or picture["id"]
        if record is None or record["kind"] != "kept" or record["snapshot"] != picture["id"]:
            raise Failed(f"gambar {name} tanpa catatan", f"picture {name} has no record")
        if record["body"]["sha256"] != picture["sha256"] or record["body"]["camera"] != picture["camera"]:
            raise Failed(f"gambar {name} bukan yang tercatat", f"picture {name} is not the one that was recorded")
        if picture["file"] and manifest["files"][picture["file"]]["sha256"] != picture["sha256"]:
            raise Failed(
                f"gambar {name} sudah berubah sebelum diekspor", f"picture {name} had changed before it was exported"
            )


def verify(folder: Path, expected: str = "") -> str:
    """Raises Failed; returns what to say."""
    manifest, keys = manifest_verify(folder)
    key = keys[manifest["key_id"]].hex()
    if expected and expected.lower() not in (key, manifest["key_id"]):
        raise Failed("kunci bukan kunci yang diharapkan", "the key is not the one that was expected")
    files_verify(folder, manifest)
    contents = chain_verify(folder, manifest, keys)
    pictures_verify(manifest, contents)
    count = sum(1 for picture in manifest["pictures"] if picture["file"])
    gone = sum(1 for picture in manifest["pictures"] if not picture["file"] and not picture["deleted_at"])
    lines = [f"BENAR / VERIFIED: {count} gambar / pictures, {len(contents)} catatan / records"]
    if gone:
        lines.append(f"{gone} gambar hilang dari penyimpanan / pictures were missing in the store")
    lines.append(f"kunci / key {manifest['key_id']} ({key})")
    if not expected:
        lines.append(
            "Bandingkan kunci ini dengan yang diumumkan pusat 112, atau beri --key. / "
            "Compare this key with the one that the 112 centre published, or give --key."
        )
    return "\n".join(lines)


def main(arguments: List[str]) -> int:
    """The exit code."""
    expected = ""
    if len(arguments) == 2 and arguments[0] == "--key":
        expected = arguments[1]
    elif arguments:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        said = verify(Path(__file__).resolve().parent, expected)
    except Failed as failed:
        sys.stdout.write(f"GAGAL / FAILED: {failed}\n")
        return 1
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        sys.stdout.write(f"GAGAL / FAILED: paket rusak / the package is broken ({error!r})\n")
        return 1
    sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
