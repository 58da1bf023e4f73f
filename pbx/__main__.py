"""`python -m pbx asterisk|freeswitch|baresip|aml|spool`: see `--help` of each, and docs/pbx.md.

Exit codes: 0 stopped by a signal, 2 wrong arguments or an unreadable file, 3 the spool cannot be used, 1 anything else.
"""

import argparse
import asyncio
import json
import logging
import signal
import ssl
import stat
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from pbx import aml, asterisk, baresip, freeswitch
from pbx.calls import Calls
from pbx.link import Intake, keep_up
from pbx.pauses import MAX_S, Pauses
from pbx.sender import Sender
from pbx.spool import Spool, SpoolUnusable
from pbx.webhook import Target

log = logging.getLogger("pbx")

EXIT_USAGE = 2
EXIT_SPOOL = 3
SECRET_CHARS_MIN = 16
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

Session = Callable[[Intake], Awaitable[None]]
Adapter = Callable[[argparse.Namespace, Calls], Session]
Kinds: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Group: TypeAlias = "argparse._ArgumentGroup"


def main(arguments: list[str] | None = None) -> int:
    """Run one adapter until SIGTERM or SIGINT; says the exit code. Wrong arguments raise SystemExit(2)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("panoramisk").setLevel(logging.CRITICAL)  # its lines hold numbers and the password
    try:
        return int(options.run(parser, options))
    except SpoolUnusable as error:
        sys.stderr.write(f"pbx: the spool cannot be used: {error}\n")
        return EXIT_SPOOL


def _adapter_run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    target = _target(parser, options)
    adapter = _adapter(parser, options)
    with closing(Spool(options.spool)) as spool:
        asyncio.run(_serve(spool, target, adapter, options))
    log.info("stopped")
    return 0


async def _serve(spool: Spool, target: Target, adapter: Adapter, options: argparse.Namespace) -> None:
    calls = Calls(spool.calls())
    sender = Sender(spool, target, pauses=Pauses(max_s=options.pause_max_s))
    intake = Intake(spool, calls, wake=sender.wake, pauses=Pauses(max_s=options.pause_max_s))
    session = adapter(options, calls)
    counts = spool.counts()
    log.info("started: %d events wait, %d were refused, %d calls", counts.waiting, counts.dead, len(calls.known()))
    await _until_stopped(sender.run(), keep_up(lambda: session(intake), intake.pauses))


async def _until_stopped(*work: Coroutine[Any, Any, None]) -> None:
    """Run until a signal comes, or one of them fails: then that error ends the process."""
    tasks = asyncio.gather(*work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, tasks.cancel)
    try:
        await tasks
    except asyncio.CancelledError:
        log.info("stopping: what waits stays where it is")


def _aml_run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    target = _target(parser, options)
    if not options.folder.is_dir():
        parser.error(f"--folder: {options.folder} is no folder")
    asyncio.run(_until_stopped(aml.run(options.folder, target, Pauses(max_s=options.pause_max_s))))
    log.info("stopped")
    return 0


def _adapter(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Adapter:
    """The adapter that was asked for, with its password read."""
    if options.adapter == "baresip":
        return lambda _, calls: _baresip(options, calls)
    if not options.context and not options.queue:
        parser.error("say which calls are meant: --context or --queue")
    if options.host not in LOOPBACK:
        log.warning("the exchange is another machine: numbers and the password cross the network in clear")
    password = _secret_read(parser, options.password_file, "--password-file", chars_min=1)
    if options.adapter == "asterisk":
        return lambda _, calls: _asterisk(options, calls, password)
    return lambda _, calls: _freeswitch(options, calls, password)


def _asterisk(options: argparse.Namespace, calls: Calls, password: str) -> Session:
    account = asterisk.Account(options.host, options.port, options.user, password)
    state = asterisk.State(calls, frozenset(options.context), frozenset(options.queue))
    return lambda intake: asterisk.session(account, state, intake)


def _freeswitch(options: argparse.Namespace, calls: Calls, password: str) -> Session:
    account = freeswitch.Account(options.host, options.port, password)
    state = freeswitch.State(calls, frozenset(options.context), frozenset(options.queue))
    return lambda intake: freeswitch.session(account, state, intake)


def _baresip(options: argparse.Namespace, calls: Calls) -> Session:
    address, state = baresip.Address(options.host, options.port), baresip.State(calls)
    return lambda intake: baresip.session(address, state, intake)


def _spool_run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Say what a spool holds; with --retry-refused, while no adapter runs, let refused events wait again."""
    if not options.spool.exists():
        parser.error(f"there is no {options.spool}")
    with closing(Spool(options.spool, exclusive=options.retry_refused)) as spool:
        revived = spool.revive() if options.retry_refused else 0
        sys.stdout.write(json.dumps(asdict(spool.counts()) | {"revived": revived}) + "\n")
    return 0


def _target(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Target:
    parts = urlsplit(options.webhook)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        parser.error("--webhook must be an address like https://siaga.example/api/v1/pbx/LINK/events/")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        log.warning("the webhook is not https: numbers of callers cross the network in clear")
    secret = _secret_read(parser, options.secret_file, "--secret-file", chars_min=SECRET_CHARS_MIN)
    return Target(options.webhook, secret, _tls(parser, options.ca_file) if parts.scheme == "https" else None)


def _tls(parser: argparse.ArgumentParser, ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        parser.error(f"--ca-file: {ca_file}: {error.strerror or error}")


def _secret_read(parser: argparse.ArgumentParser, path: Path, option: str, *, chars_min: int) -> str:
    """The one line of a file."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"{option}: {path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}")
    if len(text) < chars_min or "\n" in text:
        parser.error(f"{option}: {path}: one line of at least {chars_min} characters is needed")
    if mode & stat.S_IROTH:
        log.warning("%s: every user of this machine can read it; chmod 600", path)
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pbx", description="Carries a telephone exchange's calls to Siaga.")
    kinds = parser.add_subparsers(required=True, metavar="asterisk|freeswitch|baresip|aml|spool")
    one = _adapter_parser(kinds, "asterisk", port=5038, help="Asterisk, by its manager interface (AMI)")
    one.add_argument("--user", required=True, help="the user in manager.conf")
    _exchange_options(one, "the file with that user's secret")
    two = _adapter_parser(kinds, "freeswitch", port=8021, help="FreeSWITCH, by its event socket (ESL)")
    _exchange_options(two, "the file with the password of event_socket.conf")
    _adapter_parser(kinds, "baresip", port=4444, help="a softphone at a desk, by baresip's module ctrl_tcp")
    _aml_parser(kinds)
    four = kinds.add_parser("spool", help="says what a spool holds, as JSON")
    four.add_argument("--spool", type=Path, required=True, metavar="FILE", help="the adapter's spool")
    four.add_argument(
        "--retry-refused", action="store_true", help="let refused events wait again; stop the adapter first"
    )
    four.set_defaults(run=_spool_run, log_level="warning")
    return parser


def _aml_parser(kinds: Kinds) -> None:
    text = "positions that phones send by text (AML), from a folder of the SMS Server Tools"
    parser = kinds.add_parser("aml", help=text, description=text)
    _siaga_options(parser, "aml")
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="the folder of received texts")
    parser.set_defaults(run=_aml_run)


def _adapter_parser(
    kinds: Kinds,
    name: str,
    *,
    port: int,
    help: str,  # noqa: A002
) -> argparse.ArgumentParser:
    """What every adapter is told."""
    parser = kinds.add_parser(name, help=help, description=help)
    siaga = _siaga_options(parser, "events")
    siaga.add_argument(
        "--spool", type=Path, required=True, metavar="FILE", help="where events wait (SQLite, made if new)"
    )
    exchange = parser.add_argument_group("exchange")
    exchange.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    exchange.add_argument("--port", type=int, default=port, help="default: %(default)s")
    parser.set_defaults(run=_adapter_run, adapter=name)
    return parser


def _siaga_options(parser: argparse.ArgumentParser, what: str) -> Group:
    siaga = parser.add_argument_group("Siaga")
    siaga.add_argument("--webhook", required=True, metavar="URL", help=f"https://HOST/api/v1/pbx/LINK/{what}/")
    siaga.add_argument("--secret-file", type=Path, required=True, metavar="FILE", help="the link's secret, in one line")
    siaga.add_argument("--ca-file", type=Path, metavar="FILE", help="trust these authorities, not the system's (PEM)")
    parser.add_argument("--pause-max-s", type=_seconds, default=MAX_S, help="longest pause between tries; %(default)s")
    levels = ("debug", "info", "warning", "error")
    parser.add_argument("--log-level", choices=levels, default="info", help="default: %(default)s")
    return siaga


def _exchange_options(parser: argparse.ArgumentParser, secret_help: str) -> None:
    parser.add_argument("--password-file", type=Path, required=True, metavar="FILE", help=secret_help)
    parser.add_argument(
        "--context", action="append", default=[], help="calls of this dialplan context; may be repeated"
    )
    parser.add_argument("--queue", action="append", default=[], help="calls that join this queue; may be repeated")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("between 0 and 3600")
    return value


if __name__ == "__main__":
    sys.exit(main())
