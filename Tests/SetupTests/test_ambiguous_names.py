"""The demonstration corpus is what it claims to be: only the picture, or its description, tells what a name means."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import tempfile
import unittest
import zlib
from collections import Counter
from pathlib import Path

PROGRAM = Path(os.environ.get("BINARIES", ".build/release")).resolve() / "AmbiguousNames"
SPLITS = ("train", "valid", "test")
TYPES = ("LOC", "MISC", "ORG", "PER")


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class AmbiguousNamesTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        cls.corpus = Path(cls.place.name, "corpus")
        subprocess.run([PROGRAM, cls.corpus], check=True, stdout=subprocess.DEVNULL)
        cls.posts = {split: records(cls.corpus / f"{split}.jsonl") for split in SPLITS}
        cls.contexts = {record["image"]: record["context"] for record in records(cls.corpus / "contexts.jsonl")}

    def test_every_text_has_every_type_equally_often(self) -> None:
        for split in SPLITS:
            texts: dict[str, Counter] = {}
            for post in self.posts[split]:
                if post["entities"]:
                    types = {entity["type"] for entity in post["entities"]}
                    self.assertEqual(len(types), 1)
                    texts.setdefault(" ".join(post["tokens"]), Counter()).update(types)
            for text, types in texts.items():
                self.assertEqual(sorted(types), list(TYPES), text)
                self.assertEqual(len(set(types.values())), 1, text)

    def test_no_picture_is_shown_in_two_splits(self) -> None:
        shown = [{post["image"] for post in self.posts[split]} for split in SPLITS]
        self.assertEqual(sum(map(len, shown)), len(set().union(*shown)))

    def test_every_named_post_has_a_picture_or_a_context(self) -> None:
        missing = Counter()
        for post in (post for split in SPLITS for post in self.posts[split]):
            has_picture = (self.corpus / post["image"]).exists()
            has_context = Path(post["image"]).name in self.contexts
            self.assertTrue(has_picture or has_context, post["id"])
            missing.update(picture=not has_picture, context=not has_context)
        self.assertGreater(missing["picture"], 0)
        self.assertGreater(missing["context"], 0)

    def test_there_are_posts_with_no_name_and_with_two(self) -> None:
        counts = Counter(len(post["entities"]) for split in SPLITS for post in self.posts[split])
        self.assertEqual(sorted(counts), [0, 1, 2])

    def test_names_are_where_the_entities_say(self) -> None:
        for post in (post for split in SPLITS for post in self.posts[split]):
            for entity in post["entities"]:
                name = post["tokens"][entity["start"]:entity["end"]]
                self.assertTrue(name and all(word[0].isupper() for word in name), post["id"])

    def test_pictures_are_sound_png_files(self) -> None:
        for path in (self.corpus / "images").iterdir():
            content = path.read_bytes()
            self.assertEqual(content[:8], b"\x89PNG\r\n\x1a\n")
            chunks, position = {}, 8
            while position < len(content):
                length, = struct.unpack_from(">I", content, position)
                named = content[position + 4:position + 8 + length]
                checksum, = struct.unpack_from(">I", content, position + 8 + length)
                self.assertEqual(zlib.crc32(named), checksum, path)
                chunks[named[:4]] = named[4:]
                position += length + 12
            width, height = struct.unpack_from(">II", chunks[b"IHDR"])
            self.assertEqual(len(zlib.decompress(chunks[b"IDAT"])), height * (1 + 3 * width), path)

    def test_the_same_seed_makes_the_same_bytes_and_another_does_not(self) -> None:
        def corpus(name: str, seed: int) -> dict[str, bytes]:
            folder = Path(self.place.name, name)
            subprocess.run([PROGRAM, folder, str(seed)], check=True, stdout=subprocess.DEVNULL)
            return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

        again, other = corpus("again", 1), corpus("other", 2)
        first = {str(path.relative_to(self.corpus)): path.read_bytes()
                 for path in self.corpus.rglob("*") if path.is_file()}
        self.assertTrue(first == again)
        self.assertFalse(first == other)

    def test_a_wrong_use_says_how_it_is_used(self) -> None:
        result = subprocess.run([PROGRAM], capture_output=True, text=True)
        self.assertEqual(result.returncode, 64)
        self.assertIn("usage", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
