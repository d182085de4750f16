#!/usr/bin/env python3
"""Makes crf.json: a linear-chain CRF's likelihood, gradients, best paths and span posteriors.

Likelihood (over all paths, legal or not), gradients and paths come from pytorch-crf in float64; wherever the paths can
be counted, brute-force enumeration checks them and gives the span posteriors. All numbers given are multiples of 1/64,
so that float32 holds them exactly. Fields of a case, for `lengths` of B sentences padded to the longest:

    emissions [B, W, labels], start, end [labels], transitions [from][to], gold [B][length]
    negativeLogLikelihood    one a sentence; `loss` is their mean and `gradients` are the loss's (zero at padding)
    freePaths, legalPaths    the best label sequences: of all, and of those with legal BIO transitions
    freeScores, legalScores  their scores (sum of emissions, transitions, start and end)
    spans                    for every possible entity: `probability` among all paths, `legalProbability` among legal
                             ones, that it is exactly a predicted entity (B-type, then I-type, and no I-type after)
"""

import itertools
import json
import pathlib
from importlib.metadata import version

import numpy as np
import torch
from torchcrf import CRF

SMALL = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
LARGE = ["O"] + [f"{prefix}-{kind}" for kind in ("PER", "LOC", "ORG", "MISC") for prefix in "BI"]
FORBIDDEN = -1e6


def legal_start(label: str) -> bool:
    return not label.startswith("I-")


def legal_transition(first: str, second: str) -> bool:
    return not second.startswith("I-") or first[1:] == second[1:]


def is_legal(path, labels) -> bool:
    names = [labels[label] for label in path]
    return legal_start(names[0]) and all(map(legal_transition, names, names[1:]))


def has_span(names, start: int, end: int, kind: str) -> bool:
    """Whether exactly [start, end) is an entity of this type."""
    inside = all(name == f"I-{kind}" for name in names[start + 1 : end])
    return names[start] == f"B-{kind}" and inside and (end == len(names) or names[end] != f"I-{kind}")


@torch.no_grad()
def path_score(crf: CRF, emissions: torch.Tensor, path) -> float:
    score = crf.start_transitions[path[0]] + crf.end_transitions[path[-1]]
    score = score + sum(emissions[place, label] for place, label in enumerate(path))
    return (score + sum(crf.transitions[a, b] for a, b in zip(path, path[1:]))).item()


def restricted(crf: CRF, labels: list[str]) -> CRF:
    """The same scores with illegal starts and transitions forbidden."""
    other = CRF(len(labels), batch_first=True).double()
    starts = torch.tensor([legal_start(label) for label in labels])
    transitions = torch.tensor([[legal_transition(a, b) for b in labels] for a in labels])
    with torch.no_grad():
        other.start_transitions.copy_(crf.start_transitions.masked_fill(~starts, FORBIDDEN))
        other.transitions.copy_(crf.transitions.masked_fill(~transitions, FORBIDDEN))
        other.end_transitions.copy_(crf.end_transitions)
    return other


def enumerate_paths(crf: CRF, emissions: torch.Tensor, labels: list[str]):
    """Every path of one sentence with its score."""
    paths = list(itertools.product(range(len(labels)), repeat=emissions.size(0)))
    return paths, np.array([path_score(crf, emissions, path) for path in paths])


def spans(paths, scores, labels: list[str], length: int, sentence: int) -> list[dict]:
    legal = np.array([is_legal(path, labels) for path in paths])
    weights = np.exp(scores - scores.max())
    names = [[labels[label] for label in path] for path in paths]
    found = []
    for start, end in itertools.combinations(range(length + 1), 2):
        for kind in sorted({label[2:] for label in labels if label != "O"}):
            hits = np.array([has_span(row, start, end, kind) for row in names])
            found.append(
                {
                    "sentence": sentence,
                    "start": start,
                    "end": end,
                    "type": kind,
                    "probability": weights[hits].sum() / weights.sum(),
                    "legalProbability": weights[hits & legal].sum() / weights[legal].sum(),
                }
            )
    return found


def make_case(name: str, labels: list[str], lengths: list[int], scale: float, seed: int, brute_force: bool) -> dict:
    rng = np.random.default_rng(seed)

    def numbers(*shape, scale=1.0):
        return torch.from_numpy(np.round(rng.standard_normal(shape) * scale * 64) / 64)

    crf = CRF(len(labels), batch_first=True).double()
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.copy_(numbers(*parameter.shape))
    emissions = numbers(len(lengths), max(lengths), len(labels), scale=scale).requires_grad_()
    gold = torch.from_numpy(rng.integers(0, len(labels), (len(lengths), max(lengths))))
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]

    losses = -crf(emissions, gold, mask, reduction="none")
    losses.mean().backward()
    with torch.no_grad():
        free, legal = crf.decode(emissions, mask), restricted(crf, labels).decode(emissions, mask)
    assert all(is_legal(path, labels) for path in legal) and not all(is_legal(path, labels) for path in free)

    case = {
        "name": name,
        "labels": labels,
        "lengths": lengths,
        "emissions": emissions.tolist(),
        "start": crf.start_transitions.tolist(),
        "end": crf.end_transitions.tolist(),
        "transitions": crf.transitions.tolist(),
        "gold": [row[:length] for row, length in zip(gold.tolist(), lengths)],
        "negativeLogLikelihood": losses.tolist(),
        "loss": losses.mean().item(),
        "gradients": {
            "emissions": emissions.grad.tolist(),
            "start": crf.start_transitions.grad.tolist(),
            "end": crf.end_transitions.grad.tolist(),
            "transitions": crf.transitions.grad.tolist(),
        },
        "freePaths": free,
        "legalPaths": legal,
        "freeScores": [path_score(crf, row, path) for row, path in zip(emissions, free)],
        "legalScores": [path_score(crf, row, path) for row, path in zip(emissions, legal)],
        "spans": [],
    }
    for i, length in enumerate(lengths if brute_force else []):
        paths, scores = enumerate_paths(crf, emissions[i, :length], labels)
        log_partition = scores.max() + np.log(np.exp(scores - scores.max()).sum())
        gold_score = path_score(crf, emissions[i], case["gold"][i])
        assert abs(log_partition - gold_score - case["negativeLogLikelihood"][i]) < 1e-9
        assert list(paths[scores.argmax()]) == free[i]
        allowed = [score if is_legal(path, labels) else -np.inf for path, score in zip(paths, scores)]
        assert list(paths[int(np.argmax(allowed))]) == legal[i]
        case["spans"] += spans(paths, scores, labels, length, i)
    return case


def rounded(value):
    """Numbers to 12 significant digits, to keep the file small."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def main() -> None:
    cases = [
        make_case("every path counted", SMALL, [5, 3, 1], scale=1.5, seed=1, brute_force=True),
        make_case("nine labels", LARGE, [18, 11, 6, 1], scale=1.0, seed=2, brute_force=False),
        make_case("large scores", SMALL, [4, 2], scale=300.0, seed=4, brute_force=True),
    ]
    versions = {"torch": torch.__version__, "pytorch-crf": version("pytorch-crf"), "numpy": np.__version__}
    document = rounded({"versions": versions, "cases": cases})
    pathlib.Path(__file__).with_name("crf.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
