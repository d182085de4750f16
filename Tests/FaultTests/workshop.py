"""What the tests of faults work with: the program, an encoder of a few thousand weights, a corpus that it learns in
seconds, pictures of a few pixels, and what two results are compared by. All of it is made here, from a fixed seed."""

from __future__ import annotations

import atexit
import functools
import json
import os
import random
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

PROGRAM = Path(os.environ.get("BINARIES", ".build/release")).resolve() / "shapca"
SEED = int(os.environ.get("SEED") or 1)
# Seconds after which a command that should long have ended has hung.
PATIENCE = 300
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "shapca")
TAGGER = CACHE / "models" / "en-core-web-sm-3.8.0"
needs_the_program = unittest.skipUnless(PROGRAM.exists() and TAGGER.exists(),
                                        f"{PROGRAM} is not built, or {TAGGER} not fetched: run make build")

WIDTH, INNER_WIDTH, LAYERS, POSITIONS = 16, 32, 2, 48
NAMES = {
    "PER": ["Anna", "Bruno", "Clara", "David", "Emma", "Felix"],
    "LOC": ["Paris", "Rome", "Oslo", "Lima", "Cairo", "Quito"],
    "ORG": ["Acme", "Globex", "Initech", "Umbrella", "Hooli", "Vandelay"],
}
SENTENCES = ["PER flew to LOC yesterday", "ORG opens a shop in LOC", "PER now works for ORG !", "we love LOC",
             "nobody is here today", "ORG and ORG are rivals"]
CONTEXTS = ["a photo of a person", "a photo of a town by the sea", "a sign of a shop"]


@dataclass
class Outcome:
    """How a command ended: its status, negative where a signal ended it, and what it said."""

    status: int
    output: str
    errors: str


def start(*arguments: object, environment: Mapping[str, str] = {}) -> subprocess.Popen:
    """Starts a command."""
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **environment})


def end(process: subprocess.Popen) -> Outcome:
    """Waits for a command's end."""
    try:
        output, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Outcome(process.returncode, output, errors)


def shapca(*arguments: object, environment: Mapping[str, str] = {}) -> Outcome:
    """Runs a command to its end."""
    return end(start(*arguments, environment=environment))


def must(*arguments: object) -> Outcome:
    """Runs a command that has to succeed."""
    outcome = shapca(*arguments)
    assert outcome.status == 0, f"shapca {arguments[0]}: status {outcome.status}: {outcome.errors}"
    return outcome


# What is made


class Workshop:
    """A folder with everything that the commands read, and with what they make of it undisturbed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures = folder / "pictures"
        write_pictures(self.pictures, 60)
        self.posts = folder / "posts.jsonl"
        write_lines(self.posts, posts(3000, 3))
        self.large = folder / "large"
        for index, split in enumerate(("train", "valid", "test")):
            write_lines(self.large / f"{split}.jsonl", posts(3000, 4 + index))
        self.corpus = folder / "data" / "tiny"
        self.configuration = folder / "configurations" / "tiny.yaml"
        self.encoder = folder / "encoder"
        write_encoder(self.encoder)
        for index, (split, count) in enumerate((("train", 48), ("valid", 18), ("test", 18))):
            write_lines(self.corpus / f"{split}.jsonl", posts(count, index))
        self.configuration.parent.mkdir()
        self.configuration.write_text(f"""\
text: {{encoder: '{self.encoder}', maximumLength: {POSITIONS}}}
picture: {{encoder: none}}
fusion: {{width: 16, heads: 2}}
training: {{epochs: 8, patience: 8, batchSize: 8, precision: fp32, kernels: onednn}}
learningRates: {{default: 1e-2, textEncoder: 1e-2}}
""")

    @functools.cached_property
    def run(self) -> Path:
        """A finished run."""
        run = self.folder / "run"
        must(*self.train(run))
        return run

    @functools.cached_property
    def model(self) -> Path:
        return self.run / "model"

    @functools.cached_property
    def found(self) -> bytes:
        """The predictions of all posts, each once and in order."""
        output = self.folder / "found.jsonl"
        must(*self.predict(output))
        ids = [json.loads(line)["id"] for line in output.read_text().splitlines()]
        assert ids == [str(number) for number in range(3000)]
        return output.read_bytes()

    @functools.cached_property
    def lines(self) -> dict[str, bytes]:
        """The converted splits by the names of their files."""
        output = self.folder / "lines"
        must(*self.convert(output))
        return {path.name: path.read_bytes() for path in output.iterdir()}

    @functools.cached_property
    def reproduction(self) -> Path:
        """A finished table of three runs."""
        output = self.folder / "reproduction"
        must(*self.reproduce(output))
        return output

    def train(self, output: Path, *more: object) -> list[object]:
        """The arguments that train the tiny model."""
        return ["train", self.configuration, "--data", self.corpus, "--output", output, "--threads", 1, *more]

    def predict(self, output: Path) -> list[object]:
        return ["predict", "--model", self.model, "--input", self.posts, "--output", output, "--threads", 1,
                "--precision", "fp32", "--kernels", "onednn"]

    def convert(self, output: Path) -> list[object]:
        return ["data", "convert", self.large, "--output", output]

    def reproduce(self, output: Path) -> list[object]:
        """The arguments of a table of three rows."""
        return ["reproduce", "table1", "--data", self.corpus.parent, "--datasets", self.corpus.name, "--seeds", 1,
                "--configurations", self.configuration.parent, "--rows", "BERT", "bare", "InfoNCE",
                "--set", "training.epochs=4", "--output", output, "--threads", 1]

    def describe(self, endpoint: str, folder: Path) -> list[object]:
        """The arguments that describe the pictures; the cache and the contexts are in a folder."""
        return ["contexts", "generate", "--images", self.pictures, "--generator", "openai", "--model", "mock",
                "--endpoint", endpoint, "--temperature", 0, "--output", folder / "contexts.jsonl",
                "--cache", folder / "cache.sqlite"]


@functools.cache
def workshop() -> Workshop:
    """The workshop of all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="shapca-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Workshop(folder)


def posts(count: int, seed: int) -> list[dict]:
    """Posts with their entities; three of four have a context."""
    choices = random.Random(seed)
    made = []
    for number in range(count):
        tokens, entities = [], []
        for word in SENTENCES[number % len(SENTENCES)].split():
            if word in NAMES:
                entities.append({"start": len(tokens), "end": len(tokens) + 1, "type": word})
                word = choices.choice(NAMES[word])
            tokens.append(word)
        post = {"id": str(number), "tokens": tokens, "entities": entities}
        if number % 4:
            post["context"] = CONTEXTS[number // 3 % len(CONTEXTS)]
        made.append(post)
    return made


def write_lines(path: Path, records: Sequence[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def write_encoder(folder: Path) -> None:
    """A BERT of random weights as a Hugging Face folder."""
    folder.mkdir(parents=True)
    characters = [chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) == chr(code).lower()]
    words = {word.lower() for text in SENTENCES + CONTEXTS + sum(NAMES.values(), []) for word in text.split()}
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(words.difference(characters)), *characters,
                  *("##" + character for character in characters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    (folder / "config.json").write_text(json.dumps({
        "model_type": "bert", "vocab_size": len(vocabulary), "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
        "num_attention_heads": 2, "intermediate_size": INNER_WIDTH, "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1}))
    write_safetensors(folder / "model.safetensors", bert_shapes(len(vocabulary)))


def bert_shapes(words: int) -> dict[str, list[int]]:
    """The shapes of the parameters, by the names that `transformers` gives them."""
    shapes = {"embeddings.word_embeddings.weight": [words, WIDTH],
              "embeddings.position_embeddings.weight": [POSITIONS, WIDTH],
              "embeddings.token_type_embeddings.weight": [2, WIDTH]}

    def add(name: str, *shape: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = list(shape), [shape[0]]

    add("embeddings.LayerNorm", WIDTH)
    for layer in (f"encoder.layer.{index}" for index in range(LAYERS)):
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            add(f"{layer}.attention.{part}", WIDTH, WIDTH)
        add(f"{layer}.attention.output.LayerNorm", WIDTH)
        add(f"{layer}.intermediate.dense", INNER_WIDTH, WIDTH)
        add(f"{layer}.output.dense", WIDTH, INNER_WIDTH)
        add(f"{layer}.output.LayerNorm", WIDTH)
    return shapes


def write_safetensors(path: Path, shapes: Mapping[str, Sequence[int]]) -> None:
    """Random numbers of unit size, and around 1 where they scale a norm."""
    numbers = random.Random(1)
    header, content = {}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        centre, spread = (1, 0.1) if name.endswith("LayerNorm.weight") else (0, 0.3)
        values = struct.pack(f"<{count}f", *(numbers.gauss(centre, spread) for _ in range(count)))
        header[name] = {"dtype": "F32", "shape": list(shape),
                        "data_offsets": [len(content), len(content) + len(values)]}
        content += values
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content)


def write_pictures(folder: Path, count: int) -> None:
    """Small PNG files, no two of one colour."""
    folder.mkdir(parents=True)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    side = 16
    for index in range(count):
        row = b"\0" + bytes([9 * index % 256, 40 * index % 256, 5 * index % 256]) * side
        (folder / f"picture-{index:02}.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(row * side)) + chunk(b"IEND", b""))


# What came out


def read_safetensors(path: Path) -> dict[str, bytes]:
    """The tensors as they lie in a whole file."""
    content = path.read_bytes()
    length, = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    assert len(content) == 8 + length + max(tensor["data_offsets"][1] for tensor in header.values()), f"{path} is torn"
    return {name: content[8 + length + tensor["data_offsets"][0]:8 + length + tensor["data_offsets"][1]]
            for name, tensor in header.items()}


def without_times(value: object) -> object:
    """JSON without its seconds and rates."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items()
                if not re.search("seconds|persecond|hours|started|created", key.lower())}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def check_whole_run(run: Path) -> None:
    """Checks that no file of a run is torn; only the last line of the metrics may be."""
    for name in ("environment.json", "model/config.json"):
        if (run / name).exists():
            json.loads((run / name).read_text())
    for path in (run / "checkpoint.safetensors", run / "model" / "model.safetensors"):
        if path.exists():
            read_safetensors(path)
    for line in (file_at(run / "metrics.jsonl") or b"").split(b"\n")[:-1]:
        json.loads(line)


def same_run(run: Path, other: Path) -> bool:
    """Whether two runs have equal losses and scores and, bit for bit, equal weights."""
    weights = "model/model.safetensors"
    return metrics(run) == metrics(other) and read_safetensors(run / weights) == read_safetensors(other / weights)


def finished_runs(reproduction: Path) -> list[bytes]:
    """The lines of a table's finished runs."""
    lines = (file_at(reproduction / "runs" / "tiny.jsonl") or b"").splitlines(keepends=True)
    for line in lines:
        json.loads(line)
    return lines


def same_table(reproduction: Path, other: Path) -> bool:
    """Whether two tables are equal but for times, and their models bit for bit."""
    def table(folder: Path) -> object:
        return without_times(json.loads((folder / "results.json").read_text()))

    def models(folder: Path) -> dict[Path, dict[str, bytes]]:
        return {path.relative_to(folder): read_safetensors(path) for path in folder.rglob("model/model.safetensors")}

    return table(reproduction) == table(other) and models(reproduction) == models(other)


def metrics(run: Path) -> list[object]:
    """The losses and scores of a run."""
    return [without_times(json.loads(line)) for line in (run / "metrics.jsonl").read_text().splitlines()]


def leftovers(folder: Path) -> list[str]:
    """Temporary files that a killed program left."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".*.part"))


def file_at(path: Path) -> Optional[bytes]:
    return path.read_bytes() if path.exists() else None
