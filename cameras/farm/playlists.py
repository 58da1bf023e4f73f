"""HLS playlists of the farm's cameras, and what a hostile or broken one writes into them."""

MASTER = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4000000,RESOLUTION=1920x1080
{media}
"""
MEDIA = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
{before}#EXTINF:2.0,
old.ts
#EXTINF:2.0,
{piece}
"""
OTHER = "{other}"


def _key(uri: str) -> str:
    return f'#EXT-X-KEY:METHOD=AES-128,URI="{uri}"\n'


MASTERS = {
    "variant_elsewhere": f"{OTHER}/media.m3u8",
    "variant_file": "file:///etc/hostname",
    "nested": "live.m3u8",
}
PIECES = {
    "piece_elsewhere": f"{OTHER}/piece.ts",
    "piece_file": "file:///etc/hostname",
    "piece_concat": "concat:/etc/hostname|/etc/passwd",
    "piece_same_scheme": "//{place}/piece.ts",
}
BEFORE = {
    "key_elsewhere": _key(f"{OTHER}/key"),
    "key_data": _key("data:;base64,AAAAAAAAAAAAAAAAAAAAAA=="),
    "key_sample": '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"\n',
    "map_elsewhere": f'#EXT-X-MAP:URI="{OTHER}/head.mp4"\n',
    "sealed": _key("key"),
}
FAULTS = {*MASTERS, *PIECES, *BEFORE, "list_endless", "list_empty", "list_binary", "list_long"}


def playlist(way: str, fault: str, other: str) -> bytes:
    """`live.m3u8` is the master, `media.m3u8` the list of pieces; hostile ones point to `other`, a scheme and host."""
    if fault == "page":
        return b"<!doctype html><html><body>login</body></html>"
    if fault == "list_empty":
        return b""
    if fault == "list_binary":
        return bytes(range(256)) * 40
    if way == "live.m3u8":
        return MASTER.format(media=_aimed(MASTERS.get(fault, "media.m3u8"), other)).encode()
    before, piece = _aimed(BEFORE.get(fault, ""), other), _aimed(PIECES.get(fault, "piece.ts"), other)
    text = MEDIA.format(before=before, piece=piece)
    return (text + ("#EXTINF:2.0,\nmore.ts\n" * 40_000 if fault == "list_long" else "")).encode()


def _aimed(text: str, other: str) -> str:
    return text.replace("{other}", other).replace("{place}", other.partition("://")[2])
