"""Basic and Digest as cameras ask for them (RFC 7617, RFC 7616), for HTTP and RTSP alike."""

import hashlib
import re
from base64 import b64encode

REALM, NONCE = "camera", "5149a6b1c2d3e4f5"
PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


def challenge(kind: str) -> str:
    """The value of WWW-Authenticate; `kind` is basic or digest."""
    if kind == "digest":
        return f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
    return f'Basic realm="{REALM}"'


def is_known(sent: str, *, kind: str, method: str, username: str, password: str) -> bool:
    """Whether an Authorization header opens; with no user name set everybody may enter."""
    if not username:
        return True
    if kind == "basic":
        return sent == f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"
    return sent.startswith("Digest ") and _digest_fits(sent, method, username, password)


def _digest_fits(sent: str, method: str, username: str, password: str) -> bool:
    got = {name: quoted or plain for name, quoted, plain in PARAMETER.findall(sent.partition(" ")[2])}
    if got.get("username") != username or got.get("nonce") != NONCE:
        return False
    who = _md5(f"{username}:{REALM}:{password}")
    what = _md5(f"{method}:{got.get('uri', '')}")
    middle = f"{got['nc']}:{got['cnonce']}:{got['qop']}:" if {"nc", "cnonce", "qop"} <= got.keys() else ""
    return got.get("response") == _md5(f"{who}:{NONCE}:{middle}{what}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
