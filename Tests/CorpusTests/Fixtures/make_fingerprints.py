#!/usr/bin/env python3
"""Fingerprints of published datasets by hashlib: the oracle of `Fingerprint` and the source of `KnownDataset`.

usage: make_fingerprints.py DATA_FOLDER > fingerprints.json      (Python 3.8 or later, standard library only)

A post is the netstrings of: the file name of its picture, its content, its sorted entities, its sorted relations. A
split is the SHA-256 of the sorted SHA-256 digests of its posts. Digests only; nothing of the data can be read from them.
"""
import ast, hashlib, json, pathlib, platform, sys

NAMES = {
    "twitter2015": "Twitter-2015", "twitter2017": "Twitter-2017", "pictured-names": "pictured-names",
    "mnre": "MNRE v2", "jmere": "JMERE V1 (rebuilt)",
}


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


def mnre(path):
    for line in path.open(encoding="utf8"):
        post = ast.literal_eval(line)
        head, tail = ((*post[end]["pos"], "entity") for end in "ht")
        yield post["img_id"], post["token"], [head, tail], [(head, tail, post["relation"])]


def eega(path):
    for post in json.loads(path.read_text(encoding="utf8")):
        relations = set()
        for pair in (pair for pairs in post["label_list"] for pair in pairs):
            head, tail = ((*pair[end]["pos"], pair[end]["tags"]) for end in ("beg_ent", "sec_ent"))
            relations.add((head, tail, pair["relation"]))
        yield post["img_id"], post["token"], {end for relation in relations for end in relation[:2]}, relations


READERS = {"{split}.txt": conll, "{split}.jsonl": json_lines, "mnre_{split}.txt": mnre, "{split}.json": eega}


def read(folder, split):
    for pattern, reader in READERS.items():
        for name in {"valid": ("valid", "val")}.get(split, (split,)):
            path = folder / pattern.format(split=name)
            if path.exists():
                return reader(path)
    raise SystemExit(f"{folder}: no {split} split")


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
        digests = sorted(digest(*post) for post in read(folder / name, split))
        table[f"{title} {split}"] = hashlib.sha256(b"".join(digests)).hexdigest()
messages = ["", "abc", "a" * 55, "a" * 56, "a" * 63, "a" * 64, "a" * 119, "a" * 1000, "שלום 🐕"]
print(json.dumps({
    "python": platform.python_version(),
    "splits": table,
    "sha256": {message: hashlib.sha256(message.encode("utf8")).hexdigest() for message in messages},
}, indent=1, ensure_ascii=False))
