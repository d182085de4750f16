#!/usr/bin/env python3
"""Measures shapca beside its peers on this machine, and prints Markdown tables.

All programs of a comparison are started, warmed up, and then asked for one measurement each in turn, so that whatever else the
machine does meets them alike; of more than two, one that takes five times as long as the fastest is measured once. Medians and
ranges of the rounds, the ratios of medians to each peer, and peak memory are printed, and kept as Markdown and JSON.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PYTORCH = [sys.executable, str(HERE / "peers" / "shapca_torch.py")]
ONNX = [sys.executable, str(HERE / "peers" / "encoder_onnx.py")]

# What a measurement says, the unit to print, the factor to it, and whether more is better.
MEASURES = {
    "seconds": ("s", 1, False), "epochSeconds": ("s", 1, False), "postsPerSecond": ("posts/s", 1, True),
    "medianLatencySeconds": ("ms a post", 1000, False),
}


class Side:
    """One of the programs; a measurement is taken for each line it is sent."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
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

    def values(self, key: str) -> list[float]:
        return [measurement[key] for measurement in self.measurements if key in measurement]

    def median(self, key: str) -> float:
        return statistics.median(self.values(key))

    @property
    def memory(self) -> int:
        return self.measurements[-1]["peakMemoryBytes"]


@dataclass
class Comparison:
    """Programs that do the same work, by name: ours, and the peers that ratios are taken to."""

    title: str
    measures: list[str]
    ours: dict[str, list[str]]
    peers: dict[str, list[str]]


def comparisons(options, posts: Path) -> list[Comparison]:
    bench = [str(options.binaries / "shapca-bench")]
    engines = ["mkl", "onednn"] if "mkl" in options.system["engines"] else ["onednn"]

    def training(title: str, measure: str, arguments: list[str], precisions=("fp32", "bf16")) -> Comparison:
        def command(program: list[str], precision: str) -> list[str]:
            return [*program, *arguments, "--precision", precision]

        ours = {f"shapca {kind}": command(bench, kind) for kind in ("auto", *precisions)}
        ours |= {f"shapca fp32, {engine}": [*command(bench, "fp32"), "--kernels", engine] for engine in engines}
        return Comparison(title, [measure], ours, {f"PyTorch {kind}": command(PYTORCH, kind) for kind in precisions})

    def alike(title: str, arguments: list[str], theirs: list[str]) -> Comparison:
        return Comparison(title, ["seconds"], {"shapca": [*bench, *arguments]}, {"PyTorch": [*PYTORCH, *theirs]})

    predict = ["predict", "--input", str(posts)]
    prediction = {f"shapca {kind}": [*bench, *predict, "--precision", kind] for kind in ("auto", "fp32", "bf16", "int8")}
    prediction |= {f"shapca fp32, {engine}": [*bench, *predict, "--kernels", engine] for engine in engines}
    encoder = [*ONNX, "--input", str(posts)]
    step = [*bench, "train-step", "--model", "bert-base"]
    adapted = [*step, "--adapter-rank", "8"]
    table = [
        training("training step, MiniLM, 28 x 64", "seconds", ["train-step", "--model", "minilm"]),
        training("training step, BERT-base, 28 x 64", "seconds", ["train-step", "--model", "bert-base"], ("fp32",)),
        Comparison(
            "training step of adapters, BERT-base, 28 x 64, fp32", ["seconds"],
            {"adapters of rank 8": adapted},
            # What frozen weights cost, whatever learns: the products of both ways, and nothing of weights.
            {"all weights": step, "adapters of the first layer": [*adapted, "--adapter-layers", "0"]}),
        alike("the matrix products of a BERT-base step alone, fp32", ["linear"], ["linear"]),
        Comparison(
            "prediction, MiniLM, batches of 32", ["postsPerSecond"], prediction, {
                "PyTorch fp32": [*PYTORCH, *predict], "PyTorch bf16": [*PYTORCH, *predict, "--precision", "bf16"],
                "PyTorch fp32, in input order": [*PYTORCH, *predict, "--order", "input"],
                "ONNX Runtime fp32, encoder alone": encoder,
                "ONNX Runtime int8, encoder alone": [*encoder, "--precision", "int8"],
            }),
        Comparison(
            "prediction, MiniLM, one post at a time", ["medianLatencySeconds"],
            {name: [*command, "--batch", "1"] for name, command in prediction.items()},
            {"PyTorch fp32": [*PYTORCH, *predict], "ONNX Runtime fp32, encoder alone": encoder}),
        alike("word pairs, 28 x 128 words, D = 256", ["word-pairs"], ["word-pairs", "--length", "128"]),
        *(alike(f"alignment, {name}, four directions of 28", *[["alignment", "--estimator", name]] * 2)
          for name in ("exact", "cyclic")),
    ]
    if (options.data / "jmere").exists():
        epoch = ["epoch", "--data", str(options.data / "jmere"), "--posts", "224", "--warmup", "1",
                 "--contexts", str(options.data / "mnre" / "contexts.llava-next.jsonl")]
        table.append(training("epoch of 224 JMERE posts, MiniLM", "epochSeconds", epoch))
    else:
        print(f"an epoch of JMERE is left out: {options.data} has no folder jmere", file=sys.stderr)
    return [comparison for comparison in table if not options.only or options.only in comparison.title]


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


def is_hopeless(side: Side, sides: list[Side], measure: str) -> bool:
    """Whether one of many programs was measured and took five times as long as the fastest: bfloat16 in software, say."""
    def time_taken(side: Side) -> float:
        return 1 / side.median(measure) if MEASURES[measure][2] else side.median(measure)

    if len(sides) <= 2 or any(not side.measurements for side in sides):
        return False
    return time_taken(side) > 5 * min(time_taken(other) for other in sides)


def measured(comparison: Comparison, options) -> tuple[list[Side], float]:
    """The programs after their rounds, and the load before."""
    load = os.getloadavg()[0]
    commands = comparison.ours | comparison.peers
    sides = [Side(name, [*command, "--threads", str(options.threads)]) for name, command in commands.items()]
    for _ in range(options.rounds):
        for side in sides:
            if not is_hopeless(side, sides, comparison.measures[0]):
                side.measure()
    for side in sides:
        side.close()
    return sides, load


def table(comparison: Comparison, sides: list[Side], measure: str) -> str:
    """Medians with their ranges, and how many times as fast each program is as each peer."""
    unit, factor, more_is_better = MEASURES[measure]
    peers = [side for side in sides if side.name in comparison.peers]
    rows = [["", unit, "range", *(f"times as fast as {peer.name}" for peer in peers), "peak memory"]]
    rows.append(["---"] * len(rows[0]))
    for side in sides:
        values = [factor * value for value in side.values(measure)]
        ratios = [side.median(measure) / peer.median(measure) for peer in peers]
        rows.append([
            side.name + (", one round" if len(values) == 1 else ""), f"{statistics.median(values):.3g}", f"{min(values):.3g} to {max(values):.3g}",
            *("" if side is peer else f"{ratio if more_is_better else 1 / ratio:.2f}" for ratio, peer in zip(ratios, peers)),
            f"{side.memory / 1e6:.0f} MB"])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def record(comparison: Comparison, sides: list[Side], load: float) -> dict:
    programs = {side.name: {"peakMemoryBytes": side.memory, **{key: side.values(key) for key in comparison.measures}}
                for side in sides}
    return {"comparison": comparison.title, "loadBefore": load, "programs": programs}


def write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=Path, required=True, help="the folder of shapca and shapca-bench")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="comparisons whose title has this text")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHAPCA_DATA", HERE.parent.parent / "shared/data")))
    parser.add_argument("--output", type=Path, default=HERE / "results.json", help="and the same name with .md")
    options = parser.parse_args()
    system = subprocess.run([options.binaries / "shapca", "system", "--json"], capture_output=True, text=True, check=True)
    options.system = json.loads(system.stdout)
    machine = options.system["machine"]
    text = (f"{machine['processor']}, {machine['processors']} processors in use ({' '.join(machine['instructions'])}), "
            f"{options.threads} threads, medians of {options.rounds} alternating rounds, {time.strftime('%Y-%m-%d')}.\n")
    print(text, flush=True)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        posts = posts_with_contexts(options.data, Path(folder))
        for comparison in comparisons(options, posts):
            sides, load = measured(comparison, options)
            part = f"\n## {comparison.title}\n\nLoad before: {load:.2f}.\n"
            part += "".join("\n" + table(comparison, sides, measure) for measure in comparison.measures)
            print(part, flush=True)
            text += part
            results.append(record(comparison, sides, load))
            document = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "threads": options.threads, "results": results}
            write(options.output, json.dumps(document, indent=2) + "\n")
            write(options.output.with_suffix(".md"), text)


if __name__ == "__main__":
    main()
