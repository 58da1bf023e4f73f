"""Migrations that make many tables at once."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class TablesAtOnce(SeparateDatabaseAndState):
    """New tables with all that these operations come to in the end: fields, indexes, constraints.

    Django renders all related models anew after every single operation, which for seventy tables takes most of a
    minute; here they are rendered once. Only for operations of one migration that makes whole tables and nothing else.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(database_operations=[], state_operations=list(operations))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """What was rendered before is dropped, so that nothing is rendered in between."""
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables as the last operation leaves them; foreign keys come when all are there."""
        for operation in self._tables():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop them, the last one first."""
        for operation in reversed(self._tables()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def _tables(self) -> list[CreateModel]:
        return [operation for operation in self.state_operations if isinstance(operation, CreateModel)]
