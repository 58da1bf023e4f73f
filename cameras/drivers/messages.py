"""What the processes of live view say to one another: a kind and a length (`MESSAGE_HEAD`), then the content."""

import struct

MESSAGE_HEAD = struct.Struct("!cI")
HEAD = b"h"  # JSON: the codec of what follows
BEGINNING = b"i"  # what every player needs before the first fragment
KEY_FRAGMENT = b"k"  # a piece of video that starts at a key frame
FRAGMENT = b"f"  # any other piece
STILL = b"s"  # a JPEG
AGAIN = b"a"  # the stream broke off and is asked for again
END = b"e"  # JSON: the fault that ended it


def message(kind: bytes, content: bytes = b"") -> bytes:
    """One message."""
    return MESSAGE_HEAD.pack(kind, len(content)) + content
