"""The demonstration's page marks what was found where it was found, and nothing in a post can break it."""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Scripts"))
import demo_report  # noqa: E402


ELEMENTS = {"html", "meta", "title", "style", "main", "h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "span",
            "i", "b", "div", "article", "img", "dl", "dt", "dd", "mark", "small", "footer"}


class Elements(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.sources: list[str] = []
        self.styles: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        self.styles += [value or "" for name, value in attrs if name == "style"]

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


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

    def test_no_text_of_a_post_or_a_score_is_markup(self) -> None:
        hostile = ["<img src=x onerror=alert(1)>", "</style><script>alert(1)</script>", "\"' onload='alert(1)", "]]>",
                   "<!--", "x); background: url(http://x.example/", "a\x00\x1b\u202e\u2066\ud800\uffff",
                   "javascript:alert(1)", "https://x.example/y.png", "../secret.png", "/etc/passwd", "|", "</main></html>"]
        score = {"precision": 0.5, "recall": 1.0, "f1": 2 / 3}
        for text in hostile:
            with self.subTest(text):
                entities = [{"start": 0, "end": 3, "type": text, "text": text, "score": 0.5}]
                scores = {"overall": score, "perType": {text: score}, "posts": text, "gold": text, "split": text,
                          "encoder": text, "imageEncoder": text, "fingerprint": text}
                model = demo_report.Model(text, scores, {text: {"entities": entities}})
                post = {"id": text, "text": text, "context": text, "image": text}
                page = demo_report.page(text, [model], [post], Path("."))
                page.encode()
                found = Elements(page)
                self.assertLessEqual(found.names, ELEMENTS)
                self.assertFalse([name for name in found.attributes if name.startswith("on")])
                self.assertRegex("".join(page.split("\n")), r"\A[^\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]*\Z")
                for source in found.sources:
                    self.assertEqual(urllib.parse.urlsplit(source)[:2], ("", ""))
                    self.assertFalse(source.startswith(("/", "..")))
                for style in found.styles:
                    self.assertNotIn("url", style)

    def test_pictures_are_linked_from_the_folder_of_the_posts(self) -> None:
        model = demo_report.Model("m", {"overall": {"precision": 0, "recall": 0, "f1": 0}, "perType": {}, "posts": 1,
                                        "gold": 0, "split": "test", "encoder": "e", "fingerprint": "f"},
                                  {"1": {"entities": []}})

        def sources(image: str) -> list[str]:
            return Elements(demo_report.page("t", [model], [{"id": "1", "text": "x", "image": image}],
                                             Path("../posts"))).sources

        self.assertEqual(sources("images/1.png"), ["../posts/images/1.png"])
        self.assertEqual(sources("a b&#?%.png"), ["../posts/a%20b%26%23%3F%25.png"])
        for outside in ("../1.png", "images/../../1.png", "/1.png", ".."):
            self.assertEqual(sources(outside), [], outside)

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
