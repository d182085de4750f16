#!/usr/bin/env python3
"""Prints which room of Sources imports which others, a line a room, in the order of ARCHITECTURE.md's table.

With --check it prints instead what the targets import without declaring it in Package.swift, and then ends with status 1.
SwiftPM's own check lets an import pass whose room is declared by another room that is declared; this one does not.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
KINDS = "typealias|struct|class|enum|protocol|actor|let|var|func"
IMPORT = re.compile(rf"^[ \t]*(?:@\w+(?:\(\w+\))?\s+)*(?:\w+\s+)?import\s+(?:(?:{KINDS})\s+)?(\w+)", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|\s*$", re.MULTILINE)


def imports(folder: Path) -> set[str]:
    """The modules that the Swift files of a folder import, ours or not."""
    return {name for file in folder.rglob("*.swift") for name in IMPORT.findall(file.read_text(encoding="utf-8"))}


def graph(sources: Path) -> dict[str, set[str]]:
    """The rooms that each room imports; a room is a folder of Sources."""
    names = {folder.name for folder in sources.iterdir() if folder.is_dir()}
    return {name: imports(sources / name) & names - {name} for name in names}


def table(architecture: Path) -> dict[str, set[str]]:
    """The rooms that each row of the table says a room imports, from the top to the bottom; other words are no rooms."""
    rows = ROW.findall(architecture.read_text(encoding="utf-8"))
    names = {name for name, _ in rows}
    return {name: set(re.findall(r"\w+", cell)) & names for name, cell in rows}


def lines(imported: dict[str, set[str]], order: list[str]) -> list[str]:
    """A line a room with what it imports, both in the order of the table; rooms that the table lacks come last."""
    names = [name for name in order if name in imported] + sorted(set(imported) - set(order))
    return [f"{name}: {', '.join(sorted(imported[name], key=names.index)) or '-'}" for name in names]


def targets(package: Path) -> dict[str, tuple[Path, set[str]]]:
    """The folder of each target of a package, and the targets of the same package that it declares."""
    with tempfile.TemporaryDirectory() as scratch:
        written = subprocess.run(
            ["swift", "package", "--scratch-path", scratch, "dump-package"], cwd=package, check=True, capture_output=True,
            text=True).stdout
    described = json.loads(written)["targets"]
    names = {target["name"] for target in described}
    return {
        target["name"]: (
            package / (target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{target['name']}"),
            {dependency["byName"][0] for dependency in target["dependencies"] if "byName" in dependency} & names)
        for target in described
    }


def undeclared(package: Path) -> list[str]:
    """What the targets of a package import without declaring it, a line each."""
    found = targets(package)
    return [
        f"{name} imports {module}; declare it in Package.swift, or do not import it"
        for name, (folder, declared) in found.items()
        for module in sorted(imports(folder) & set(found) - declared - {name})
    ]


def main() -> None:
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(undeclared(CHECKOUT)) or None)
    order = list(table(CHECKOUT / "ARCHITECTURE.md"))
    print("\n".join(lines(graph(CHECKOUT / "Sources"), order)))


if __name__ == "__main__":
    main()
