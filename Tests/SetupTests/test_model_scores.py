"""Tests of model_scores.py: one scorer for all models, and the posts that are made for them."""

import random
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "Scripts"
sys.path.insert(0, str(SCRIPTS))
import model_scores  # noqa: E402
import pictured_posts  # noqa: E402


def post(identifier, *spans, words="the Oslo sun over Bergen"):
    return {"id": identifier, "tokens": words.split(),
            "entities": [{"start": start, "end": end, "type": kind} for start, end, kind in spans]}


class ModelScoresTests(unittest.TestCase):
    def test_exact_spans_of_annotated_types_count(self):
        gold = [post("1", (1, 2, "LOC"), (4, 5, "PER")), post("2")]
        found = [post("1", (1, 2, "LOC"), (3, 5, "PER"), (0, 1, "MISC")), post("2", (0, 1, "MISC"))]
        score = model_scores.score(gold, found, ("PER", "LOC", "ORG"))
        self.assertEqual(score, model_scores.Score(gold=2, predicted=2, correct=1))
        self.assertEqual(score.f1, 50)
        self.assertEqual(model_scores.score(gold, found, model_scores.TYPES), model_scores.Score(2, 4, 1))

    def test_answers_to_other_posts_are_refused(self):
        with self.assertRaisesRegex(ValueError, "answer to 1 is that to 2"):
            model_scores.score([post("1")], [post("2")], model_scores.TYPES)

    def test_posts_lose_their_pictures_and_contexts_or_get_drawn_ones(self):
        pictured = [dict(post("1"), image="a.png", context="a town"), post("2")]
        self.assertEqual(model_scores.with_images(pictured, None), [post("1"), post("2")])
        drawn = model_scores.with_images(pictured, ["x.png"], random.Random(1))
        self.assertEqual(drawn, [dict(post("1"), image="x.png"), dict(post("2"), image="x.png")])

    def test_a_name_is_replaced_under_a_picture_of_its_type(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("PER", "LOC", "ORG"):
                (Path(folder) / kind).mkdir()
                (Path(folder) / kind / f"{kind}.png").write_bytes(b"")
            count = model_scores.RENAMED_POSTS // 3
            kinds = {"PER": (1, 2, "PER"), "LOC": (1, 2, "LOC"), "ORG": (1, 2, "ORG")}
            posts = [post(f"{kind}{index}", span) for kind, span in kinds.items() for index in range(count + 5)]
            posts += [post("two", (1, 2, "LOC"), (4, 5, "LOC"))]
            made = model_scores.renamed_posts(posts, Path(folder), random.Random(3))
        self.assertEqual(len(made), model_scores.RENAMED_POSTS)
        names = pictured_posts.lines_of(model_scores.UNSEEN_NAMES)
        for item in made:
            (span,) = item["entities"]
            self.assertIn(" ".join(item["tokens"][span["start"]:span["end"]]), names)
            self.assertEqual((item["tokens"][0], item["tokens"][span["end"]:]), ("the", ["sun", "over", "Bergen"]))
            self.assertEqual(Path(item["image"]).stem, span["type"])

    def test_the_names_are_not_among_those_of_training(self):
        trained, unseen = (pictured_posts.lines_of(names) for names in (pictured_posts.NAMES, model_scores.UNSEEN_NAMES))
        self.assertGreaterEqual(len(set(unseen)), 40)
        self.assertFalse(set(trained) & set(unseen))


if __name__ == "__main__":
    unittest.main()
