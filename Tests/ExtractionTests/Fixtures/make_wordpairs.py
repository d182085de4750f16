#!/usr/bin/env python3
"""Makes wordpairs.safetensors: the word-pair layer in its plain form (all pairs' features at once) from the PyTorch peer.

Needs the environment of Benchmarks/peers/README.md. Three posts of 5, 1 and 9 words, 16 values a word, 7 labels.
Everything is computed in float64 from float32 weights and stored as float32:

    fused [3, 9, 16], tags [3, 9], labels [61]      inputs; the pairs (i, j), i <= j, of the posts, row by row
    weights.NAME                                    the layer's parameters under their Swift names
    VARIANT.logs [61, 7], VARIANT.loss              for contrast and plain (without contrast)
    VARIANT.gradients.NAME, VARIANT.gradients.fused
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[2] / "Benchmarks/peers"))

from shapca_torch import Options, WordPairs, pair_loss, swift_name

LENGTHS, LABELS, TAGS, WIDTH = [5, 1, 9], 7, 12, 16


def main() -> None:
    torch.manual_seed(20)
    layer = WordPairs(LABELS, TAGS, Options(width=WIDTH, contrast_weight=0.7)).eval()
    longest = max(LENGTHS)
    fused = torch.randn(len(LENGTHS), longest, WIDTH)
    tags = torch.randint(1, TAGS + 1, fused.shape[:2])
    labels = torch.full((len(LENGTHS), longest, longest), -100)
    for item, words in enumerate(LENGTHS):
        tags[item, words:] = 0
        triangle = torch.ones(words, words, dtype=torch.bool).triu()
        labels[item, :words, :words][triangle] = torch.randint(0, LABELS, (int(triangle.sum()),))
    labelled = labels != -100
    out = {"fused": fused.clone(), "tags": tags, "labels": labels[labelled]}
    out |= {f"weights.{swift_name(name)}": p.detach().float() for name, p in layer.named_parameters()}
    layer = layer.double()
    for variant in ("contrast", "plain"):
        if variant == "plain":
            layer.text_output = None
        layer.zero_grad()
        leaf = fused.double().requires_grad_()
        logs = layer(leaf, tags)
        loss = pair_loss(logs, labels)
        loss.backward()
        out[f"{variant}.logs"], out[f"{variant}.loss"] = logs[labelled].detach(), loss.detach()
        out |= {f"{variant}.gradients.{swift_name(name)}": p.grad for name, p in layer.named_parameters()}
        out[f"{variant}.gradients.fused"] = leaf.grad
    out = {name: t if t.dtype == torch.int64 else t.float().contiguous() for name, t in out.items()}
    save_file(out, HERE / "wordpairs.safetensors", {"torch": torch.__version__})


if __name__ == "__main__":
    main()
