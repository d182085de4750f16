"""The demonstration's page marks what was found where it was found, and nothing in a post can break it."""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Scripts"))
import demo_report  # noqa: E402


class DemoReportTests(unittest.TestCase):
    def test_offsets_count_unicode_scalars(self) -> None:
        post = {"text": "☀️ with Zoë & 👩‍🚀 Rocky!"}
        start = post["text"].index("Rocky")
        text = demo_report.marked(post, [{"start": start, "end": start + 5, "type": "PER", "score": 0.5}])
        self.assertIn('title="person">Rocky<small>PER 50 %</small></mark>!', text)
        self.assertTrue(text.startswith("☀️ with Zoë &amp; 👩‍🚀 <mark"))

    def test_markup_in_a_post_stays_text(self) -> None:
        post = {"id": "1", "text": "<b>Rocky</b>", "context": "<script>", "image": 'a"b.png'}
        model = demo_report.Model("<i>", {}, {"1": {"entities": []}})
        card = demo_report.card(post, [model], "pictures/" + post["image"])
        for raw in ("<b>", "<script>", "<i>", 'a"b'):
            self.assertNotIn(raw, card)

    def test_a_page_is_made_of_what_shapca_prints(self) -> None:
        score = {"precision": 0.5, "recall": 1.0, "f1": 2 / 3}
        scores = {"overall": score, "perType": {"PER": score}, "posts": 2, "gold": 1, "split": "test", "encoder": "minilm",
                  "fingerprint": "0123456789abcdef"}
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            for name, content in (("scores/one.json", scores), ("found/one.jsonl", {"id": "1", "entities": []})):
                path = folder / name
                path.parent.mkdir()
                path.write_text(json.dumps(content) + "\n")
            model = demo_report.read_model(folder, "one", "One")
        posts = [{"id": "1", "text": "hello"}]
        self.assertIn("66.7", demo_report.table([model]))
        self.assertIn("no names", demo_report.findings(model, posts))
        self.assertIn("66.7", demo_report.page("Title", [model], posts, Path("corpus")))


if __name__ == "__main__":
    unittest.main()
