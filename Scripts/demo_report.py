#!/usr/bin/env python3
"""Shows what several models are worth: a table on the terminal and a page to look at, `FOLDER/report.html`.

For each model NAME=TITLE it reads FOLDER/scores/NAME.json (`shapca evaluate --json`) and FOLDER/found/NAME.jsonl
(`shapca predict`); the posts are those that were predicted on.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Mapping, Sequence
from urllib.parse import quote

TYPE_NAMES = {"MISC": "other", "PER": "person", "LOC": "place", "ORG": "organisation"}

STYLE = """
:root { --ink: #1f1b24; --quiet: #6d6875; --line: #e6e2ea; --paper: #fff; --ground: #faf8fb;
        --MISC: #f6c445; --PER: #ef8a9a; --LOC: #7cc48a; --ORG: #7fb2ee; }
@media (prefers-color-scheme: dark) {
    :root { --ink: #f0edf3; --quiet: #a59fae; --line: #38333f; --paper: #221e28; --ground: #18151c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 3rem 0 1rem; }
p.quiet, .quiet { color: var(--quiet); margin: 0; }
table { border-collapse: collapse; width: 100%; margin-top: 1.75rem; }
th, td { padding: .55rem .75rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { color: var(--quiet); font-weight: 500; font-size: .875rem; }
td { font-variant-numeric: tabular-nums; }
td.main { width: 34%; font-weight: 600; }
.bar { display: flex; align-items: center; gap: .6rem; justify-content: flex-end; }
.bar i { flex: 1; height: .7rem; border-radius: .35rem; background: var(--line); overflow: hidden; }
.bar b { display: block; height: 100%; border-radius: .35rem; background: #7c5cbf; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); }
article { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
article img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; }
article div { padding: .8rem 1rem; }
article div + div { border-top: 1px solid var(--line); }
dl { margin: 0; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0 0 .6rem; }
dd:last-child { margin: 0; }
mark { color: #1f1b24; border-radius: .3rem; padding: .1rem .3rem; white-space: nowrap; }
mark small { font-weight: 600; margin-left: .35rem; opacity: .75; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .875rem; }
"""


@dataclass(frozen=True)
class Model:
    """A model's title, its scores, and what it found in each post."""

    title: str
    scores: Mapping[str, Any]
    found: Mapping[str, Mapping[str, Any]]


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_model(folder: Path, name: str, title: str) -> Model:
    found = {line["id"]: line for line in records(folder / "found" / f"{name}.jsonl")}
    return Model(title, json.loads((folder / "scores" / f"{name}.json").read_text(encoding="utf-8")), found)


def percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"


def columns(models: Sequence[Model]) -> list[str]:
    return sorted({kind for model in models for kind in model.scores["perType"]})


# On the terminal


def table(models: Sequence[Model]) -> str:
    """Precision, recall, F1, and the F1 of each type, a model a line."""
    kinds = columns(models)
    width = max(len(model.title) for model in models)
    lines = [" " * width + "".join(f"{title:>11}" for title in ["precision", "recall", "F1", *kinds])]
    for model in models:
        overall, per_type = model.scores["overall"], model.scores["perType"]
        values = [overall["precision"], overall["recall"], overall["f1"]]
        values += [per_type.get(kind, {}).get("f1", 0) for kind in kinds]
        lines.append(f"{model.title:<{width}}" + "".join(f"{percent(value):>11}" for value in values))
    return "\n".join(lines)


def findings(model: Model, posts: Sequence[Mapping[str, Any]]) -> str:
    """What a model found in each post, a post a line."""
    lines = []
    for post in posts:
        entities = [f"{entity['text']} = {entity['type']} ({percent(entity['score'])} %)"
                    for entity in model.found[post["id"]]["entities"]]
        lines.append(f"  {post['text']}  [{post.get('context') or 'no context'}]")
        lines.append(f"    {', '.join(entities) or 'no names'}")
    return "\n".join(lines)


# On the page

# What HTML, XML or a terminal does not take as text, and what turns the direction of the text that follows.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def escape(value: object) -> str:
    """Text for use between tags and in attributes."""
    return html.escape(UNFIT.sub("\ufffd", str(value)))


def marked(post: Mapping[str, Any], entities: Sequence[Mapping[str, Any]]) -> str:
    """The post's text with what was found in it marked; offsets count Unicode scalars, as Python's strings do."""
    text, parts, position = post["text"], [], 0
    for entity in sorted(entities, key=lambda entity: entity["start"]):
        parts.append(escape(text[position:entity["start"]]))
        name = escape(text[entity["start"]:entity["end"]])
        kind = escape(entity["type"])
        meaning = TYPE_NAMES.get(entity["type"], kind)
        colour = f"var(--{kind})" if entity["type"] in TYPE_NAMES else "#cbb8f0"
        parts.append(f'<mark style="background: {colour}" title="{meaning}">{name}'
                     f'<small>{kind} {100 * entity["score"]:.0f} %</small></mark>')
        position = entity["end"]
    return "".join(parts) + escape(text[position:])


def score_rows(models: Sequence[Model]) -> str:
    rows = []
    for model in models:
        overall, per_type = model.scores["overall"], model.scores["perType"]
        cells = "".join(f"<td>{percent(per_type.get(kind, {}).get('f1', 0))}</td>" for kind in columns(models))
        rows.append(f'<tr><td>{escape(model.title)}</td><td class="main"><span class="bar"><i><b style="width: '
                    f'{percent(overall["f1"])}%"></b></i>{percent(overall["f1"])}</span></td><td>'
                    f'{percent(overall["precision"])}</td><td>{percent(overall["recall"])}</td>{cells}</tr>')
    return "\n".join(rows)


def card(post: Mapping[str, Any], models: Sequence[Model], picture: str) -> str:
    answers = "".join(f"<dt>{escape(model.title)}</dt><dd>{marked(post, model.found[post['id']]['entities'])}</dd>"
                      for model in models)
    image = f'<img src="{escape(picture)}" alt="" loading="lazy">' if picture else ""
    context = f'<div class="quiet">{escape(post.get("context") or "no context")}</div>'
    return f"<article>{image}{context}<div><dl>{answers}</dl></div></article>"


def page(title: str, models: Sequence[Model], posts: Sequence[Mapping[str, Any]], pictures: Path) -> str:
    """The whole page; pictures are linked relative to it from the folder `pictures`, none from outside of it."""
    def picture(post: Mapping[str, Any]) -> str:
        image = os.path.normpath(post.get("image") or "/")
        is_outside = image.startswith(("/", "../")) or image == ".."
        return "" if is_outside else quote((pictures / image).as_posix(), errors="replace")

    groups = "\n".join(
        f'<h2>“{escape(text)}”</h2><div class="grid">'
        + "\n".join(card(post, models, picture(post)) for post in group) + "</div>"
        for text, group in groupby(posts, key=lambda post: post["text"]))
    scores = models[-1].scores
    heads = "".join(f"<th>{escape(head)}</th>" for head in ["F1", "Precision", "Recall", *columns(models)])
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>
<style>{STYLE}</style>
<main>
<h1>{escape(title)}</h1>
<p class="quiet">Named entities in posts, exact span and type, in percent: {escape(scores['posts'])} posts of the
{escape(scores['split'])} split, {escape(scores['gold'])} entities.</p>
<table><thead><tr><th></th>{heads}</tr></thead><tbody>
{score_rows(models)}
</tbody></table>
{groups}
<footer>Text encoder {escape(scores['encoder'])}, image encoder {escape(scores.get('imageEncoder') or 'none')}, one seed;
dataset fingerprint {escape(scores['fingerprint'][:12])}. Beside each name: its type and the probability that the model
gives it.</footer>
</main>
</html>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--title", required=True)
    parser.add_argument("--posts", type=Path, required=True)
    parser.add_argument("models", nargs="+", metavar="NAME=TITLE")
    options = parser.parse_args()
    models = [read_model(options.folder, *model.split("=", 1)) for model in options.models]
    posts = records(options.posts)
    pictures = Path(os.path.relpath(options.posts.parent, options.folder))
    report = options.folder / "report.html"
    report.write_text(page(options.title, models, posts, pictures), encoding="utf-8")
    said = f"\n{models[-1].title} reads new posts:\n{findings(models[-1], posts)}\n\n{table(models)}\n\nsee {report}"
    print(UNFIT.sub("\ufffd", said))


if __name__ == "__main__":
    main()
