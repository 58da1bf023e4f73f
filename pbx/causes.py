"""Why a call ended, from what exchanges say: Q.850 numbers, FreeSWITCH's names, SIP answers."""

import re

from pbx.neutral import Cause

# Somebody hung up, did not answer or was busy.
Q850_NORMAL = frozenset({16, 17, 18, 19, 21, 26})
# The line broke under a call that stood.
Q850_BROKEN = frozenset({27, 31, 38, 39, 40, 41, 44, 102, 111, 127})
NAMES = {
    "NORMAL_CLEARING": 16,
    "ORIGINATOR_CANCEL": 16,
    "USER_BUSY": 17,
    "NO_USER_RESPONSE": 18,
    "NO_ANSWER": 19,
    "CALL_REJECTED": 21,
    "LOSE_RACE": 26,
    "PICKED_OFF": 26,
    "DESTINATION_OUT_OF_ORDER": 27,
    "NORMAL_UNSPECIFIED": 31,
    "NORMAL_CIRCUIT_CONGESTION": 34,
    "NETWORK_OUT_OF_ORDER": 38,
    "NORMAL_TEMPORARY_FAILURE": 41,
    "SWITCH_CONGESTION": 42,
    "MEDIA_TIMEOUT": 41,
    "RECOVERY_ON_TIMER_EXPIRE": 102,
    "PROTOCOL_ERROR": 111,
    "INTERWORKING": 127,
    "CRASH": 41,
    "SYSTEM_SHUTDOWN": 41,
}


def q850_cause(number: int, *, answered: bool) -> Cause:
    """What a Q.850 cause means for the call: a fault of a call that stood is a dropped line, else it failed."""
    if number <= 0:
        return ""
    if number in Q850_NORMAL:
        return "normal"
    return "dropped" if answered or number in Q850_BROKEN else "failed"


def name_cause(name: str, *, answered: bool) -> Cause:
    """The same for FreeSWITCH's `Hangup-Cause`; empty for a name that is not known."""
    return q850_cause(NAMES.get(name.upper(), 0), answered=answered)


def sip_cause(text: str, *, answered: bool) -> Cause:
    """The same for a softphone's words: who reset the session, a time limit, or a SIP answer (`503 ...`)."""
    words = text.lower()
    if "reset by" in words or "rejected by" in words:
        return "normal"
    if re.search(r"time-?d? ?-?out|unreachable|no route|refused|aborted|rtp", words):
        return "dropped"
    code = re.match(r"([3-6]\d\d)\b", words)
    if code is None:
        return ""
    if int(code[1]) in {486, 487, 600, 603}:
        return "normal"
    return "dropped" if answered else "failed"
