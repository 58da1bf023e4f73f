"""A real Asterisk on loopback, with the samples of deploy/pbx/asterisk as its dialplan, queue and manager user."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.pbx.conftest import ROOT
from tests.pbx.exchanges import PASSWORD
from tests.pbx.sip import free_port

SAMPLES = ROOT / "deploy" / "pbx" / "asterisk"
MODULE_FOLDERS = [Path("/usr/lib/asterisk/modules"), *Path("/usr/lib").glob("*/asterisk/modules")]
DATA = Path("/usr/share/asterisk")
START_S = 90.0
MODULES = (
    "app_dial", "app_exec", "app_queue", "app_read", "bridge_builtin_features", "bridge_simple", "bridge_softmix",
    "chan_pjsip", "codec_ulaw", "format_pcm", "func_callerid", "func_channel", "func_logic", "pbx_config",
    "res_musiconhold", "res_pjproject", "res_pjsip", "res_pjsip_caller_id", "res_pjsip_endpoint_identifier_anonymous",
    "res_pjsip_endpoint_identifier_user", "res_pjsip_header_funcs", "res_pjsip_nat", "res_pjsip_refer",
    "res_pjsip_pubsub", "res_pjsip_sdp_rtp", "res_pjsip_session", "res_rtp_asterisk", "res_sorcery_astdb",
    "res_sorcery_config", "res_sorcery_memory", "res_timing_timerfd",
)  # fmt: skip
ASTERISK = """[directories]
astetcdir => {folder}
astmoddir => {modules}
astvarlibdir => {folder}/lib
astdbdir => {folder}/lib
astkeydir => {folder}/lib
astdatadir => {data}
astagidir => {folder}/lib
astspooldir => {folder}/lib
astrundir => {folder}
astlogdir => {folder}
[options]
languageprefix = yes
"""
PJSIP = """[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{sip}

[anonymous]
type = endpoint
context = from-trunk
disallow = all
allow = ulaw
direct_media = no
"""
DESK = """
[{extension}]
type = endpoint
aors = {extension}
context = desks
disallow = all
allow = ulaw
direct_media = no

[{extension}]
type = aor
contact = sip:{extension}@127.0.0.1:{port}
"""
# What a transfer leads to is the exchange's own affair: the samples say nothing of it.
DESKS = """
[desks]
exten => _20X,1,Dial(PJSIP/${EXTEN},20)
"""


class Asterisk:
    """One exchange. `desks` are phones on loopback: extension and port."""

    def __init__(self, folder: Path, desks: dict[str, int]) -> None:
        self.sip, self.ami = free_port(), free_port()
        self._folder = folder
        self._desks = desks

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Asterisk"]:
        """From the first answer of the manager interface to the end."""
        self._configure()
        with (self._folder / "asterisk.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                "asterisk", "-f", "-C", str(self._folder / "asterisk.conf"), cwd=self._folder,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await self._answers(process)
            yield self
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _configure(self) -> None:
        self._folder.mkdir()
        (self._folder / "lib").mkdir()
        modules = next(path for path in MODULE_FOLDERS if path.is_dir())
        manager = (SAMPLES / "manager.conf").read_text(encoding="utf-8")
        manager = manager.replace("CHANGE-ME", PASSWORD).replace("port = 5038", f"port = {self.ami}")
        desks = "".join(DESK.format(extension=extension, port=port) for extension, port in self._desks.items())
        files = {
            "asterisk.conf": ASTERISK.format(folder=self._folder, modules=modules, data=DATA),
            "modules.conf": "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in MODULES),
            "logger.conf": "[logfiles]\nmessages = notice,warning,error\n",
            "pjsip.conf": PJSIP.format(sip=self.sip) + desks,
            "manager.conf": manager,
            "queues.conf": (SAMPLES / "queues.conf").read_text(encoding="utf-8"),
            "extensions.conf": (SAMPLES / "extensions.conf").read_text(encoding="utf-8") + DESKS,
            "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 29998\n",
            "musiconhold.conf": "",
            "features.conf": "",
            "cdr.conf": "[general]\nenable = no\n",
        }
        for name, text in files.items():
            (self._folder / name).write_text(text)

    async def _answers(self, process: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(START_S):
            while not self._is_up():
                assert process.returncode is None, (self._folder / "asterisk.log").read_text(errors="replace")
                await asyncio.sleep(0.1)
            booted = await asyncio.create_subprocess_exec(
                "asterisk", "-C", str(self._folder / "asterisk.conf"), "-rx", "core waitfullybooted",
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            assert await booted.wait() == 0

    def _is_up(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.ami), timeout=1):
            return True
        return False
