"""Makes `bertweet/`: a small vocabulary and codes as fastBPE writes them, and the ids that BERTweet's tokenizer gives to texts.

    python make_bertweet_fixtures.py

Codes are learnt on the sentences of `make_subword_fixtures.py`. A piece that only one word has is left out of the vocabulary, as
rare pieces are, so that merges lead to parts that are no pieces. `ids.json` has, for each text, the ids alone and as a first text
before "in Paris", from `transformers`, whose tokenizer tells no places.
"""

import collections
import json
import random
import sys
from pathlib import Path

import transformers
from transformers import BertweetTokenizer

sys.path.insert(0, str(Path(__file__).parents[2] / "TestSupport"))
from make_tokenizer_fixtures import BLOCKS  # noqa: E402

HERE = Path(__file__).parent
FOLDER = HERE / "bertweet"
SENTENCES = (HERE / "make_subword_fixtures.py").read_text(encoding="utf-8").split('SENTENCES = """')[1].split('"""')[0]
MERGES = 260


def learn(words):
    """The merges of byte-pair encoding and the parts of every word."""
    parts = {word: [*word[:-1], word[-1] + "</w>"] for word in words}
    merges = []
    for _ in range(MERGES):
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(parts[word], parts[word][1:]):
                pairs[pair] += count
        if not pairs:
            break
        (first, second), count = max(pairs.items(), key=lambda item: (item[1], item[0]))
        merges.append((first, second, count))
        for word, old in parts.items():
            new = []
            for part in old:
                if new and new[-1] == first and part == second:
                    new[-1] = first + second
                else:
                    new.append(part)
            parts[word] = new
    return merges, parts


def main():
    words = collections.Counter(SENTENCES.split())
    merges, parts = learn(words)
    pieces = collections.Counter()
    for word, count in words.items():
        for index, part in enumerate(parts[word]):
            last = index == len(parts[word]) - 1
            pieces[part.removesuffix("</w>") if last else part + "@@"] += count
    FOLDER.mkdir(exist_ok=True)
    kept = [(piece, count) for piece, count in pieces.most_common() if count > 1]
    (FOLDER / "vocab.txt").write_text("".join(f"{piece} {count}\n" for piece, count in kept), encoding="utf-8")
    (FOLDER / "bpe.codes").write_text("".join(f"{a} {b} {count}\n" for a, b, count in merges), encoding="utf-8")
    (FOLDER / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "BertweetTokenizer", "normalization": False, "model_max_length": 128}) + "\n")
    tokenizer = BertweetTokenizer(str(FOLDER / "vocab.txt"), str(FOLDER / "bpe.codes"))

    draw = random.Random(7)
    known = sorted(words)
    texts = [*SENTENCES.strip().splitlines(), SENTENCES, "", " ", "a", "@@", "a@@ b@@", "</w>", "x</w>y", "in\nParis\n\nToday \n",
             "Rocky<mask>barked <unk> <s>", "tab\tand\x1cunit\u00a0space\u3000wide", "e\u0301 \u00e9", "\u0600</w>", "Pariſ PARIS paris"]
    for _ in range(600):
        text = ""
        for _ in range(draw.randrange(1, 9)):
            kind = draw.randrange(5)
            if kind < 2:
                text += draw.choice(known)
            elif kind == 2:
                text += draw.choice(" \n\t")
            elif kind == 3:
                word = draw.choice(known)
                text += word[:draw.randrange(1, len(word) + 1)]
            else:
                low, high = draw.choice(BLOCKS)
                text += "".join(chr(draw.randrange(low, high)) for _ in range(draw.randrange(1, 3)))
        texts.append("".join(c for c in text if not 0xD800 <= ord(c) < 0xE000))
    cases = [{
        "text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"],
        "pair": tokenizer(text, "in Paris")["input_ids"]} for text in texts]
    (FOLDER / "ids.json").write_text(json.dumps(
        {"versions": {"transformers": transformers.__version__}, "count": len(tokenizer), "cases": cases}, ensure_ascii=True) + "\n")


main()
