"""Tests of pictured_posts.py: posts whose picture tells what a name stands for."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "Scripts"
sys.path.insert(0, str(SCRIPTS))
import pictured_posts  # noqa: E402

WNUT = "@a\tO\nmet\tO\nAda\tB-person\nLee\tI-person\n\nthe\tO\nOslo\tB-location\nsun\tO\n\nno\tO\nname\tO\n\n"
TWEEBANK = "-DOCSTART- -X- -X- O\n\nAcme\t-\t-\tB-ORG\nand\t-\t-\tO\nBolt\t-\t-\tB-MISC\n"


class PicturedPostsTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        for name, text in (("wnut17", WNUT), ("tweebank", TWEEBANK)):
            folder = self.root / "open" / name
            folder.mkdir(parents=True)
            for split in ("train", "valid"):
                (folder / f"{split}.txt").write_text(text)
        for kind in pictured_posts.TYPES:
            folder = self.root / "pictures" / kind
            folder.mkdir(parents=True)
            for index in range(20):
                (folder / f"{index}.png").write_bytes(f"{kind} {index}".encode())

    def make(self, name="made", **options):
        arguments = [str(self.root / name), "--pictures", str(self.root / "pictures"), "--open", str(self.root / "open"),
                     "--train", "200", "--valid", "40"]
        for option, value in options.items():
            arguments += [f"--{option}", str(value)]
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(pictured_posts.main(arguments), 0)
        return {split: [json.loads(line) for line in (self.root / name / f"{split}.jsonl").read_text().splitlines()]
                for split in ("train", "valid")}

    def picture(self, post, name="made"):
        return (self.root / name / post["image"]).read_text()

    def test_annotations_are_read(self):
        file = self.root / "open/wnut17/train.txt"
        self.assertEqual(pictured_posts.read(file)[0], (["@a", "met", "Ada", "Lee"], [(2, 4, "PER")]))
        file = self.root / "open/tweebank/train.txt"
        self.assertEqual(pictured_posts.read(file), [(["Acme", "and", "Bolt"], [(0, 1, "ORG"), (2, 3, "MISC")])])

    def test_pictures_decide_or_have_nothing_to_do_with_the_post(self):
        posts = self.make(unrelated=0.25)
        for split, count in (("train", 200), ("valid", 40)):
            deciding = [post for post in posts[split] if post["id"].endswith("-picture")]
            self.assertEqual((len(posts[split]), len(deciding)), (count, count * 3 // 4))
            for post in deciding:
                (entity,) = post["entities"]
                self.assertEqual(self.picture(post).split()[0], entity["type"])
                name = " ".join(post["tokens"][entity["start"]:entity["end"]])
                self.assertIn(name, pictured_posts.lines_of(pictured_posts.NAMES))
            types = {post["entities"][0]["type"] for post in deciding}
            self.assertEqual(types, set(pictured_posts.TYPES))
            self.assertNotIn("PER", "".join(post["image"] for post in posts[split]))

    def test_splits_share_no_name_and_no_picture(self):
        posts = self.make(unrelated=0)
        names = {split: {" ".join(post["tokens"][post["entities"][0]["start"]:post["entities"][0]["end"]])
                         for post in posts[split]} for split in posts}
        pictures = {split: {self.picture(post) for post in posts[split]} for split in posts}
        self.assertFalse(names["train"] & names["valid"])
        self.assertFalse(pictures["train"] & pictures["valid"])

    def test_the_same_seed_makes_the_same_posts(self):
        first = self.make("first")
        self.assertEqual(self.make("second"), first)
        self.assertNotEqual(self.make("third", seed=2), first)

    def test_every_sentence_has_one_place_for_a_name(self):
        sentences = pictured_posts.lines_of(pictured_posts.SENTENCES)
        self.assertGreater(len(sentences), 50)
        self.assertTrue(all(sentence.split().count("_") == 1 for sentence in sentences))
        names = pictured_posts.lines_of(pictured_posts.NAMES)
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
