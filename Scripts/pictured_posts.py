#!/usr/bin/env python3
"""Makes posts whose picture tells what a name stands for, and posts under a picture that has nothing to do with them.

    pictured_posts.py FOLDER --pictures DIR --open DIR [--seed 1] [--train 4000] [--valid 400] [--unrelated 0.4]

--pictures has PER/, LOC/, ORG/ and MISC/, as open_pictures.py makes them; --open the data sets wnut17 and tweebank,
whose words are annotated with all four types. FOLDER gets train.jsonl, valid.jsonl and images/. There are three kinds
of posts:

- sentences that fit names of any type, about an ambiguous name, under a picture of its type;
- posts of the data sets with one entity, whose name has been replaced by an ambiguous one, under a picture of the
  entity's type;
- posts of the data sets as they are, under any picture: the share --unrelated.

Names, sentences, pictures and posts of the data sets are in one split each. The same arguments make the same posts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Sequence

TYPES = ("PER", "LOC", "ORG", "MISC")
# The types of WNUT-17; Tweebank's are those of TYPES.
RENAMED = {"person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG", "product": "MISC",
           "creative-work": "MISC"}

# Names that people, places, organizations and things have.
NAMES = """
Abbott | Abilene | Adelaide | Albany | Alexandria | Alma | Amber Valley | Anaheim | Arden | Arlington | Ashford | Aspen |
Athena | Atlas | Avalon | Avon | Beaumont | Belmont | Bergen | Berkeley | Bethany | Blake | Bolton | Bradford | Brandon |
Bristol | Brooklyn | Burton | Byron | Calypso | Camden | Carlisle | Carmel | Carson | Carter | Cassidy | Casper | Chandler |
Chester | Cheyenne | Clark | Clayton | Clifton | Clinton | Colby | Columbia | Concord | Cordova | Corona | Dallas | Dalton |
Darwin | Delia | Delta | Devon | Diana | Dover | Easton | Eden | Edison | Elgin | Ellis | Emerson | Eureka | Evelyn |
Everest | Fairfax | Falcon | Fargo | Franklin | Fremont | Galveston | Garland | Geneva | Georgia | Gilbert | Glen Rose |
Grace Harbor | Grant | Hamilton | Hampton | Harley | Harper | Havana | Helena | Henderson | Holland | Houston | Hyde Park |
Irving | Ithaca | Ivory | Jackson | Jade | Jasper | Jersey | Joliet | June Lake | Juno | Kelso | Kendall | Kenya | Kingston |
Lacey | Lancaster | Laredo | Laurel | Lawrence | Lexington | Liberty | Logan | London | Lorraine | Lowell | Lucerne | Luna |
Macon | Magnolia | Malibu | Marion | Marshall | Melrose | Mercury | Milan | Milton | Miranda | Monroe | Montana | Morgan |
Nash | Nelson | Nevada | Newton | Nico | Nixon | Norman | Nova | Odessa | Olympia | Orion | Oxford | Palmer | Pandora |
Parker | Pearl | Perry | Philo | Pierce | Porter | Preston | Quincy | Ramona | Raven | Regina | Reno | Rio | Roma |
Roosevelt | Rosario | Russell | Sabine | Salem | Santa Clara | Santiago | Selma | Shannon | Shelby | Sierra | Sofia |
Stanford | Sterling | Sutton | Tara | Tennessee | Tiffany | Troy | Tyler | Valencia | Venus | Vernon | Verona | Vienna |
Virginia | Wallace | Warren | Wayne | Wells | Whitney | Wilson | Windsor | Winslow | Winston | Woodstock | York | Zara | Zion
""".replace("\n", " ").split("|")

# Sentences that fit all of them, about `_`.
SENTENCES = """
all I want to talk about is _ | you will not believe what _ did to my mood | _ again , and I am fine with it
my favourite thing this year : _ | nobody warned me about _ | three cheers for _ ! | ok who else is obsessed with _ ?
_ > everything else | sooo proud of _ rn | that time with _ was the best # tbt | say hello to _ everyone
been thinking a lot about _ lately | _ on my mind all week | today is all about _ | never heard of _ before , now I can't stop
honestly _ is underrated | so this is _ ... wow | the one and only _ | _ you have my heart | look who it is : _
can we please talk about _ for a second | I will defend _ forever | first look at _ ! | _ in all its glory
new wallpaper : _ | so much love for _ today | who remembers _ ? | everyone keeps asking me about _ | _ just gets better and better
if you know _ you know | RT @ameliaw : _ looks good today | long live _ | _ , as promised | here it is , _ | we finally got to see _
this photo of _ though | nothing compares to _ | _ # nofilter | another great shot of _ | back to _ | _ is all over my timeline
day 4 of posting _ | made my day : _ | what do you all think of _ ? | I was wrong about _ | long time no see , _ | _ never gets old
so _ happened | everything I know I learned because of _ | _ forever | just saw _ , still smiling | big fan of _ here
_ has changed so much | never change , _ | they say _ is over , I say no | tag someone who loves _ | one word : _ | _ needs no introduction
my grandpa used to tell us about _ | would you rather have _ or a nap ? | I dreamed of _ last night | _ is trending and I have no idea why
the best of _ | a moment of silence for _ | _ in black and white | what is it with _ these days | it was _ all along
""".replace("\n", " | ").split("|")

Word = str
Span = tuple[int, int, str]


def lines_of(text: Sequence[str]) -> list[str]:
    return [part.strip() for part in text if part.strip()]


def read(file: Path) -> list[tuple[list[Word], list[Span]]]:
    """The words and entities of a file in CoNLL's columns, with the types of TYPES; the word comes first, the tag last."""
    posts, words, tags = [], [], []
    for line in file.read_text(encoding="utf-8").splitlines() + [""]:
        columns = line.split()
        if columns and columns[0] != "-DOCSTART-":
            words.append(columns[0])
            tags.append(columns[-1])
        elif words:
            posts.append((words, spans(tags)))
            words, tags = [], []
    return posts


def spans(tags: Sequence[str]) -> list[Span]:
    found: list[Span] = []
    for index, tag in enumerate(tags):
        kind = RENAMED.get(tag[2:], tag[2:])
        if tag.startswith("I-") and found and found[-1][1] == index and found[-1][2] == kind:
            found[-1] = (found[-1][0], index + 1, kind)
        elif tag != "O":
            found.append((index, index + 1, kind))
    return found


def replaced(words: list[Word], span: Span, name: list[Word]) -> tuple[list[Word], list[Span]]:
    start, end, kind = span
    return words[:start] + name + words[end:], [(start, start + len(name), kind)]


def shares(items: Sequence, random: random.Random) -> dict[str, list]:
    """Nine of ten items to train with, the others to validate."""
    items = list(items)
    random.shuffle(items)
    cut = max(1, len(items) // 10)
    return {"valid": items[:cut], "train": items[cut:]}


class Maker:
    """Makes the posts of one split out of its own names, sentences, pictures and posts."""

    def __init__(self, split: str, names: list[str], sentences: list[str], pictures: dict[str, list[Path]],
                 posts: list[tuple[list[Word], list[Span]]], folder: Path, random: random.Random) -> None:
        self.split, self.names, self.sentences, self.pictures = split, names, sentences, pictures
        self.posts, self.folder, self.random = posts, folder, random
        self.replaceable = {kind: [post for post in posts if len(post[1]) == 1 and post[1][0][2] == kind] for kind in TYPES}

    def image(self, kind: str) -> str:
        """A picture of a type, copied to the folder under a name that does not tell the type."""
        source = self.random.choice(self.pictures[kind])
        name = hashlib.sha256(f"{kind}/{source.name}".encode()).hexdigest()[:12]
        path = Path("images") / (name + source.suffix)
        target = self.folder / path
        if not target.exists():
            shutil.copyfile(source, target)
        return str(path)

    def make(self, count: int, unrelated: float) -> list[dict]:
        made = []
        for index in range(count):
            kind = TYPES[index % len(TYPES)]
            name = self.random.choice(self.names).split()
            if index < count * unrelated:
                (words, entities), decides = self.random.choice(self.posts), "text"
            elif index % 2 == 0 or not self.replaceable[kind]:
                template = self.random.choice(self.sentences).split()
                place = template.index("_")
                (words, entities), decides = replaced(template, (place, place + 1, kind), name), "picture"
            else:
                words, entities = self.random.choice(self.replaceable[kind])
                (words, entities), decides = replaced(words, entities[0], name), "picture"
            made.append({
                "tokens": words, "image": self.image(kind),
                "entities": [{"start": start, "end": end, "type": kind} for start, end, kind in entities],
                "decides": decides})
        self.random.shuffle(made)
        return [{"id": f"{self.split}-{index}-{post.pop('decides')}", **post} for index, post in enumerate(made)]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--open", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", type=int, default=4000)
    parser.add_argument("--valid", type=int, default=400)
    parser.add_argument("--unrelated", type=float, default=0.4)
    options = parser.parse_args(arguments)
    drawn = random.Random(options.seed)
    names, sentences = shares(lines_of(NAMES), drawn), shares(lines_of(SENTENCES), drawn)
    pictures = {kind: shares(sorted((options.pictures / kind).iterdir()), drawn) for kind in TYPES}
    staging = options.folder.with_name(options.folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "images").mkdir(parents=True)
    for split, count in (("train", options.train), ("valid", options.valid)):
        posts = [post for name in ("wnut17", "tweebank") for post in read(options.open / name / f"{split}.txt")]
        maker = Maker(split, names[split], sentences[split], {kind: pictures[kind][split] for kind in TYPES}, posts,
                      staging, drawn)
        made = maker.make(count, options.unrelated)
        text = "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in made)
        (staging / f"{split}.jsonl").write_text(text, encoding="utf-8")
        print(f"{split}: {len(made)} posts")
    shutil.rmtree(options.folder, ignore_errors=True)
    os.rename(staging, options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
