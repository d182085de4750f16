#!/usr/bin/env python3
"""Fingerprints of published datasets by hashlib: the oracle of `Fingerprint` and the source of `KnownDataset`.

usage: make_fingerprints.py DATA_FOLDER > fingerprints.json      (Python 3.8 or later, standard library only)

A post is the netstrings of: the file name of its picture, its content, its sorted entities, its sorted relations. A
split is the SHA-256 of the sorted SHA-256 digests of its posts. Digests only; nothing of the data can be read from them.
"""
import hashlib, json, pathlib, platform, sys

NAMES = {"twitter2015": "Twitter-2015", "twitter2017": "Twitter-2017", "pictured-names": "pictured-names"}


def entities(tags):
    """Spans by conlleval's rule, written independently of the Swift reader."""
    spans, previous = [], "O"
    for position, tag in enumerate(tags):
        if tag != "O":
            if tag[0] == "B" or previous[2:] != tag[2:]:
                spans.append([position, position + 1, tag[2:]])
            else:
                spans[-1][1] = position + 1
        previous = tag
    return spans


def conll(path):
    image, rows = None, []
    for line in path.read_text(encoding="utf8").split("\n") + [""]:
        if line.startswith("IMGID:"):
            image = line[6:] + ".jpg"
        elif line == "":
            if rows:
                yield image, [row[0] for row in rows], entities([row[1] for row in rows]), []
            rows = []
        else:
            rows.append(line.split("\t"))


def json_lines(path):
    for line in path.open(encoding="utf8"):
        post = json.loads(line)
        spans = [[e["start"], e["end"], e["type"]] for e in post["entities"]]
        relations = [(spans[r["head"]], spans[r["tail"]], r["type"]) for r in post["relations"]]
        yield post["image"].split("/")[-1], post["tokens"], spans, relations


def netstring(text):
    data = text.encode("utf8")
    return str(len(data)).encode() + b":" + data + b","


def digest(image, tokens, spans, relations):
    write = "{} {} {}".format
    annotations = sorted(write(*span).encode("utf8") for span in spans)
    annotations += sorted(f"{write(*h)} > {write(*t)} {kind}".encode("utf8") for h, t, kind in relations)
    parts = [image, f"tokens {len(tokens)}", *tokens, *(a.decode("utf8") for a in annotations)]
    return hashlib.sha256(b"".join(map(netstring, parts))).digest()


folder, table = pathlib.Path(sys.argv[1]), {}
for name, title in NAMES.items():
    for split in ("train", "valid", "test"):
        path = folder / name / f"{split}.txt"
        posts = conll(path) if path.exists() else json_lines(path.with_suffix(".jsonl"))
        digests = sorted(digest(*post) for post in posts)
        table[f"{title} {split}"] = hashlib.sha256(b"".join(digests)).hexdigest()
messages = ["", "abc", "a" * 55, "a" * 56, "a" * 63, "a" * 64, "a" * 119, "a" * 1000, "שלום 🐕"]
print(json.dumps({
    "python": platform.python_version(),
    "splits": table,
    "sha256": {message: hashlib.sha256(message.encode("utf8")).hexdigest() for message in messages},
}, indent=1, ensure_ascii=False))
