"""Row locks leave the key alone. Foreign keys are checked at commit, under a share lock of the key: a plain FOR UPDATE
there, with the audit head in between, is a deadlock (docs/adr/0011-locks.md)."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("siaga", "training", "dispatch", "recognition", "cameras", "places", "realtime", "accounts", "common")


def locks(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update"
    ]


def test_every_row_lock_leaves_the_key_alone() -> None:
    found = {path: locks(path) for app in APPS for path in (ROOT / app).rglob("*.py")}
    assert sum(len(calls) for calls in found.values()) >= 8
    assert [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, calls in found.items()
        for call in calls
        if not any(keyword.arg == "no_key" for keyword in call.keywords)
    ] == []
