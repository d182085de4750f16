"""A room imports what Package.swift declares and ARCHITECTURE.md's table says, and the build refuses what is not declared."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "Scripts"))
import rooms  # noqa: E402


def write(folder: Path, files: dict[str, str]) -> None:
    """Writes files, with their folders."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


class HouseTests(unittest.TestCase):
    """The sources, the package and the table say the same."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.graph = rooms.graph(CHECKOUT / "Sources")
        cls.table = rooms.table(CHECKOUT / "ARCHITECTURE.md")
        cls.order = list(cls.table)

    def test_the_table_says_what_the_sources_import(self) -> None:
        self.assertEqual(rooms.lines(self.table, self.order), rooms.lines(self.graph, self.order))

    def test_the_package_declares_what_the_sources_import(self) -> None:
        declared = {name: names for name, (_, names) in rooms.targets(CHECKOUT).items() if name in self.graph}
        self.assertEqual(rooms.lines(declared, self.order), rooms.lines(self.graph, self.order))

    def test_tests_benchmarks_and_examples_declare_what_they_import(self) -> None:
        self.assertEqual(rooms.undeclared(CHECKOUT), [])

    def test_a_room_imports_only_rooms_below_it(self) -> None:
        for name, imported in self.table.items():
            for other in imported:
                self.assertLess(self.order.index(name), self.order.index(other), f"{name} imports {other}")


class ScriptTests(unittest.TestCase):
    def test_imports_of_every_form_are_found_and_nothing_else(self) -> None:
        files = {
            "Sources/Hall/Door.swift": "import Foundation\npublic import Cellar\n@preconcurrency import Attic\n",
            "Sources/Hall/Stairs/Step.swift": "import struct Kitchen.Pan\n// import Garden\nlet important = 1\n",
            "Sources/Attic/Box.swift": "@_spi(Private) import Cellar\n",
            "Sources/Kitchen/Pan.swift": "import Kitchen\nlet text = \"import Cellar\"\n",
            "Sources/Cellar/Bottle.swift": "",
            "Sources/Garden/Tree.swift": "",
            "ARCHITECTURE.md": "| room | holds | imports |\n|---|---|---|\n| `Hall` | doors | Attic, Kitchen, Cellar |\n"
                               "| `Attic` | boxes | Cellar |\n| `Kitchen` | pans | Foundation |\n| `Cellar` | wine | |\n",
        }
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), files)
            imported = rooms.graph(Path(place, "Sources"))
            said = rooms.table(Path(place, "ARCHITECTURE.md"))
        self.assertEqual(rooms.lines(imported, list(said)),
                         ["Hall: Attic, Kitchen, Cellar", "Attic: Cellar", "Kitchen: -", "Cellar: -", "Garden: -"])
        self.assertEqual(said, {name: imported[name] for name in said})


class UndeclaredImportTests(unittest.TestCase):
    """`make build` refuses an undeclared import, by the options of `swift build` or by the script before it."""

    SOURCES = {
        "Sources/Bottom/Bottom.swift": "public let bottom = 1\n",
        "Sources/Middle/Middle.swift": "import Bottom\npublic let middle = bottom + 1\n",
        "Sources/Top/Top.swift": "import Bottom\nimport Middle\npublic let top = bottom + middle\n",
    }

    @classmethod
    def setUpClass(cls) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
        cls.commands = subprocess.run(
            ["make", "--no-print-directory", "-n", "build"], cwd=CHECKOUT, env=environment, check=True,
            capture_output=True, text=True).stdout.replace("\\\n", " ").splitlines()

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.package = Path(place.name)
        write(self.package, self.SOURCES)

    def declare(self, middle: str, top: str) -> None:
        """Writes a manifest with what two rooms depend on."""
        write(self.package, {"Package.swift": f"""\
            // swift-tools-version: 6.1
            import PackageDescription
            let package = Package(name: "House", targets: [
                .target(name: "Bottom"), .target(name: "Middle", dependencies: [{middle}]),
                .target(name: "Top", dependencies: [{top}]),
            ])
            """})

    def build(self) -> tuple[int, str]:
        """What `make build` would do with the package: the exit status and what was said."""
        line = next(line for line in self.commands if line.startswith("swift build"))
        options = shlex.split(line)[2:]
        place = options.index("--scratch-path")
        del options[place:place + 2]
        result = subprocess.run(["swift", "build", *options], cwd=self.package, capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def test_an_undeclared_import_fails_the_build_again_and_again_until_it_is_declared(self) -> None:
        write(self.package, {"Sources/Middle/Middle.swift": "public let middle = 2\n"})
        self.declare(middle="", top='"Middle"')
        self.build()
        for attempt in ("second", "third"):
            status, said = self.build()
            self.assertNotEqual(status, 0, f"the {attempt} build took the undeclared import:\n{said}")
            self.assertIn("Top imports another target (Bottom)", said, attempt)
        self.declare(middle="", top='"Middle", "Bottom"')
        status, said = self.build()
        self.assertEqual(status, 0, said)

    def test_an_import_that_only_another_room_declares_is_found_before_the_build(self) -> None:
        self.assertIn("Scripts/rooms.py --check", "\n".join(self.commands))
        self.declare(middle='"Bottom"', top='"Middle"')
        self.assertEqual(rooms.undeclared(self.package),
                         ["Top imports Bottom; declare it in Package.swift, or do not import it"])
        self.declare(middle='"Bottom"', top='"Middle", "Bottom"')
        self.assertEqual(rooms.undeclared(self.package), [])


if __name__ == "__main__":
    unittest.main()
