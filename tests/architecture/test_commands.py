"""The document of the command line says what the table says."""

from pathlib import Path

from dispatch.rules.commands.table import COMMANDS
from dispatch.rules.commands.types import Command

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def row_of(command: Command) -> str:
    """A line of the document's table."""
    verbs = " ".join(f"`{word}`" for word in (command.verb, *command.aliases))
    ways = " or ".join(f"`{way}`" for way in command.usage("en").split(" | "))
    examples = ", ".join(f"`{example}`" for example in command.examples)
    return f"| {verbs} | {ways} | {command.help('en')} | `{command.permission}` | {examples} |"


def test_the_document_lists_every_command_as_it_is() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.partition("## The commands")[2].partition("## Over HTTP")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert rows == [row_of(command) for command in COMMANDS]
