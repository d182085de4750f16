#!/usr/bin/env python3
"""Runs shapca-bench and the PyTorch peer side by side and prints ratios.

Both processes of a comparison are started, warmed up, and then asked for one measurement each in turn, so that whatever
else the machine does meets both alike. Medians, their ratio and peak memory are printed and kept as JSON.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
PEER = [sys.executable, str(HERE / "peers" / "shapca_torch.py")]


class Side:
    """One of the two processes; a measurement is taken for each line it is sent."""

    def __init__(self, command: list[str]):
        self.process = subprocess.Popen(
            [*command, "--driven"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.measurements: list[dict] = []
        self.read("ready")

    def read(self, event: str) -> dict:
        for line in self.process.stdout:
            record = json.loads(line)
            if record["event"] == event:
                return record
        raise SystemExit(f"{' '.join(self.process.args)} ended early:\n{self.process.stderr.read()}")

    def measure(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.measurements.append(self.read("measurement"))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def median(self, key: str) -> float:
        return statistics.median(m[key] for m in self.measurements)


def comparisons(options, posts: Path) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Title, our arguments, the peer's, and what is compared."""
    step = lambda model, precision: ["train-step", "--model", model, "--precision", precision]
    predict = ["predict", "--input", str(posts)]
    epoch = ["epoch", "--data", str(options.data / "jmere"), "--posts", "224", "--warmup", "1",
             "--contexts", str(options.data / "mnre" / "contexts.llava-next.jsonl"), "--precision"]
    table = [
        ("training step, MiniLM, bf16, 28 x 64", step("minilm", "bf16"), step("minilm", "bf16"), ["seconds"]),
        ("training step, MiniLM, fp32, 28 x 64", step("minilm", "fp32"), step("minilm", "fp32"), ["seconds"]),
        ("training step, BERT-base, fp32, 28 x 64", step("bert-base", "fp32"), step("bert-base", "fp32"), ["seconds"]),
        ("  its matrix products alone", ["linear"], ["linear"], ["seconds"]),
        ("prediction, MiniLM, fp32, batch 32", predict, predict, ["postsPerSecond", "medianLatencySeconds"]),
        ("prediction, MiniLM, bf16 against fp32", [*predict, "--precision", "bf16"], predict,
         ["postsPerSecond", "medianLatencySeconds"]),
        ("word pairs, 28 x 128 words, D = 256", ["word-pairs"], ["word-pairs", "--length", "128"], ["seconds"]),
    ] + [
        (f"alignment, {name}, four directions of 28", ["alignment", "--estimator", name], ["alignment", "--estimator", name],
         ["seconds"])
        for name in ("exact", "cyclic")
    ]
    if (options.data / "jmere").exists():
        table += [(f"epoch of 224 JMERE posts, MiniLM, {precision}", [*epoch, precision], [*epoch, precision],
                   ["epochSeconds"]) for precision in ("fp32", "bf16")]
    else:
        print(f"an epoch of JMERE is left out: {options.data} has no folder jmere")
    return [row for row in table if not options.only or options.only in row[0]]


def posts_with_contexts(data: Path, folder: Path) -> Path:
    """Twitter-2017's test split with BLIP-2 contexts as JSON lines, or posts of our own where it is not at hand."""
    source = data / "twitter2017"
    if not source.exists():
        own = [json.loads(line) for line in open(HERE.parent / "Examples" / "Posts" / "posts.jsonl", encoding="utf-8")]
        posts = [{**post, "image": None} for post in own] * 200
    else:
        contexts = {}
        for line in open(source / "contexts.blip2.jsonl", encoding="utf-8"):
            record = json.loads(line)
            contexts[record["image"]] = record["context"]
        posts = []
        for line in open(source / "test.txt", encoding="utf-8"):
            if line.startswith("IMGID:"):
                posts.append({"tokens": [], "context": contexts.get(line[6:].strip() + ".jpg")})
            elif line.strip():
                posts[-1]["tokens"].append(line.split("\t")[0])
    path = folder / "posts.jsonl"
    path.write_text("".join(json.dumps(post) + "\n" for post in posts), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="shapca-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="comparisons whose title has this text")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHAPCA_DATA", HERE.parent.parent / "shared/data")))
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    results = []
    print(f"{'':42} {'shapca':>12} {'PyTorch':>12} {'ratio':>7}   memory")
    with tempfile.TemporaryDirectory() as folder:
        posts = posts_with_contexts(options.data, Path(folder))
        for title, ours, theirs, keys in comparisons(options, posts):
            threads = ["--threads", str(options.threads)]
            sides = [Side([options.binary, *ours, *threads]), Side([*PEER, *theirs, *threads])]
            load = os.getloadavg()[0]
            for _ in range(options.rounds):
                for side in sides:
                    side.measure()
            for side in sides:
                side.close()
            memory = [side.measurements[-1]["peakMemoryBytes"] for side in sides]
            for key in keys:
                medians = [side.median(key) for side in sides]
                ratio = medians[0] / medians[1]
                label = title if key == keys[0] else f"  {key}"
                print(f"{label:42} {medians[0]:12.4g} {medians[1]:12.4g} {ratio:7.3f}   "
                      f"{memory[0] / 1e6:.0f} / {memory[1] / 1e6:.0f} MB", flush=True)
                results.append({"comparison": title, "measure": key, "shapca": medians[0], "pytorch": medians[1],
                                "ratio": ratio, "peakMemoryBytes": {"shapca": memory[0], "pytorch": memory[1]},
                                "rounds": options.rounds, "loadBefore": load})
    document = {"date": time.strftime("%Y-%m-%d"), "threads": options.threads, "posts": "Twitter-2017 test"
                if (options.data / "twitter2017").exists() else "own", "results": results}
    temporary = options.output.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    temporary.rename(options.output)


if __name__ == "__main__":
    main()
