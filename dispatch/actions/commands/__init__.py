"""The command line: the parser understands, the selectors find, the actions of the house act."""

from dispatch.actions.commands.base import Outcome
from dispatch.actions.commands.run import Answered, command_run

__all__ = ["Answered", "Outcome", "command_run"]
