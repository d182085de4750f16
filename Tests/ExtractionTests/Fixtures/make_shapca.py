#!/usr/bin/env python3
"""Makes the Shap-CA fixtures: emissions, loss terms and the gradient of every parameter, from the PyTorch peer.

    make_shapca.py                                     the committed fixtures, beside this script (a tiny model)
    make_shapca.py --full FOLDER [--variants a,b]      the same at BERT-base size (0.9 GB for the first variant)

Needs the environment of Benchmarks/peers/README.md. Everything is computed in float64 from float32 weights and stored
as float32. Weights follow Tests/TestSupport/deterministic_weights.py under their Swift names and are stored too. Files:

    shapca.json                     sizes, the variants with their options and float64 losses, versions used
    shapca-inputs.safetensors       weights.NAME (all variants' parameters), inputs.NAME, orders.GAME
    shapca-VARIANT.safetensors      emissions [B, W, labels] (zero at padding), gradients.NAME (d total / d parameter)

A variant's model holds exactly the parameters that its gradients name. Items 0, 1, 5 and 6 have picture and context,
2 a picture, 3 a context, 4 neither; where has_image is false the regions hold noise that must not matter.
`orders.GAME` [k, k] is Alg. 1's first permutation of each game's players, numbered among the items that play, as Swift draws
it for `orderSeed`; five players in the games of texts and contexts also tell a rotation to the left from one to the right.
"""

import argparse
import dataclasses
import itertools
import json
import math
import pathlib
import sys

import numpy as np
import safetensors
import safetensors.torch
import torch
import transformers
from transformers import BertConfig, BertModel

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parents[2] / "Benchmarks/peers"), str(HERE.parents[1] / "TestSupport")]

import deterministic_weights
import shapca_torch
from shapca_torch import Batch, Options, Segment, ShapCA, swift_name

VARIANTS = {
    "return": {"attention": "return"},
    "direct": {},
    "ungated": {"gate": "none"},
    "infonce": {"method": "infonce"},
    "via-direct": {"via": "direct"},
    "cyclic": {"estimator": "cyclic"},
    "without-images": {},
    "separate": {"encoding": "separate"},
    "cls": {"pooling": "cls"},
    "projected": {"projection": "perceptron"},
}


@dataclasses.dataclass
class Scale:
    """Sizes of the model and of its inputs."""

    bert: dict
    options: dict
    tag_count: int
    region_count: int
    word_counts: list
    context_counts: list


TINY = Scale(
    bert=dict(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=48,
    ),
    options=dict(width=16, heads=2, image_width=24, max_words=12),
    tag_count=6,
    region_count=9,
    word_counts=[5, 3, 8, 4, 1, 6, 2],
    context_counts=[6, 9, 0, 4, 0, 5, 3],
)
FULL = Scale(
    bert={},
    options={},
    tag_count=shapca_torch.TAG_COUNT,
    region_count=49,
    word_counts=[18, 9, 25, 12, 1, 16, 7],
    context_counts=[14, 22, 0, 11, 0, 17, 9],
)
HAS_IMAGE = [True, True, True, False, False, True, True]
CLS, SEP = 2, 3
ORDER_SEED = 11


def padded(rows: list) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def make_batch(scale: Scale, label_count: int) -> Batch:
    """Ragged random posts: words of one to three pieces, contexts and pictures in every mix."""
    rng = np.random.default_rng(7)
    vocabulary = scale.bert.get("vocab_size", 30522)
    names = ("ids", "types", "text", "context", "starts", "texts", "contexts", "tags", "labels")
    columns = {name: [] for name in names}
    for words, contexts in zip(scale.word_counts, scale.context_counts):
        sizes = rng.integers(1, 4, words)
        text, context = (rng.integers(5, vocabulary, count).tolist() for count in (sizes.sum(), contexts))
        tail = [*context, SEP] if context else []
        ids = [CLS, *text, SEP, *tail]
        columns["ids"].append(ids)
        columns["types"].append([0] * (len(text) + 2) + [1] * len(tail))
        columns["text"].append([0 < place <= len(text) for place in range(len(ids))])
        columns["context"].append([len(text) + 1 < place < len(ids) - 1 for place in range(len(ids))])
        columns["starts"].append((1 + np.cumsum(sizes) - sizes).tolist())
        columns["texts"].append(text)
        columns["contexts"].append(context)
        columns["tags"].append(rng.integers(0, scale.tag_count + 1, words).tolist())
        columns["labels"].append(rng.integers(0, label_count, words).tolist())

    def ones(rows):
        return padded([[True] * len(row) for row in rows])

    def segment(rows):
        full = [[CLS, *row, SEP] for row in rows]
        pieces = padded([[0 < place <= len(row) for place in range(len(row) + 2)] for row in rows])
        return Segment(padded(full), ones(full), pieces)

    width = scale.options.get("image_width", Options.image_width)
    regions = rng.standard_normal((len(HAS_IMAGE), scale.region_count, width)).astype(np.float32)
    regions = torch.from_numpy(regions)
    return Batch(
        input_ids=padded(columns["ids"]),
        token_type_ids=padded(columns["types"]),
        attention_mask=ones(columns["ids"]),
        text_mask=padded(columns["text"]),
        context_mask=padded(columns["context"]),
        word_starts=padded(columns["starts"]),
        word_mask=ones(columns["starts"]),
        tags=padded(columns["tags"]),
        labels=padded(columns["labels"]),
        regions=regions.double(),
        pooled_image=regions.mean(1).double(),
        has_image=torch.tensor(HAS_IMAGE),
        text_only=segment(columns["texts"]),
        context_only=segment(columns["contexts"]),
    )


def make_model(scale: Scale, options: Options) -> ShapCA:
    """A model in float64 and evaluation mode, with its weights by formula."""
    encoder = BertModel(BertConfig(**scale.bert), add_pooling_layer=False)
    model = ShapCA(encoder, tag_count=scale.tag_count, options=options)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = deterministic_weights.values(swift_name(name), tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(values))
    return model.double().eval()


class SplitMix64:
    """The generator of the Shapley room (SplitMix64.swift): one stream a game, and orders by Fisher and Yates."""

    GOLDEN, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1

    def __init__(self, seed: int, stream: int):
        self.state = self.mix(seed + self.GOLDEN) ^ self.mix(stream * self.GOLDEN)

    def mix(self, bits: int) -> int:
        bits &= self.MASK
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 & self.MASK
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB & self.MASK
        return bits ^ (bits >> 31)

    def next(self) -> int:
        self.state += self.GOLDEN
        return self.mix(self.state)

    def permutation(self, count: int) -> list[int]:
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            chosen = self.next() * (last + 1) >> 64
            order[last], order[chosen] = order[chosen], order[last]
        return order


def make_orders(batch: Batch) -> dict[str, torch.Tensor]:
    """The orders that Swift draws for a step with seed ORDER_SEED: a seed a pair of games, inverted for the second."""
    texts, pictures = int(batch.has_context.sum()), int((batch.has_context & batch.has_image).sum())
    seeds = {"c2t": 2 * ORDER_SEED, "t2c": ~(2 * ORDER_SEED), "c2v": 2 * ORDER_SEED + 1, "v2c": ~(2 * ORDER_SEED + 1)}
    sizes = {"c2t": texts, "t2c": texts, "c2v": pictures, "v2c": pictures}
    return {
        game: torch.tensor([SplitMix64(seed, stream).permutation(sizes[game]) for stream in range(sizes[game])])
        for game, seed in seeds.items()
    }


def brute_force_values(similarity: torch.Tensor, temperature: float) -> torch.Tensor:
    """Eq. 3 by its definition, over all coalitions."""
    games, players = similarity.shape
    weights = (similarity / temperature).exp()

    def utility(coalition):
        chosen = list(coalition)
        return (weights * similarity)[:, chosen].sum(1) / weights[:, chosen].sum(1) if chosen else torch.zeros(games)

    values = torch.zeros_like(similarity)
    for player in range(players):
        others = [other for other in range(players) if other != player]
        for size in range(players):
            share = 1 / (players * math.comb(players - 1, size))
            for coalition in itertools.combinations(others, size):
                values[:, player] += share * (utility((*coalition, player)) - utility(coalition))
    return values


def check_values() -> None:
    """The quadrature against brute force; Alg. 1's efficiency."""
    for players, temperature in itertools.product((2, 3, 6, 9), (1.0, 0.1, 0.05)):
        similarity = torch.rand(3, players, dtype=torch.float64) * 2 - 1
        truth = brute_force_values(similarity, temperature)
        exact = shapca_torch.exact_values(similarity, temperature)
        assert (exact - truth).abs().max() < 1e-9, (players, temperature)
        square = torch.rand(players, players, dtype=torch.float64)
        cyclic = shapca_torch.cyclic_values(square, temperature)
        utility = (square * torch.softmax(square / temperature, 1)).sum(1)
        assert torch.allclose(cyclic.sum(1), utility, atol=1e-12)


def check_gradients(model: ShapCA, batch: Batch, orders: dict) -> None:
    """Backpropagation against central differences, along one random direction a parameter."""
    generator = torch.Generator().manual_seed(5)
    for name, parameter in model.named_parameters():
        direction = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        slope, step, original = (parameter.grad * direction).sum().item(), 1e-6, parameter.detach().clone()
        totals = []
        with torch.no_grad():
            for signed in (step, -step):
                parameter.copy_(original + signed * direction)
                totals.append(model(batch, orders)[1]["total"].item())
            parameter.copy_(original)
        difference = (totals[0] - totals[1]) / (2 * step)
        assert abs(slope - difference) < 1e-6 * max(1, abs(slope)), (name, slope, difference)


def check_masks(model: ShapCA, batch: Batch, emissions: torch.Tensor) -> None:
    """Neither the regions of a missing picture nor an item's neighbours and padding touch its emissions."""
    noise = torch.where(batch.has_image[:, None, None], 0.0, 1e3)
    other = model(dataclasses.replace(batch, regions=batch.regions + noise))[0]
    for item, words in enumerate(batch.word_mask.sum(1)):
        assert torch.allclose(other[item, :words], emissions[item, :words], atol=1e-12), item
        pieces = int(batch.attention_mask[item].sum())
        alone = {}
        for field in dataclasses.fields(Batch):
            value = getattr(batch, field.name)
            if isinstance(value, torch.Tensor):
                length = pieces if value.shape[1:2] == batch.input_ids.shape[1:] else int(words)
                alone[field.name] = value[item : item + 1, :length] if value.ndim == 2 else value[item : item + 1]
        alone.update(pooled_image=batch.pooled_image[item : item + 1], labels=None)
        assert torch.allclose(model(Batch(**alone))[0][0], emissions[item, :words], atol=1e-10), item


def input_tensors(batch: Batch, orders: dict) -> dict[str, torch.Tensor]:
    tensors = {f"orders.{game}": order for game, order in orders.items()}
    for field in dataclasses.fields(batch):
        value, name = getattr(batch, field.name), swift_name(field.name)
        parts = {name: value}
        if isinstance(value, Segment):
            parts = {f"{name}.{swift_name(key)}": tensor for key, tensor in vars(value).items()}
        for key, tensor in parts.items():
            tensors[f"inputs.{key}"] = tensor.float() if tensor.is_floating_point() else tensor
    tensors["inputs.hasContext"] = batch.has_context
    return tensors


def camel_case(values: dict) -> dict:
    return {swift_name(key): value for key, value in values.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=pathlib.Path, metavar="FOLDER", help="BERT-base size, into this folder")
    parser.add_argument("--variants", default=None, help="comma-separated; all, or return,cyclic with --full")
    arguments = parser.parse_args()
    scale, folder = (FULL, arguments.full) if arguments.full else (TINY, HERE)
    names = (arguments.variants or ("return,cyclic" if arguments.full else ",".join(VARIANTS))).split(",")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    check_values()

    batch = make_batch(scale, len(shapca_torch.LABELS))
    orders = make_orders(batch)
    weights, variants = {}, {}
    for name in names:
        options = Options(**{"estimator": "exact", **scale.options, **VARIANTS[name]})
        model, given = make_model(scale, options), batch
        if name == "without-images":
            given = dataclasses.replace(batch, regions=None, pooled_image=None, has_image=None)
        emissions, losses = model(given, orders)
        losses["total"].backward()
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        if not arguments.full:
            check_gradients(model, given, orders)
            if given is batch:
                check_masks(model, batch, emissions)
        tensors = {"emissions": (emissions * batch.word_mask.unsqueeze(-1)).detach().float()}
        for path, parameter in model.named_parameters():
            tensors[f"gradients.{swift_name(path)}"] = parameter.grad.float()
            weights[f"weights.{swift_name(path)}"] = parameter.detach().float()
        safetensors.torch.save_file(tensors, folder / f"shapca-{name}.safetensors")
        variants[name] = {
            "options": camel_case(dataclasses.asdict(options)),
            "images": given.regions is not None,
            "losses": {term: loss.item() for term, loss in losses.items()},
        }
        print(name, {term: round(loss.item(), 6) for term, loss in losses.items()})

    inputs = {**weights, **input_tensors(batch, orders)}
    inputs = {key: value.contiguous() for key, value in inputs.items()}
    safetensors.torch.save_file(inputs, folder / "shapca-inputs.safetensors")
    sizes = BertConfig(**scale.bert).to_dict()
    kept = [*TINY.bert, "type_vocab_size", "layer_norm_eps", "hidden_act", "pad_token_id"]
    document = {
        "versions": {m.__name__: m.__version__ for m in (torch, transformers, safetensors, np)},
        "labels": shapca_torch.LABELS,
        "tagCount": scale.tag_count,
        "orderSeed": ORDER_SEED,
        "bert": {key: sizes[key] for key in kept},
        "variants": variants,
    }
    (folder / "shapca.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
