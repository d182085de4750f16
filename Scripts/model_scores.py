#!/usr/bin/env python3
"""Measures models of PER, LOC, ORG and MISC on posts that they were never trained on, beside spaCy's en_core_web_sm.

    model_scores.py MODEL... --data DIR --output FILE [--binaries DIR] [--work DIR] [--spacy PYTHON]

The MODELs are one recipe with several seeds; the table has their means. --data has twitter2015, twitter2017,
pictured-names and so on, where they are at hand; what is missing is left out and said. The open data sets are those of
Data/. One function scores all answers: exact spans and types among the types that are annotated.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Sequence

import open_pictures
import pictured_posts

ROOT = Path(__file__).resolve().parent.parent
TYPES = ("PER", "LOC", "ORG", "MISC")
# Names that people, places and organizations have; none is among those of pictured_posts.py.
UNSEEN_NAMES = """
Austin | Aurora | Bentley | Brady | Cadbury | Carolina | Chad | Charlotte | Chase | Chelsea | Dakota | Dell | Denver | Dixon |
Elizabeth | Everton | Florence | Ford | Georgetown | Hudson | Israel | Jordan | Kellogg | Kent | Kimberly | Lincoln |
Lourdes | Madison | Mercedes | Orlando | Paris | Phoenix | Raleigh | Savannah | Siena | Sydney | Trinity | Victoria |
Washington | Wellington
""".replace("\n", " ").split("|")
RENAMED_POSTS = 300

Post = dict
Entities = set[tuple[int, int, str]]


@dataclass
class Score:
    """Counts of gold, predicted and correct entities."""
    gold: int = 0
    predicted: int = 0
    correct: int = 0

    @property
    def f1(self) -> float:
        return 200 * self.correct / max(1, self.gold + self.predicted)


@dataclass
class TestSet:
    """Posts with their gold entities.

    `annotated`: the types that its annotators looked for; answers of other types do not count.
    """
    name: str
    posts: list[Post]
    images: Path | None = None
    annotated: tuple[str, ...] = TYPES

    def where(self, name: str, holds: Callable[[Post], bool]) -> "TestSet":
        return TestSet(name, [post for post in self.posts if holds(post)], self.images, self.annotated)


def entities(post: Post, annotated: Iterable[str] = TYPES) -> Entities:
    return {(span["start"], span["end"], span["type"]) for span in post["entities"] if span["type"] in annotated}


def score(posts: Sequence[Post], answers: Sequence[Post], annotated: Iterable[str]) -> Score:
    total = Score()
    for post, answer in zip(posts, answers, strict=True):
        if post["id"] != answer["id"]:
            raise ValueError(f"the answer to {post['id']} is that to {answer['id']}")
        gold, found = entities(post, annotated), entities(answer, annotated)
        total = Score(total.gold + len(gold), total.predicted + len(found), total.correct + len(gold & found))
    return total


def with_images(posts: list[Post], images: Sequence[str] | None, drawn: random.Random | None = None) -> list[Post]:
    """The posts without pictures, or each with one that is drawn."""
    bare = [{key: value for key, value in post.items() if key not in ("image", "context")} for post in posts]
    if images and drawn:
        for post in bare:
            post["image"] = drawn.choice(images)
    return bare


def renamed_posts(posts: list[Post], pictures: Path, drawn: random.Random) -> list[Post]:
    """Posts with one entity, whose name has been replaced by an ambiguous one, under a picture of the entity's type."""
    names = pictured_posts.lines_of(UNSEEN_NAMES)
    kinds = ("PER", "LOC", "ORG")
    files = {kind: sorted((pictures / kind).iterdir()) for kind in kinds}
    made = []
    for kind in kinds:
        fitting = [post for post in posts if len(post["entities"]) == 1 and post["entities"][0]["type"] == kind]
        for post in drawn.sample(fitting, RENAMED_POSTS // len(kinds)):
            span = post["entities"][0]
            words, spans = pictured_posts.replaced(
                post["tokens"], (span["start"], span["end"], kind), drawn.choice(names).split())
            made.append({"id": f"{post['id']}-{kind}", "tokens": words, "image": str(drawn.choice(files[kind])),
                         "entities": [{"start": start, "end": end, "type": kind} for start, end, kind in spans]})
    return made


class Measurement:
    """Runs models over sets, and keeps every answer in a folder of work."""

    def __init__(self, binaries: Path, work: Path, models: Sequence[Path], spacy: Path) -> None:
        self.shapca, self.work, self.models, self.spacy = binaries / "shapca", work, models, spacy
        work.mkdir(parents=True, exist_ok=True)

    def converted(self, folder: Path, name: str) -> list[Post]:
        """The test split of a dataset of any format, as posts with words."""
        lines = self.work / f"{name}-lines"
        if not lines.exists():
            subprocess.run([self.shapca, "data", "convert", folder, "--output", lines], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return read_lines((lines / "test.jsonl").read_text(encoding="utf-8"))

    def answers(self, model: Path, posts: list[Post], options: Sequence[str]) -> list[Post]:
        source = self.work / "posts.jsonl"
        write_lines(source, [{key: value for key, value in post.items() if key != "entities"} for post in posts])
        found = self.work / "found.jsonl"
        subprocess.run([self.shapca, "predict", "--model", model, "--input", source, "--output", found,
                        "--precision", "fp32", *options], check=True, stderr=subprocess.DEVNULL)
        return read_lines(found.read_text(encoding="utf-8"))

    def scores(self, test: TestSet, posts: list[Post], options: Sequence[str] = ()) -> list[Score]:
        """One score a model."""
        return [score(posts, self.answers(model, posts, options), test.annotated) for model in self.models]

    def spacy_score(self, test: TestSet) -> Score:
        found = subprocess.run([self.spacy, ROOT / "Scripts/spacy_entities.py"], input="".join(
            json.dumps(post) + "\n" for post in test.posts), capture_output=True, text=True, check=True).stdout
        return score(test.posts, read_lines(found), test.annotated)


def read_lines(text: str) -> list[Post]:
    return [json.loads(line) for line in text.splitlines() if line]


def write_lines(path: Path, records: Iterable[dict]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def retyped(posts: list[Post], types: dict[str, str]) -> list[Post]:
    for post in posts:
        for span in post["entities"]:
            span["type"] = types.get(span["type"], span["type"])
    return posts


def absolute_images(posts: list[Post], folder: Path) -> list[Post]:
    for post in posts:
        if "image" in post:
            post["image"] = str((folder / post["image"]).resolve())
    return posts


def mean(scores: Sequence[Score]) -> str:
    values = [score.f1 for score in scores]
    return f"{statistics.fmean(values):.1f}"


def text_sets(measurement: Measurement, data: Path) -> list[TestSet]:
    sets = []
    for name, title, types in (("twitter2017", "Twitter-17", {}), ("twitter2015", "Twitter-15", {"OTHER": "MISC"})):
        if (data / name).exists():
            sets.append(TestSet(title, retyped(measurement.converted(data / name, name), types)))
        else:
            print(f"{title} is left out: there is no {data / name}", file=sys.stderr)
    sets.append(TestSet("Tweebank", measurement.converted(ROOT / "Data/tweebank", "tweebank")))
    wnut = measurement.converted(ROOT / "Data/wnut17", "wnut17")
    sets.append(TestSet("WNUT-17", retyped(wnut, pictured_posts.RENAMED)))
    broad = measurement.converted(ROOT / "Data/broad-twitter", "broad-twitter")
    sets.append(TestSet("Broad Twitter", broad, annotated=("PER", "LOC", "ORG")))
    return sets


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--binaries", type=Path, default=ROOT / ".build/release")
    parser.add_argument("--work", type=Path, default=ROOT / "runs/model-scores")
    parser.add_argument("--spacy", type=Path, required=True, help="the Python that has spaCy and its model")
    options = parser.parse_args(arguments)
    measurement = Measurement(options.binaries, options.work, options.models, options.spacy)
    sets = text_sets(measurement, options.data)
    seeds = len(options.models)
    bare = {test.name: measurement.scores(test, with_images(test.posts, None)) for test in sets}
    parts = [f"F1 on test splits, means over {seeds} seed{'s' if seeds > 1 else ''}, fp32.", "", text_table(measurement, sets, bare)]
    pictured = [name for name in ("pictured-names", "pictured-names-hard", "pictured-names-unseen")
                if (options.data / name).exists()]
    unseen = options.work / "unseen-pictures"
    if not unseen.exists():
        open_pictures.collect(unseen, unseen=True)
    parts += ["", picture_table(measurement, options.data, pictured, sets, unseen)]
    photographs = [str(file.resolve()) for folder in ("mnre/images", "twitter-toy")
                   for file in sorted((options.data / folder).rglob("*.jpg"))]
    parts += ["", wrong_picture_table(measurement, sets, bare, unseen, photographs)]
    options.output.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print(f"{options.output} is written")
    return 0


def text_table(measurement: Measurement, sets: Sequence[TestSet], bare: dict[str, list[Score]]) -> str:
    rows = []
    for test in sets:
        ours = bare[test.name]
        rows.append([test.name, str(len(test.posts)), str(ours[0].gold), f"{measurement.spacy_score(test).f1:.1f}",
                     mean(ours), ", ".join(f"{score.f1:.1f}" for score in ours)])
    return table(["test set", "posts", "gold", "spaCy en_core_web_sm", "social-en", "by seed"], rows)


def picture_table(measurement: Measurement, data: Path, names: Sequence[str], sets: Sequence[TestSet],
                  unseen: Path) -> str:
    tests = []
    for name in names:
        posts = absolute_images(read_lines((data / name / "test.jsonl").read_text(encoding="utf-8")), data / name)
        whole = TestSet(name, posts)
        kinds = {post["id"].rsplit("-", 1)[-1] for post in posts}
        if {"picture", "text"} <= kinds:
            tests.append(whole.where(f"{name}, the picture decides", lambda post: post["id"].endswith("picture")))
            tests.append(whole.where(f"{name}, the words decide", lambda post: post["id"].endswith("text")))
        else:
            tests.append(whole)
    broad = next(test for test in sets if test.name == "Broad Twitter")
    tests.append(TestSet("Broad Twitter, renamed", renamed_posts(broad.posts, unseen, random.Random(7)),
                         annotated=broad.annotated))
    rows = []
    for test in tests:
        without, with_them = (measurement.scores(test, posts) for posts in (with_images(test.posts, None), test.posts))
        rows.append([test.name, str(len(test.posts)), str(without[0].gold), mean(without), mean(with_them)])
    return table(["test set", "posts", "gold", "without pictures", "with pictures"], rows)


def wrong_picture_table(measurement: Measurement, sets: Sequence[TestSet], bare: dict[str, list[Score]], unseen: Path,
                        photographs: Sequence[str]) -> str:
    rows = []
    for test in (test for test in sets if test.name in ("Tweebank", "WNUT-17", "Broad Twitter")):
        drawn = random.Random(11)
        wrong = [str(file.resolve()) for kind in ("PER", "LOC", "ORG") for file in sorted((unseen / kind).iterdir())]
        variants = [with_images(test.posts, images, drawn) for images in (wrong, photographs) if images]
        cells = [mean(bare[test.name]), *(mean(measurement.scores(test, posts)) for posts in variants)]
        rows.append([test.name, *cells, *["not at hand"] * (3 - len(cells))])
    return table(["test set", "no picture", "a drawing, emblem or face", "a photograph of another post"], rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
