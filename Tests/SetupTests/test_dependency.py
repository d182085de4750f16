"""A package that depends on this one by its path builds, and the Swift program of README.md finds names with a model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "Scripts"))
import rooms  # noqa: E402

BINARIES = Path(os.path.abspath(os.environ.get("BINARIES", CHECKOUT / ".build/release")))
# Beside the folder of the main build and apart from it; kept, so that only what has changed is built again.
FOLDER = BINARIES.parent.with_name(BINARIES.parent.name + "-dependency")
BLOCK = re.compile(r"^```swift\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MODEL = re.compile(r'"[^"\n]*\bmodel"')
SENTENCE = re.compile(r'"([^"\n]* [^"\n]*)"')
MANIFEST = """\
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
    name: "Reader",
    dependencies: [.package(path: {path})],
    targets: [.executableTarget(name: "Reader", dependencies: [{products}])]
)
"""


def run(command: list[str | Path], **options: object) -> str:
    """What a command prints; what it said instead where it fails."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


def write(path: Path, content: str) -> None:
    """Writes a file if it says something else, so that what is built from it stays built."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != content:
        path.write_text(content)


def program() -> str:
    """The first Swift block of README.md."""
    block = BLOCK.search((CHECKOUT / "README.md").read_text())
    if block is None:
        raise AssertionError("README.md has no block that begins with ```swift; add one that imports Extraction")
    return block.group(1)


@unittest.skipUnless((BINARIES / "shapca").exists(), f"{BINARIES}/shapca is not built")
class DependencyTests(unittest.TestCase):
    def train(self, folder: Path) -> Path:
        """A model of a few posts with ambiguous names, trained for one epoch without pictures."""
        corpus = folder / "corpus"
        run([BINARIES / "AmbiguousNames", corpus])
        for split, count in (("train", 420), ("valid", 56)):
            path = corpus / f"{split}.jsonl"
            path.write_text("".join(path.read_text().splitlines(keepends=True)[:count]))
        run([BINARIES / "shapca", "train", CHECKOUT / "Configurations/ambiguous-names.yaml", "--data", corpus,
             "--contexts", corpus / "contexts.jsonl", "--output", folder / "run", "--set", "training.epochs=1",
             "--set", "picture.encoder=none"])
        return folder / "run/model"

    def build(self, source: str) -> Path:
        """The program of a package that depends on the checkout."""
        imported = sorted(set(rooms.IMPORT.findall(source)) & set(rooms.graph(CHECKOUT / "Sources")))
        self.assertIn("Extraction", imported, "the block of README.md does not import Extraction")
        identity = CHECKOUT.name.lower()
        products = ", ".join(f'.product(name: "{name}", package: "{identity}")' for name in imported)
        package = FOLDER / "package"
        write(package / "Package.swift", MANIFEST.format(path=json.dumps(str(CHECKOUT)), products=products))
        write(package / "Sources/Reader/main.swift", source)
        options = ["--package-path", package, "--scratch-path", FOLDER / "build"]
        run(["swift", "build", *options])
        return Path(run(["swift", "build", *options, "--show-bin-path"]).strip()) / "Reader"

    def test_the_program_of_the_readme_finds_names(self) -> None:
        source = program()
        self.assertRegex(source, MODEL, "the block of README.md has no path of a model folder, which ends in model")
        with tempfile.TemporaryDirectory() as place:
            model = self.train(Path(place))
            # The path stands in the environment's place of the README's, so that the program is built once.
            link = FOLDER / "model"
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(model)
            self.addCleanup(link.unlink)
            reader = self.build(MODEL.sub(json.dumps(str(link)), source))
            printed = run([reader])
        words = {word for text in SENTENCE.findall(source) for word in text.split() if word[0].isupper()}
        self.assertTrue(any(word in printed for word in words), f"none of {sorted(words)} in:\n{printed}")


if __name__ == "__main__":
    unittest.main()
