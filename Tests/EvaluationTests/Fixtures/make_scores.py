#!/usr/bin/env python3
"""Entity scores of random tag sequences by seqeval, which follows conlleval; illegal inside tags included.

usage: make_scores.py > scores.json      (needs seqeval and numpy)
"""
import json, platform, random, warnings
from importlib.metadata import version

from seqeval.metrics import classification_report

warnings.filterwarnings("ignore")
random.seed(20)


def sentence(length, tags, weight):
    return random.choices(tags, [weight] + [1] * (len(tags) - 1), k=length)


def corrupted(gold, tags, rate):
    return [random.choice(tags) if random.random() < rate else tag for tag in gold]


def case(name, gold, predicted):
    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    types = [key for key in report if key not in ("micro avg", "macro avg", "weighted avg")]
    row = lambda r: [float(r["precision"]), float(r["recall"]), float(r["f1-score"]), int(r["support"])]
    return {
        "name": name,
        "gold": [" ".join(tags) for tags in gold],
        "predicted": [" ".join(tags) for tags in predicted],
        "overall": row(report["micro avg"]),
        "macroF1": float(report["macro avg"]["f1-score"]),
        "perType": {key: row(report[key]) for key in types},
    }


cases = []
for number in range(40):
    types = ["PER", "LOC", "ORG", "MISC", "creative-work"][: random.randint(1, 5)]
    tags = ["O"] + [prefix + kind for kind in types for prefix in ("B-", "I-")]
    weight = random.choice([1, 3, 10])
    gold = [sentence(random.randint(1, 14), tags, weight) for _ in range(random.randint(1, 16))]
    if not any(tag != "O" for row in gold for tag in row):
        gold[0][0] = "B-PER"
    rate = random.choice([0, 0.1, 0.3, 1])
    cases.append(case(f"random {number}, {rate} corrupted", gold, [corrupted(row, tags, rate) for row in gold]))
cases.append(case("nothing predicted", [["B-PER", "I-PER", "O"]], [["O", "O", "O"]]))
cases.append(case("types never seen", [["B-PER", "O"]], [["O", "B-CAT"]]))
cases.append(case("right type, wrong end", [["B-PER", "I-PER"]], [["B-PER", "O"]]))
print(json.dumps({"versions": {"python": platform.python_version(), "seqeval": version("seqeval")}, "cases": cases}, indent=1))
