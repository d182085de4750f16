"""The corpora of ambiguous names are what they claim to be: only the picture, or its description, tells what a name
means, or, where that is asked for, only the words do."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import tempfile
import unittest
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

PROGRAM = Path(os.environ.get("BINARIES", ".build/release")).resolve() / "AmbiguousNames"
SPLITS = ("train", "valid", "test")
TYPES = ("LOC", "MISC", "ORG", "PER")


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def make(folder: Path, *arguments: object) -> None:
    subprocess.run([PROGRAM, folder, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(post: dict) -> list[str]:
    return [" ".join(post["tokens"][entity["start"]:entity["end"]]) for entity in post["entities"]]


def sentence(post: dict) -> str:
    """The words with `_` for each name."""
    words = list(post["tokens"])
    for entity in reversed(post["entities"]):
        words[entity["start"]:entity["end"]] = ["_"]
    return " ".join(words)


def types_of(posts: list[dict], key: Callable[[dict], str]) -> dict[str, Counter]:
    """How often what `key` makes of a post occurs with each type."""
    counts: dict[str, Counter] = {}
    for post in posts:
        counts.setdefault(key(post), Counter()).update([post["entities"][0]["type"]])
    return counts


class CorpusTests:
    """What holds for every corpus that the program makes."""

    arguments: tuple[object, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        cls.corpus = Path(cls.place.name, "corpus")
        make(cls.corpus, *cls.arguments)
        cls.posts = {split: records(cls.corpus / f"{split}.jsonl") for split in SPLITS}
        cls.contexts = {record["image"]: record["context"] for record in records(cls.corpus / "contexts.jsonl")}

    def test_posts_with_several_names_have_one_type(self) -> None:
        for post in (post for split in SPLITS for post in self.posts[split]):
            self.assertLessEqual(len({entity["type"] for entity in post["entities"]}), 1, post["id"])

    def test_where_the_picture_decides_every_text_has_every_type_equally_often(self) -> None:
        for split in SPLITS:
            undecided = [post for post in self.posts[split] if post["entities"] and not post["id"].endswith("-text")]
            self.assertTrue(undecided)
            for text, types in types_of(undecided, lambda post: " ".join(post["tokens"])).items():
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

    def test_names_are_where_the_entities_say(self) -> None:
        for post in (post for split in SPLITS for post in self.posts[split]):
            for name in names(post):
                self.assertTrue(name and all(word[0].isupper() for word in name.split()), post["id"])

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


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class DemonstrationTests(CorpusTests, unittest.TestCase):
    def test_it_has_its_size_and_plain_ids(self) -> None:
        self.assertEqual({split: len(self.posts[split]) for split in SPLITS}, {"train": 600, "valid": 150, "test": 200})
        for split in SPLITS:
            self.assertEqual([post["id"] for post in self.posts[split]],
                             [f"{split}-{index}" for index in range(len(self.posts[split]))])

    def test_there_are_posts_with_no_name_and_with_two(self) -> None:
        counts = Counter(len(post["entities"]) for split in SPLITS for post in self.posts[split])
        self.assertEqual(sorted(counts), [0, 1, 2])

    def test_a_seed_names_a_corpus(self) -> None:
        again, other = Path(self.place.name, "again"), Path(self.place.name, "other")
        make(again, 1, "--unrelated", 0)
        make(other, 2)
        self.assertTrue(contents(self.corpus) == contents(again))
        self.assertFalse(contents(self.corpus) == contents(other))


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class UnrelatedPicturesTests(CorpusTests, unittest.TestCase):
    arguments = ("--unrelated", 0.4)

    def decided(self, by: str, splits: Iterable[str] = SPLITS) -> list[dict]:
        return [post for split in splits for post in self.posts[split] if post["id"].endswith(f"-{by}")]

    def test_the_words_decide_in_the_share_that_was_asked_for(self) -> None:
        for split, size in (("train", 300), ("valid", 200), ("test", 800)):
            self.assertEqual(len(self.posts[split]), size)
            self.assertEqual(len(self.decided("text", [split])), round(0.4 * size))
            for index, post in enumerate(self.posts[split]):
                self.assertIn(post["id"], (f"{split}-{index}-picture", f"{split}-{index}-text"))

    def test_every_post_has_a_name(self) -> None:
        self.assertTrue(all(post["entities"] for split in SPLITS for post in self.posts[split]))

    def test_a_telling_sentence_has_one_type_and_any_other_every_type(self) -> None:
        telling = types_of(self.decided("text"), sentence)
        fitting = types_of(self.decided("picture"), sentence)
        self.assertFalse(set(telling) & set(fitting))
        for text, types in telling.items():
            self.assertEqual((len(types), text.split().count("_")), (1, 1), text)
        for text, types in fitting.items():
            self.assertEqual(sorted(types), list(TYPES), text)
        per_type = Counter(type for types in telling.values() for type in types)
        self.assertGreaterEqual(min(per_type[type] for type in TYPES), 10)

    def test_a_name_does_not_tell_the_type(self) -> None:
        for decider in ("picture", "text"):
            for split in SPLITS:
                for name, types in types_of(self.decided(decider, [split]), lambda post: names(post)[0]).items():
                    self.assertEqual([types[type] for type in TYPES], [types[TYPES[0]]] * len(TYPES), name)

    def test_where_the_words_decide_the_picture_is_of_anything(self) -> None:
        shown = {post["image"]: post["entities"][0]["type"] for post in self.decided("picture")}
        told = [post for post in self.decided("text") if post["image"] in shown]
        pairs = Counter((post["entities"][0]["type"], shown[post["image"]]) for post in told)
        expected = len(told) / len(TYPES) ** 2
        self.assertGreater(expected, 10)
        chi_squared = sum((pairs[named, pictured] - expected) ** 2 / expected for named in TYPES for pictured in TYPES)
        self.assertLess(chi_squared, 37.7, pairs)  # 99.9 % of independent draws (15 degrees of freedom)
        self.assertLess(sum(pairs[type, type] for type in TYPES), 0.4 * len(told))

    def test_sizes_and_shares_are_as_asked_for_and_a_seed_names_a_draw(self) -> None:
        def draw(name: str, seed: int) -> Path:
            folder = Path(self.place.name, name)
            make(folder, seed, "--unrelated", 0.5, "--train", 30, "--valid", 1, "--test", 10)
            return folder

        first, again, other = draw("first", 1), draw("again", 1), draw("other", 2)
        self.assertTrue(contents(first) == contents(again))
        self.assertFalse(contents(first) == contents(other))
        for split, size, told in (("train", 30, 15), ("valid", 1, 1), ("test", 10, 5)):
            ids = [post["id"] for post in records(first / f"{split}.jsonl")]
            self.assertEqual((len(ids), sum(id.endswith("-text") for id in ids)), (size, told))
            self.assertNotEqual((first / f"{split}.jsonl").read_bytes(), (other / f"{split}.jsonl").read_bytes())

    def test_either_may_decide_everywhere(self) -> None:
        for decider, share in (("picture", 0), ("text", 1)):
            folder = Path(self.place.name, decider)
            make(folder, "--unrelated", share, "--train", 8, "--valid", 8, "--test", 8)
            for split in SPLITS:
                for post in records(folder / f"{split}.jsonl"):
                    self.assertTrue(post["id"].endswith(f"-{decider}"), post["id"])


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class UsageTests(unittest.TestCase):
    def test_a_wrong_use_is_refused_with_a_reason_and_makes_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = str(Path(place, "corpus"))
            for arguments, reason in (
                ([], "no FOLDER"),
                ([folder, "one"], 'SEED cannot be "one"'),
                ([folder, "1", "2"], '"2" is one argument too many'),
                ([folder, "--unrelated"], "--unrelated has no value"),
                ([folder, "--unrelated", "-0.1"], "from 0 to 1"),
                ([folder, "--unrelated", "1.5"], "from 0 to 1"),
                ([folder, "--unrelated", "nan"], "from 0 to 1"),
                ([folder, "--train", "0"], "from 1 to 100000"),
                ([folder, "--valid", "100001"], "from 1 to 100000"),
                ([folder, "--test", "2.5"], "from 1 to 100000"),
                ([folder, "--unrelatd", "0.4"], "did you mean --unrelated?"),
            ):
                result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
                self.assertEqual(result.returncode, 64, arguments)
                self.assertIn(reason, result.stderr)
                self.assertIn("usage: AmbiguousNames FOLDER", result.stderr)
                self.assertFalse(Path(folder).exists(), arguments)

    def test_help_says_how_it_is_used(self) -> None:
        result = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
        self.assertIn("--unrelated SHARE", result.stdout)


if __name__ == "__main__":
    unittest.main()
