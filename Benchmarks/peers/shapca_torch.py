#!/usr/bin/env python3
"""Shap-CA in plain PyTorch and transformers: the peer that `make bench` runs beside the Swift
implementation, and the oracle behind the fixtures of Tests/ExtractionTests.

Equation numbers are those of "Shapley Value-based Contrastive Alignment for Multimodal Information Extraction"
(Luo et al., 2024). Shapes: B items, T wordpieces, W words, R regions, k players, d text width, v image width,
D fusion width. A missing picture or context is a mask, never a zero picture.

    shapca_torch.py train-step --model minilm --precision bf16     seconds a training step (28 posts of 64 wordpieces)
    shapca_torch.py linear                                         seconds of the matrix products of a BERT-base step alone
    shapca_torch.py word-pairs --length 128                        seconds of the word-pair layer alone, 28 posts of 128 words
    shapca_torch.py epoch --data jmere --contexts FILE --precision bf16    seconds of an epoch of joint training on JMERE
    shapca_torch.py predict --input posts.jsonl                    posts a second in batches of 32, latency of one post
    shapca_torch.py alignment --estimator cyclic                   seconds for four directions of 28 games, with gradient
    shapca_torch.py parameters                                     parameter count with BERT-base and ResNet-152

Every mode writes JSON lines. With `--driven` a measurement is taken for each line read on standard input, until its
end, so that a driver may alternate two implementations; without it, `--repeats` measurements are taken at once.
"""

import argparse
import json
import math
import os
import re
import resource
import statistics
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torchcrf import CRF
from transformers import AutoTokenizer, BertConfig, BertModel, ResNetConfig, ResNetModel, logging

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "shapca")
MINILM = os.path.join(CACHE, "models", "minilm-l6-v2-0.1.0")
LABELS = ["O"] + [f"{prefix}-{kind}" for kind in ("PER", "LOC", "ORG", "MISC") for prefix in "BI"]
TAG_COUNT = 50  # part-of-speech tags of spaCy's en_core_web_sm


@dataclass
class Options:
    """The variants of the method; every field is a command-line option too."""

    task: str = "entities"  # entities | joint (pairs of words)
    contrast: bool = True  # of the word pairs
    contrast_weight: float = 1.0  # lambda
    encoding: str = "joint"  # joint | separate (two further passes, for the game only)
    pooling: str = "mean"  # mean | cls (of the text; contexts are always averaged)
    projection: str = "none"  # none | perceptron (two layers for each side, which only the games see)
    method: str = "shapley"  # shapley | infonce | none
    via: str = "context"  # context | direct (text with image: the paper's "w/o Context in Alignment")
    estimator: str = "cyclic"  # cyclic (Alg. 1) | exact
    temperature: float = 0.1
    alpha: float = 0.2
    beta: float = 0.4
    attention: str = "direct"  # return | direct
    gate: str = "context"  # context | none (the paper's "w/o Context in Fusion")
    width: int = 256
    heads: int = 8
    image_width: int = 2048
    max_words: int = 256
    dropout: float = 0.1


@dataclass
class Segment:
    """One sequence an item, `[CLS] pieces [SEP]`, for the separate encoding; all `[B, T]`."""

    input_ids: Tensor
    attention_mask: Tensor
    piece_mask: Tensor  # the pieces without [CLS] and [SEP]


@dataclass
class Batch:
    """Posts as tensors. Word i of an item is represented by its first wordpiece, at `word_starts[i]`."""

    input_ids: Tensor  # [B, T] [CLS] text [SEP] context [SEP]
    token_type_ids: Tensor  # [B, T]
    attention_mask: Tensor  # [B, T]
    text_mask: Tensor  # [B, T] the text's wordpieces, without [CLS] and [SEP]
    context_mask: Tensor  # [B, T] the context's wordpieces, without the final [SEP]
    word_starts: Tensor  # [B, W]
    word_mask: Tensor  # [B, W]
    tags: Tensor  # [B, W] part-of-speech tags from 1; 0 is unknown or padding
    labels: Tensor | None = None  # [B, W] or, of pairs of words, [B, W, W] with -100 where there is none
    regions: Tensor | None = None  # [B, R, v]
    pooled_image: Tensor | None = None  # [B, v]
    has_image: Tensor | None = None  # [B]
    text_only: Segment | None = None
    context_only: Segment | None = None

    @property
    def has_context(self) -> Tensor:
        return self.context_mask.any(1)


# Shapley values of the game of Eq. 4: u(S) is the mean of the similarities in S weighted by exp(s / temperature).
# Each row of `similarity` is a game and its columns are the players: [games, k] -> values [games, k].


def cyclic_values(similarity: Tensor, temperature: float, order: Tensor | None = None) -> Tensor:
    """Alg. 1: marginal contributions along a random permutation that is rotated by k/2, k/4, ..., 1 between passes.

    `order` [games, k] gives the first permutation of each game. A rotation by s moves the first s players to the end.
    All games advance together; the loop is over players.
    """
    games, players = similarity.shape
    if order is None:
        order = torch.rand(games, players, device=similarity.device).argsort(1)
    weights = ((similarity - similarity.amax(1, keepdim=True)) / temperature).exp()
    values, passes, stride = torch.zeros_like(similarity), 0, players // 2
    while stride > 0:
        mass = total = previous = similarity.new_zeros(games)
        marginals = []
        for player in order.split(1, dim=1):
            weight = weights.gather(1, player).squeeze(1)
            mass = mass + weight
            total = total + weight * similarity.gather(1, player).squeeze(1)
            utility = total / mass
            marginals.append(utility - previous)
            previous = utility
        values = values.scatter_add(1, order, torch.stack(marginals, 1))
        order = order.roll(-stride, 1)
        passes, stride = passes + 1, stride // 2
    return values / passes


def exact_values(similarity: Tensor, temperature: float, step: float = 0.35) -> Tensor:
    """Exact values by quadrature over Owen's multilinear extension (q) and 1/m = integral of exp(-x m) (x).

    Gauss-Legendre is exact in q, where the integrand is a polynomial of degree k - 1; the trapezoid rule in log x
    converges geometrically: errors are near 1e-11 at the default step.
    """
    s = similarity.double()
    log_weights = (s - s.amax(1, keepdim=True)) / temperature
    weights = log_weights.exp()
    nodes, node_weights = np.polynomial.legendre.leggauss((s.size(1) + 1) // 2)
    q = torch.from_numpy((nodes + 1) / 2).to(s)[:, None, None]
    q_weights = torch.from_numpy(node_weights / 2).to(s)[:, None, None]
    last = math.log(40) - log_weights.min().item() + step
    x = torch.arange(math.log(1e-12), last, step, dtype=s.dtype, device=s.device).exp()[:, None, None, None]

    decay = (-x * weights).exp()  # [x, 1, games, k]
    factors = 1 - q + q * decay  # [x, q, games, k]
    terms = q * weights * s * decay / factors
    others = terms.sum(-1, keepdim=True) - terms
    product = (factors.log().sum(-1, keepdim=True) - factors.log()).exp()
    integrand = product * (decay * (others + weights * s) - others)
    return (step * x * q_weights * integrand).sum((0, 1)).to(similarity.dtype)


def game_loss(similarity: Tensor, options: Options, order: Tensor | None = None) -> Tensor:
    """Eq. 5 (or InfoNCE): every game's own player gains, all others lose. Zero with fewer than two players."""
    players = similarity.size(1)
    if players < 2:
        return similarity.sum() * 0
    if options.method == "infonce":
        own = torch.arange(players, device=similarity.device)
        return F.cross_entropy(similarity / options.temperature, own)
    if options.estimator == "exact":
        values = exact_values(similarity, options.temperature)
    else:
        values = cyclic_values(similarity, options.temperature, order)
    own = values.diagonal()
    return -(own - (values.sum(1) - own)).mean()


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """Mean over the rows of `x` [B, T, d] where `mask` [B, T] holds; zero where it never does."""
    mask = mask.unsqueeze(-1).to(x.dtype)
    return (x * mask).sum(1) / mask.sum(1).clamp(min=1)


def pad_rows(x: Tensor, rows: int) -> Tensor:
    """Appends zero rows to `x` [B, n, ...] up to `rows`."""
    return torch.cat([x, x.new_zeros(x.size(0), rows - x.size(1), *x.shape[2:])], 1)


class AdaptiveFusion(nn.Module):
    """Eq. 8-11: words attend to regions through the bridging context, giving M^t [B, W, D]."""

    def __init__(self, text_width: int, options: Options):
        super().__init__()
        self.options, width = options, options.width
        self.query = nn.Linear(options.image_width, width, bias=False)
        self.key = nn.Linear(text_width, width, bias=False)
        self.value = nn.Linear(text_width, width, bias=False)
        self.context = nn.Linear(text_width, width, bias=False)
        if options.attention == "direct":
            self.image_value = nn.Linear(options.image_width, width, bias=False)
        if options.gate == "context":
            self.query_gate = nn.Linear(2 * width, width)
            self.key_gate = nn.Linear(2 * width, width)
        self.normalization = nn.LayerNorm(width)

    def forward(self, words, word_mask, context, context_mask, regions=None, has_image=None) -> Tensor:
        """`words` [B, W, d], `context` [B, n, d], `regions` [B, R, v]; the context stands in for a missing picture."""
        keys, values = self.key(words), self.value(words)
        context = self.context(context) * context_mask.unsqueeze(-1)
        rows, row_mask, row_values = context, context_mask, context
        if regions is not None:
            count = max(regions.size(1), context.size(1))
            region_mask = torch.ones(regions.shape[:2], dtype=torch.bool, device=regions.device)
            pictured = has_image[:, None, None]
            context = pad_rows(context, count)
            rows = torch.where(pictured, pad_rows(self.query(regions), count), context)
            row_mask = torch.where(has_image[:, None], pad_rows(region_mask, count), pad_rows(context_mask, count))
            if self.options.attention == "direct":
                row_values = torch.where(pictured, pad_rows(self.image_value(regions), count), context)

        if self.options.gate == "context":
            has_context = context_mask.any(1)[:, None, None]
            bridge = context.transpose(1, 2) @ context.sum(-1, keepdim=True)  # C^T (C 1) [B, D, 1]
            bridge = bridge.transpose(1, 2) / (self.options.width * math.sqrt(self.options.width))
            rows = torch.where(has_context, self.gated(self.query_gate, rows, bridge), rows)
            keys = torch.where(has_context, self.gated(self.key_gate, keys, bridge), keys)

        seen = row_mask.any(1, keepdim=True)  # [B, 1]: false without picture and context
        row_mask = row_mask | ~seen
        if self.options.attention == "return":
            row_values = self.attend(rows, keys, values, word_mask)
        attended = self.attend(keys, rows, row_values, row_mask)
        return self.normalization(values + attended * seen.unsqueeze(-1))

    @staticmethod
    def gated(layer: nn.Linear, x: Tensor, bridge: Tensor) -> Tensor:
        bridge = bridge.expand_as(x)
        gate = torch.tanh(layer(torch.cat([x, bridge], -1)))
        return gate * x + (1 - gate) * bridge

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        def heads(x):
            return x.unflatten(-1, (self.options.heads, -1)).transpose(1, 2)

        out = F.scaled_dot_product_attention(heads(queries), heads(keys), heads(values), mask[:, None, None, :])
        return out.transpose(1, 2).flatten(2)


class Classifier(nn.Module):
    """Eq. 12, 13: emissions [B, W, labels] from fused words, part-of-speech tags and word positions."""

    def __init__(self, label_count: int, tag_count: int, options: Options):
        super().__init__()
        self.tag_embedding = nn.Embedding(tag_count + 1, 100)
        self.position_embedding = nn.Embedding(options.max_words, 100)
        self.hidden = nn.Linear(options.width + 200, options.width)
        self.dropout = nn.Dropout(options.dropout)
        self.output = nn.Linear(options.width, label_count)

    def forward(self, fused: Tensor, tags: Tensor) -> Tensor:
        positions = torch.arange(tags.size(1), device=tags.device).clamp(max=self.position_embedding.num_embeddings - 1)
        positions = self.position_embedding(positions).expand(tags.size(0), -1, -1)
        hidden = F.gelu(self.hidden(torch.cat([fused, self.tag_embedding(tags), positions], -1)))
        return self.output(self.dropout(hidden))


class WordPairs(nn.Module):
    """Eq. 14-18: log-probabilities of every pair of words [B, W, W, labels] by the features of all pairs."""

    def __init__(self, label_count: int, tag_count: int, options: Options):
        super().__init__()
        self.tag_embedding = nn.Embedding(tag_count + 1, 100)
        self.position_embedding = nn.Embedding(options.max_words, 100)
        self.text = nn.Linear(3 * options.width, options.width)
        self.syntax = nn.Linear(300, options.width)
        self.position = nn.Linear(300, options.width)
        self.text_output = nn.Linear(options.width, label_count) if options.contrast else None
        self.output = nn.Linear(3 * options.width, label_count)
        self.dropout = nn.Dropout(options.dropout)
        self.contrast_weight = options.contrast_weight

    def forward(self, fused: Tensor, tags: Tensor) -> Tensor:
        positions = torch.arange(tags.size(1), device=tags.device).clamp(max=self.position_embedding.num_embeddings - 1)
        positions = self.position_embedding(positions).expand(tags.size(0), -1, -1)
        text = self.hidden(self.text, self.dropout(fused))
        others = [self.hidden(self.syntax, self.tag_embedding(tags)), self.hidden(self.position, positions)]
        full = F.log_softmax(self.output(torch.cat([text, *others], -1)), -1)
        if self.text_output is None:
            return full
        plain = F.log_softmax(self.text_output(text), -1)
        return F.log_softmax(full + self.contrast_weight * (full - plain), -1)

    @staticmethod
    def hidden(layer: nn.Linear, rows: Tensor) -> Tensor:
        """MLP([M_i; M_j; M_i - M_j]) for rows [B, W, w]: [B, W, W, D]."""
        shape = (rows.size(0), rows.size(1), rows.size(1), rows.size(2))
        left, right = rows.unsqueeze(2).expand(shape), rows.unsqueeze(1).expand(shape)
        return F.gelu(layer(torch.cat([left, right, left - right], -1)))


def pair_loss(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """The mean of -log p over the pairs that carry a label; -100 marks all others."""
    return F.nll_loss(log_probabilities.flatten(0, -2), labels.flatten(), ignore_index=-100)


class ProjectionHead(nn.Module):
    """Two linear layers between a representation and the games (Chen et al., 2020)."""

    def __init__(self, width: int):
        super().__init__()
        self.hidden, self.output = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(F.relu(self.hidden(x)))


class ShapCA(nn.Module):
    """The whole model over precomputed image features (the image encoder is frozen)."""

    def __init__(self, text_encoder: BertModel, labels=LABELS, tag_count=TAG_COUNT, options: Options = Options()):
        super().__init__()
        self.options, width = options, text_encoder.config.hidden_size
        self.text_encoder = text_encoder
        self.image_projection = nn.Linear(options.image_width, width)
        if options.projection == "perceptron":
            self.projection_heads = nn.ModuleDict({side: ProjectionHead(width) for side in ("text", "context", "picture")})
        self.dropout = nn.Dropout(options.dropout)
        self.fusion = AdaptiveFusion(width, options)
        if options.task == "joint":
            self.word_pairs = WordPairs(len(labels), tag_count, options)
            return
        self.classifier = Classifier(len(labels), tag_count, options)
        self.crf = CRF(len(labels), batch_first=True)
        legal = [[b[0] != "I" or a[1:] == b[1:] for b in labels] for a in ["O", *labels]]  # first row: the start
        self.register_buffer("illegal", ~torch.tensor(legal), persistent=False)

    def forward(self, batch: Batch, orders: dict[str, Tensor] | None = None):
        """Emissions, and with labels every loss term by name. `orders` fixes Alg. 1's permutations by game."""
        hidden = self.encode(batch.input_ids, batch.attention_mask, batch.token_type_ids)
        words = hidden.gather(1, batch.word_starts.unsqueeze(-1).expand(-1, -1, hidden.size(-1)))
        first = int(batch.context_mask.any(0).int().argmax())  # no context begins before this piece
        context, context_mask = hidden[:, first:], batch.context_mask[:, first:]
        fused = self.fusion(self.dropout(words), batch.word_mask, context, context_mask, batch.regions, batch.has_image)
        if self.options.task == "joint":
            emissions = self.word_pairs(fused, batch.tags)
        else:
            emissions = self.classifier(fused, batch.tags).to(hidden.dtype)
        if batch.labels is None:
            return emissions, {}

        if self.options.task == "joint":
            task = pair_loss(emissions, batch.labels)
        else:
            task = -self.crf(emissions, batch.labels, batch.word_mask, reduction="mean")
        with torch.autocast(emissions.device.type, enabled=False):
            losses = self.alignment(batch, hidden, orders or {})
        o = self.options
        total = task + o.alpha * losses.get("text", 0) + o.beta * losses.get("picture", 0)
        total = total + (o.alpha + o.beta) * losses.get("direct", 0)
        return emissions, {"task": task, **losses, "total": total}

    def encode(self, input_ids, attention_mask, token_type_ids=None) -> Tensor:
        """Hidden states [B, T, d], in the parameters' own precision."""
        out = self.text_encoder(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return out.last_hidden_state.to(self.image_projection.weight.dtype)

    def alignment(self, batch: Batch, hidden: Tensor, orders: dict[str, Tensor]) -> dict[str, Tensor]:
        """Eq. 5-7: the games between texts, contexts and images; an item without both sides of a game sits it out."""
        if self.options.method == "none":
            return {}
        texts, contexts = self.pooled(batch, hidden)
        images, has_image = None, torch.zeros_like(batch.has_context)
        if batch.regions is not None:
            images, has_image = self.image_projection(batch.pooled_image), batch.has_image
        if self.options.projection == "perceptron":
            texts, contexts = self.projection_heads["text"](texts), self.projection_heads["context"](contexts)
            images = None if images is None else self.projection_heads["picture"](images)
        if self.options.via == "direct":
            pairs = {"direct": ("v2t", "t2v", texts, images, has_image)}
        else:
            pairs = {
                "text": ("c2t", "t2c", texts, contexts, batch.has_context),
                "picture": ("c2v", "v2c", images, contexts, batch.has_context & has_image),
            }
        losses = {}
        for name, (forth, back, games, players, present) in pairs.items():
            if games is None or players is None:
                losses[forth] = losses[back] = losses[name] = hidden.new_zeros(())
                continue
            games, players = (F.normalize(x[present], dim=-1, eps=1e-8) for x in (games, players))
            similarity = games @ players.T
            losses[forth] = game_loss(similarity, self.options, orders.get(forth))
            losses[back] = game_loss(similarity.T, self.options, orders.get(back))
            losses[name] = (losses[forth] + losses[back]) / 2
        return losses

    def pooled(self, batch: Batch, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """x_t and x_c, [B, d] each."""
        text_states = context_states = hidden
        text_mask, context_mask = batch.text_mask, batch.context_mask
        if self.options.encoding == "separate":
            text, context = batch.text_only, batch.context_only
            text_states = self.encode(text.input_ids, text.attention_mask)
            context_states = self.encode(context.input_ids, context.attention_mask)
            text_mask, context_mask = text.piece_mask, context.piece_mask
        texts = text_states[:, 0] if self.options.pooling == "cls" else masked_mean(text_states, text_mask)
        return texts, masked_mean(context_states, context_mask)

    @torch.no_grad()
    def predict(self, batch: Batch) -> list[list[int]]:
        """The best label sequence of each item under legal BIO transitions."""
        emissions, _ = self(batch)
        crf = CRF(self.crf.num_tags, batch_first=True).to(emissions)
        crf.start_transitions.copy_(self.crf.start_transitions.masked_fill(self.illegal[0], -1e4))
        crf.transitions.copy_(self.crf.transitions.masked_fill(self.illegal[1:], -1e4))
        crf.end_transitions.copy_(self.crf.end_transitions)
        return crf.decode(emissions, batch.word_mask)


def swift_name(name: str) -> str:
    """A parameter's path in the Swift module tree; below the text encoder the names stay Hugging Face's."""
    if name.startswith("text_encoder."):
        return "textEncoder." + name.removeprefix("text_encoder.")
    name = re.sub(r"^crf\.(start|end)_transitions$", r"crf.\1", name)
    if name.startswith(("classifier.", "crf.", "word_pairs.")):
        name = f"head.{name}"
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def optimizer(model: ShapCA, steps: int):
    """AdamW with the encoder's own learning rate; 5 % linear warm-up, then cosine to zero (section 4.2)."""
    encoder = list(model.text_encoder.parameters())
    others = [p for name, p in model.named_parameters() if not name.startswith("text_encoder.")]
    adam = torch.optim.AdamW([{"params": encoder, "lr": 5e-5}, {"params": others, "lr": 1e-4}])
    warmup = max(1, round(0.05 * steps))

    def rate(step: int) -> float:
        progress = max(0, step - warmup) / max(1, steps - warmup)
        return min((step + 1) / warmup, 0.5 * (1 + math.cos(math.pi * progress)))

    return adam, torch.optim.lr_scheduler.LambdaLR(adam, rate)


# Posts to tensors and labels to entities.


def collate(posts: list[dict], tokenizer, max_length: int = 192) -> Batch:
    """Posts `{"tokens" or "text", "context"}` as a batch, padded to its longest; words that are cut off point to [CLS].

    Part-of-speech tags are left unknown: tagging is not part of what this peer is timed for.
    """
    rows = []
    for post in posts:
        words, context = post.get("tokens") or post["text"].split(), post.get("context")
        pair = context.split() if context else None
        encoded = tokenizer(words, pair, is_split_into_words=True, truncation="longest_first", max_length=max_length)
        sides = encoded.sequence_ids()
        starts = [0] * len(words)
        for place, (side, word) in reversed(list(enumerate(zip(sides, encoded.word_ids())))):
            if side == 0:
                starts[word] = place
        text, context = ([side == wanted for side in sides] for wanted in (0, 1))
        rows.append((encoded.input_ids, encoded.token_type_ids, text, context, starts))
    ids, types, text, context, starts = (
        pad_sequence([torch.tensor(row) for row in column], batch_first=True) for column in zip(*rows)
    )
    attention_mask, word_mask = (
        pad_sequence([torch.ones(len(row[i]), dtype=torch.bool) for row in rows], batch_first=True) for i in (0, 4)
    )
    return Batch(ids, types, attention_mask, text, context, starts, word_mask, torch.zeros_like(starts))


def entities(labels: list[int], names: list[str] = LABELS) -> list[dict]:
    """Spans of a legal BIO sequence."""
    found = []
    for place, name in enumerate(names[label] for label in labels):
        if name.startswith("B-"):
            found.append({"start": place, "end": place + 1, "type": name[2:]})
        elif name.startswith("I-"):
            found[-1]["end"] = place + 1
    return found


def synthetic_batch(size: int, length: int, context_length: int = 24, vocabulary: int = 30522) -> Batch:
    """Random posts with contexts and no pictures: every item fills `length` pieces, 3 of them to 2 words of text."""
    text_length = length - context_length  # [CLS] text [SEP]
    ids = torch.randint(1000, vocabulary, (size, length))
    place = torch.arange(length).expand(size, -1)
    text_mask = (place >= 1) & (place < text_length - 1)
    context_mask = (place >= text_length) & (place < length - 1)
    word_count = (text_length - 2) * 2 // 3
    starts = (1 + torch.arange(word_count) * 3 // 2).expand(size, -1).contiguous()
    word_mask = torch.ones(starts.shape, dtype=torch.bool)
    tags, labels = torch.randint(0, TAG_COUNT + 1, starts.shape), torch.randint(0, len(LABELS), starts.shape)
    types, attention_mask = (place >= text_length).long(), torch.ones_like(ids)
    return Batch(ids, types, attention_mask, text_mask, context_mask, starts, word_mask, tags, labels)


# The benchmark.


def load_encoder(name: str) -> BertModel:
    """`minilm` from the cache, `bert-base` with random weights, or a Hugging Face folder."""
    if name == "bert-base":
        return BertModel(BertConfig(), add_pooling_layer=False)
    return BertModel.from_pretrained(MINILM if name == "minilm" else name, add_pooling_layer=False)


def report(**values) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**values, "peakMemoryBytes": peak}), flush=True)


def measure(work, arguments, **description) -> None:
    """Warms up, says `ready`, then runs and reports `work` once a turn, and at the end the median."""
    for _ in range(arguments.warmup):
        work()
    report(event="ready", mode=arguments.mode, threads=torch.get_num_threads(), **description)
    seconds = []
    for _ in sys.stdin if arguments.driven else range(arguments.repeats):
        start = time.perf_counter()
        outcome = work()
        seconds.append(time.perf_counter() - start)
        report(event="measurement", seconds=seconds[-1], **outcome)
    if seconds:
        report(event="summary", mode=arguments.mode, count=len(seconds), medianSeconds=statistics.median(seconds))


def train_step(arguments, options: Options) -> None:
    model = ShapCA(load_encoder(arguments.model), options=options).train()
    batch = synthetic_batch(arguments.batch, arguments.length)
    adam, schedule = optimizer(model, steps=1000)
    half = arguments.precision == "bf16"

    def step():
        adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16) if half else nullcontext():
            _, losses = model(batch)
        losses["total"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        schedule.step()
        return {"loss": losses["total"].item()}

    measure(step, arguments, model=arguments.model, precision=arguments.precision, batch=arguments.batch)


def linear(arguments, options: Options) -> None:
    """The matrix products alone of a BERT-base training step of 28 x 64 wordpieces, forward and backward in float32."""
    rows, width, layers = 28 * 64, 768, 12
    narrow, wide = (torch.randn(rows, columns, requires_grad=True) for columns in (width, 4 * width))
    products = [(narrow, nn.Linear(width, width))] * 4  # of an attention
    products += [(narrow, nn.Linear(width, 4 * width)), (wide, nn.Linear(4 * width, width))]
    flops = 6 * rows * layers * sum(layer.weight.numel() for _, layer in products)

    def work():
        for _ in range(layers):
            for x, layer in products:
                layer(x).sum().backward()
        return {"floatingPointOperations": flops}

    measure(work, arguments)


def word_pairs(arguments, options: Options) -> None:
    """The word-pair layer alone over random words, with the gradient of every weight and word."""
    labels = 26
    layer = WordPairs(labels, TAG_COUNT, options).train()
    fused = torch.randn(arguments.batch, arguments.length, options.width, requires_grad=True)
    tags = torch.randint(0, TAG_COUNT + 1, fused.shape[:2])
    gold = torch.randint(0, labels, (arguments.batch, arguments.length, arguments.length))
    gold[:, ~torch.ones(gold.shape[1:], dtype=torch.bool).triu()] = -100

    def work():
        layer.zero_grad()
        fused.grad = None
        loss = pair_loss(layer(fused, tags), gold)
        loss.backward()
        return {"loss": loss.item()}

    measure(work, arguments, batch=arguments.batch, length=arguments.length)


def joint_posts(folder: str, contexts: str) -> tuple[list[dict], list[str]]:
    """The training split of JMERE with its contexts, and the labels of word pairs."""
    captions = {}
    for line in open(contexts, encoding="utf-8"):
        record = json.loads(line)
        if "image" in record:
            captions[record["image"]] = record["context"]
    posts, types, relations = [], set(), set()
    for item in json.load(open(os.path.join(folder, "train.json"), encoding="utf-8")):
        triples = [t for group in item["label_list"] for t in group]
        cells = {}
        for triple in triples:
            ends = [triple["beg_ent"], triple["sec_ent"]]
            for end in ends:
                types.add(end["tags"])
                span = range(*end["pos"])
                cells |= {(i, j): end["tags"] for i in span for j in span if i <= j}
            relations.add(triple["relation"])
            pairs = [(i, j) for i in range(*ends[0]["pos"]) for j in range(*ends[1]["pos"])]
            cells |= {(min(pair), max(pair)): triple["relation"] for pair in pairs}
        posts.append({"tokens": item["token"], "context": captions.get(item["img_id"]), "cells": cells})
    return posts, ["none", *sorted(types), *sorted(relations)]


def epoch(arguments, options: Options) -> None:
    """One epoch over the posts of JMERE in random batches, padded to the longest of each."""
    posts, labels = joint_posts(arguments.data, arguments.contexts)
    posts = posts[: arguments.posts]
    number = {label: index for index, label in enumerate(labels)}
    tokenizer = AutoTokenizer.from_pretrained(MINILM)
    model = ShapCA(load_encoder(arguments.model), labels, options=options).train()
    adam, schedule = optimizer(model, steps=math.ceil(len(posts) / arguments.batch) * 20)
    half = arguments.precision == "bf16"

    def labelled(chunk):
        batch = collate(chunk, tokenizer)
        batch.labels = torch.full((*batch.word_mask.shape, batch.word_mask.size(1)), -100)
        for gold, post in zip(batch.labels, chunk):
            words = len(post["tokens"])
            gold[:words, :words][torch.ones(words, words, dtype=torch.bool).triu()] = 0
            for pair, label in post["cells"].items():
                gold[pair] = number[label]
        return batch

    def work():
        start_time = time.perf_counter()
        order, total = torch.randperm(len(posts)).tolist(), 0.0
        for start in range(0, len(order), arguments.batch):
            batch = labelled([posts[i] for i in order[start : start + arguments.batch]])
            adam.zero_grad()
            with torch.autocast("cpu", torch.bfloat16) if half else nullcontext():
                _, losses = model(batch)
            losses["total"].backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            schedule.step()
            total += losses["total"].item()
        return {"loss": total, "epochSeconds": time.perf_counter() - start_time}

    measure(work, arguments, precision=arguments.precision, posts=len(posts))


def batches(posts: list[dict], size: int, order: str) -> list[list[dict]]:
    """The posts in batches: those of about as many words together, or as they come."""
    def words(post: dict) -> int:
        return len(post.get("tokens") or post["text"].split()) + len((post.get("context") or "").split())

    ordered = sorted(posts, key=words) if order == "length" else posts
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def read_posts(path: str) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rates(posts: list[dict], arguments, extract) -> tuple[dict, list]:
    """Posts a second in batches, the median latency of posts one by one, and what `extract` made of all batches."""
    start = time.perf_counter()
    found = [item for chunk in batches(posts, arguments.batch, arguments.order) for item in extract(chunk)]
    seconds, latencies = time.perf_counter() - start, []
    for post in posts[: arguments.latency_posts]:
        start = time.perf_counter()
        extract([post])
        latencies.append(time.perf_counter() - start)
    return {"postsPerSecond": len(posts) / seconds, "medianLatencySeconds": statistics.median(latencies)}, found


def predict(arguments, options: Options) -> None:
    tokenizer = AutoTokenizer.from_pretrained(arguments.model if os.path.isdir(arguments.model) else MINILM)
    model = ShapCA(load_encoder(arguments.model), options=options).eval()
    posts = read_posts(arguments.input)

    def extract(chunk):
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.precision == "bf16"):
            return [entities(labels) for labels in model.predict(collate(chunk, tokenizer))]

    def work():
        measured, found = rates(posts, arguments, extract)
        return {**measured, "entities": sum(map(len, found))}

    measure(work, arguments, model=arguments.model, posts=len(posts))


def alignment(arguments, options: Options) -> None:
    similarities = [torch.rand(arguments.batch, arguments.batch) * 2 - 1 for _ in range(2)]

    def games():
        leaves = [s.clone().requires_grad_() for s in similarities]
        loss = sum(game_loss(s, options) + game_loss(s.T, options) for s in leaves) / 2
        loss.backward()
        return {"loss": loss.item()}

    measure(games, arguments, estimator=options.estimator, players=arguments.batch)


def parameters(arguments, options: Options) -> None:
    picture = ResNetModel(ResNetConfig(depths=[3, 8, 36, 3]))
    model = ShapCA(load_encoder("bert-base"), options=options)
    counts = {name: sum(p.numel() for p in module.parameters()) for name, module in model.named_children()}
    counts["image_encoder"] = sum(p.numel() for p in picture.parameters())
    report(mode="parameters", total=sum(counts.values()), **counts)


def add_measuring(parser: argparse.ArgumentParser) -> None:
    """The options of `measure`."""
    parser.add_argument("--driven", action="store_true", help="measure once for each line on standard input")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)


def main() -> None:
    modes = {
        "train-step": train_step,
        "linear": linear,
        "word-pairs": word_pairs,
        "epoch": epoch,
        "predict": predict,
        "alignment": alignment,
        "parameters": parameters,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=modes)
    parser.add_argument("--model", default="minilm", help="minilm, bert-base or a Hugging Face folder")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32", help="of train-step, predict and epoch")
    parser.add_argument("--order", choices=["length", "input"], default="length", help="of the posts in predict's batches")
    parser.add_argument("--input", help="JSON lines of posts, for predict")
    parser.add_argument("--data", help="the folder of JMERE, for epoch")
    parser.add_argument("--contexts", help="its contexts, for epoch")
    parser.add_argument("--posts", type=int, help="its training posts, the first of the split, for epoch")
    parser.add_argument("--batch", type=int, help="posts a batch (28; predict: 32)")
    parser.add_argument("--length", type=int, default=64, help="wordpieces a post in train-step")
    parser.add_argument("--latency-posts", type=int, default=50, help="posts that predict times one by one")
    add_measuring(parser)
    parser.add_argument("--seed", type=int, default=1)
    for field in fields(Options):
        kind = (lambda text: text == "true") if field.type is bool else field.type
        parser.add_argument("--" + field.name.replace("_", "-"), type=kind, default=field.default)
    arguments = parser.parse_args()
    if arguments.mode == "predict" and not arguments.input:
        parser.error("predict needs --input FILE, JSON lines of posts")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    arguments.batch = arguments.batch or (32 if arguments.mode == "predict" else 28)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    if arguments.mode == "epoch":
        arguments.task = "joint"
    options = Options(**{field.name: getattr(arguments, field.name) for field in fields(Options)})
    modes[arguments.mode](arguments, options)


if __name__ == "__main__":
    main()
