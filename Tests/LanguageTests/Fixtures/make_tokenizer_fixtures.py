"""Makes the tokenizer's fixtures: ids of `transformers` for random Unicode and digests for the published data sets.

    python make_tokenizer_fixtures.py MINILM_FOLDER DATA_FOLDER

Writes beside itself: `cased/` (a small cased vocabulary trained on the sentences below), `tokenizer-fuzz.json` (random
strings with their ids under MiniLM's uncased and the cased vocabulary, and digests under one in which every scalar is
a piece), `tokenizer-scalars.json` (a digest for every block of 256 scalars, each encoded between two letters) and
`tokenizer-digests.json` (FNV-1a over the id stream of every data set; the data itself is not copied).
"""

import ast
import json
import random
import struct
import sys
from pathlib import Path

import tokenizers
import transformers
from tokenizers.implementations import BertWordPieceTokenizer
from transformers import BertTokenizerFast

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "TestSupport"))
from deterministic_weights import fnv1a  # noqa: E402

SENTENCES = """
Rocky barked at the Postman while Paris Hilton flew to Paris, Texas.
The Café in Zürich serves crème brûlée, naïve façades and jalapeño soup.
İstanbul'da güneş doğuyor; Straße und Österreich grüßen GROSS.
Στην Αθήνα ο ήλιος λάμπει. Москва слезам не верит, Ёлка зелёная.
東京は晴れです。 中文分词 한국어 형태소 العربية שלום ไทย हिन्दी
Don't stop! #NBAAwards @Harry_Styles 10,000 fans :-) 50% off & more...
""".strip().split("\n")

BLOCKS = [
    (0x20, 0x7F), (0x00, 0x20), (0x80, 0x180), (0x180, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700),
    (0x700, 0x900), (0x900, 0xE00), (0xE00, 0x1200), (0x1700, 0x1B80), (0x1E00, 0x2000), (0x2000, 0x2070),
    (0x20A0, 0x2400), (0x2E00, 0x3100), (0x3100, 0x4E20), (0xA000, 0xABFF), (0xAC00, 0xAD00), (0xF900, 0x10000),
    (0x10000, 0x10A00), (0x10E00, 0x12000), (0x1D000, 0x1D200), (0x1F100, 0x1F700), (0x1F900, 0x1FB00),
    (0x2F800, 0x2FA20), (0xE0000, 0xE0200), (0xF0000, 0xF0010), (0x110, 0x10FFFF),
]
PIECES = ["[SEP]", "[CLS]", "[UNK]", "[MASK]", "[sep]", "##ing", "\u200d", "\ufe0f", "\u200e", " ", "\u3000", "e\u0301\u0323",
          "👩‍👩‍👧", "🇺🇸", "👍🏽", "don't", "playing", "İ", "ﬁ", "Straße", "한국어", "中文", "…"]
LONG = ["x" * 99, "y" * 100, "z" * 101, "é" * 100, "e\u0301" * 100, "é" * 101, "한" * 33, "한" * 34, "中" * 200]
LAST_SCALAR = 0x20000


def random_string(generator: random.Random) -> str:
    """A short string of a few neighbouring blocks, with words and oddities strewn in."""
    blocks = [generator.choice(BLOCKS) for _ in range(2)] + [BLOCKS[0]]
    parts = []
    for _ in range(generator.randrange(1, 10)):
        if generator.random() < 0.15:
            parts.append(generator.choice(PIECES))
            continue
        scalar = generator.randrange(*generator.choice(blocks))
        parts.append("a" if 0xD800 <= scalar < 0xE000 else chr(scalar))
    return "".join(parts)


def numbers(encoding) -> list[int]:
    """Id, word, start and end of every piece, one after the other."""
    result = []
    for index, word in enumerate(encoding.word_ids()):
        start, end = encoding.offset_mapping[index]
        result += [encoding.input_ids[index], word, start, end]
    return result


def digest(values: list[int]) -> str:
    return f"{fnv1a(struct.pack(f'<{len(values)}i', *values)):016x}"


def encode(tokenizer, text):
    return tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, padding=False,
                     is_split_into_words=isinstance(text, list))


def conll(path: Path) -> list[list[str]]:
    """The words of every post of a Twitter-15/17 file."""
    posts, post = [], None
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("IMGID:"):
            post = []
            posts.append(post)
        elif line.strip():
            post.append(line.split("\t")[0])
    return posts


def mnre(path: Path) -> list[list[str]]:
    """The words of every post of an MNRE file."""
    return [ast.literal_eval(line)["token"] for line in path.read_text(encoding="utf-8").split("\n") if line]


def scalar_tokenizer(**options) -> BertTokenizerFast:
    """A tokenizer in whose vocabulary every scalar begins a word and continues one."""
    vocabulary = {token: index for index, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])}
    for scalar in range(LAST_SCALAR):
        if 0xD800 <= scalar < 0xE000:
            continue
        vocabulary[chr(scalar)] = len(vocabulary)
        vocabulary["##" + chr(scalar)] = len(vocabulary)
    return BertTokenizerFast(vocab=vocabulary, **options)


def block_digests(tokenizer) -> list[str]:
    """A digest for every 256 scalars, each of which stands between two letters."""
    digests = []
    for start in range(0, LAST_SCALAR, 256):
        values = []
        for scalar in range(start, start + 256):
            if not 0xD800 <= scalar < 0xE000:
                values += numbers(encode(tokenizer, f"a{chr(scalar)}b"))
        digests.append(digest(values))
    return digests


def make_cased() -> None:
    folder = HERE / "cased"
    folder.mkdir(exist_ok=True)
    trainer = BertWordPieceTokenizer(lowercase=False)
    trainer.train_from_iterator(SENTENCES * 3, vocab_size=900, min_frequency=1, show_progress=False)
    trainer.save_model(str(folder))
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false}\n')


def main() -> None:
    minilm, data = Path(sys.argv[1]), Path(sys.argv[2])
    if not (HERE / "cased/vocab.txt").exists():
        make_cased()
    uncased = BertTokenizerFast.from_pretrained(minilm)
    cased = BertTokenizerFast.from_pretrained(HERE / "cased")
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__}

    scalars = {"uncased": scalar_tokenizer(do_lower_case=True), "cased": scalar_tokenizer(do_lower_case=False),
               "stripped": scalar_tokenizer(do_lower_case=False, strip_accents=True)}
    blocks = {name: block_digests(tokenizer) for name, tokenizer in scalars.items()}
    (HERE / "tokenizer-scalars.json").write_text(json.dumps({"versions": versions, "blocks": blocks}, indent=0) + "\n")

    generator = random.Random(20261123)
    lines = []
    for text in LONG + [random_string(generator) for _ in range(2900)]:
        case = {"text": text, "scalars": digest(numbers(encode(scalars["uncased"], text)))}
        for name, tokenizer in [("uncased", uncased), ("cased", cased)]:
            case[name] = encode(tokenizer, text).input_ids
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")))
    (HERE / "tokenizer-fuzz.json").write_text(
        '{"versions":%s,"cases":[\n%s\n]}\n' % (json.dumps(versions), ",\n".join(lines)), encoding="utf-8")

    digests = {}
    for name in ["twitter2015", "twitter2017", "mnre"]:
        if name == "mnre":
            posts = [post for split in ["train", "val", "test"] for post in mnre(data / f"mnre/mnre_{split}.txt")]
        else:
            posts = [post for split in ["train", "valid", "test"] for post in conll(data / f"{name}/{split}.txt")]
        words, text = [], []
        for post in posts:
            words += numbers(encode(uncased, post))
            text += numbers(encode(uncased, " ".join(post)))
        digests[name] = {"words": sum(map(len, posts)), "pieces": len(words) // 4, "wordsDigest": digest(words),
                         "textDigest": digest(text)}
    (HERE / "tokenizer-digests.json").write_text(json.dumps({"versions": versions, "sets": digests}, indent=1) + "\n")


if __name__ == "__main__":
    main()
