"""What is wrong with a camera in plain words, and what to do first; one entry for every code and flag there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from cameras.choices import HealthFlag
from cameras.drivers.types import CameraFault
from common.errors import gettext_noop

POWER = gettext_noop("Check power, cable and network at the camera; ask the owner whether others there are down, too.")
ADDRESS = gettext_noop(
    "Compare kind and address in the registry with the camera; a browser should show a picture there."
)
RESTART = gettext_noop("Restart the camera; if it stays, update its firmware or ask for a smaller picture.")
CREDENTIAL = gettext_noop(
    "Ask the owner for the password and write it anew. Do not try again and again: cameras lock accounts."
)
FOLDER = gettext_noop("Ask whoever fills the folder whether their program runs and may write there.")
ONVIF = gettext_noop("Open the device's ONVIF settings: switch the service on, and compare its address and port.")
PICTURE = gettext_noop("Set the camera's still picture to JPEG of 1080p or less; compare the address with its manual.")

# Codes that no driver gives by itself: pictures that are refused, and a password that cannot be opened.
OTHER_FAULTS = {
    "picture_empty": gettext_noop("The camera sends an empty picture."),
    "picture_too_large": gettext_noop("The camera's picture is too large."),
    "picture_too_many_pixels": gettext_noop("The camera's picture has too many pixels."),
    "picture_truncated": gettext_noop("The camera's picture is cut off before its end."),
    "picture_not_a_picture": gettext_noop("What the camera sends is no picture."),
    "credential_unreadable": gettext_noop("The stored password cannot be opened."),
}
FIRST_STEPS = {
    "auth": CREDENTIAL,
    "credential_unreadable": gettext_noop(
        "Write the camera's password anew in the registry; the key it was sealed with is gone."
    ),
    "onvif_not_soap": ONVIF,
    "onvif_fault": ONVIF,
    "onvif_no_snapshot": gettext_noop("Switch still pictures on at the device, or register its RTSP stream instead."),
    "timeout": POWER,
    "unreachable": POWER,
    "address_refused": gettext_noop("Correct the address, or ask the administrator to allow its network and port."),
    "redirect_refused": gettext_noop("Register the address that the camera sends on to, if it is the right one."),
    "http_status": ADDRESS,
    "stream_broken": RESTART,
    "tls": gettext_noop("Ask the owner whether the certificate was renewed; if so, register its new fingerprint."),
    "kind_unknown": gettext_noop("Choose a kind in the registry that this deployment can ask."),
    "playlist_broken": gettext_noop("Ask the owner whether the stream still runs and whether its address has changed."),
    "folder_missing": FOLDER,
    "folder_empty": FOLDER,
    "folder_full": gettext_noop("Ask whoever fills the folder to take old pictures away."),
    "picture_unreadable": FOLDER,
    "picture_stale": FOLDER,
    "picture_empty": RESTART,
    "picture_truncated": RESTART,
    "picture_too_large": PICTURE,
    "picture_too_many_pixels": PICTURE,
    "picture_not_a_picture": PICTURE,
    # Only somebody who watches live meets these.
    "codec_unsupported": gettext_noop("Set the camera's stream to H.264, or watch its single pictures."),
    "live_away": gettext_noop("Open the live view again; if it stays, start the program of the live view anew."),
    "mask_broken": gettext_noop("Draw the camera's privacy masks again."),
    "viewer_too_slow": gettext_noop("Watch the single pictures; ask for a better connection of this screen."),
}
FLAGS = {
    HealthFlag.FROZEN: (
        gettext_noop("The picture stands still: the same again and again."),
        gettext_noop("Restart the camera or its encoder; look whether its recorder sends a kept picture."),
    ),
    HealthFlag.DARK: (
        gettext_noop("The picture is black."),
        gettext_noop("Look at the lens cap, infrared light and day/night switch; a dark street needs a lamp."),
    ),
    HealthFlag.OVEREXPOSED: (
        gettext_noop("The picture is white."),
        gettext_noop("Look at exposure and backlight settings; turn the camera out of the sun or a lamp."),
    ),
    HealthFlag.FLAT: (
        gettext_noop("The picture shows nothing: one grey or blue area."),
        gettext_noop("The encoder has no signal: check the cable between camera and encoder."),
    ),
    HealthFlag.BLURRED: (
        gettext_noop("The picture is less sharp than it was."),
        gettext_noop("Clean the dome and focus anew; after that take the view as it is on the camera's page."),
    ),
    HealthFlag.COVERED: (
        gettext_noop("Something covers the lens."),
        gettext_noop("Somebody has to go and look: cloth, spray, leaves, a nest. It may be on purpose."),
    ),
    HealthFlag.TURNED: (
        gettext_noop("The camera looks elsewhere than it did."),
        gettext_noop("Turn it back. If it was turned on purpose, take the view as it is on the camera's page."),
    ),
    HealthFlag.CLOCK_SKEW: (
        gettext_noop("The camera's clock is wrong."),
        gettext_noop("Set its time server (NTP) and time zone."),
    ),
    HealthFlag.SLOW: (
        gettext_noop("It takes long until a picture comes."),
        gettext_noop("Look at the line's load and at other viewers; ask for a smaller picture."),
    ),
}  # fmt: skip
FLAG_VALUES = frozenset(HealthFlag.values)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, in the reader's language."""

    code: str
    what: str
    first: str


def trouble_of(code: str) -> Trouble:
    """A fault code or a flag in words; an unknown code is told as what it is."""
    if code in FLAG_VALUES:
        what, first = FLAGS[HealthFlag(code)]
        return Trouble(code, gettext(what), gettext(first))
    what = OTHER_FAULTS.get(code) or CameraFault(code).safe_message
    return Trouble(code, gettext(what), gettext(FIRST_STEPS.get(code, ADDRESS)))


def troubles_of(fault_code: str, flags: Iterable[str] = ()) -> list[Trouble]:
    """All that is wrong: the flags of now, else what a case was opened with (a code, or flags with commas between)."""
    codes = [*flags] or [code for code in fault_code.split(",") if code]
    return [trouble_of(code) for code in codes]
