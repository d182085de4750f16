"""Makes `text-encoders.json`: what `transformers` computes with the encoders other than BERT.

    python make_encoder_fixtures.py

A case has a `config.json`, the names and shapes of all weights as `transformers` saves them (with heads and prefixes), a
padded batch, a sample of the hidden states, and of the gradient of every parameter its norm and a few values. The weights
follow deterministic_weights.py, and the gradient is that of the sum of hidden states times weights named "direction".
`distances` has the ranges of relative positions that MPNet and DeBERTa-v2 tell apart.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import (
    CamembertConfig, CamembertForTokenClassification, DebertaV2Config, DebertaV2ForMaskedLM, DebertaV2Model,
    DistilBertConfig, DistilBertForMaskedLM, DistilBertForQuestionAnswering, DistilBertForSequenceClassification,
    ElectraConfig, ElectraForMaskedLM, ElectraForPreTraining, ElectraForSequenceClassification, ElectraModel,
    ModernBertConfig, ModernBertForMaskedLM, ModernBertForTokenClassification, ModernBertModel, MPNetConfig,
    MPNetForMaskedLM, MPNetModel, RobertaConfig, RobertaForMaskedLM, RobertaForSequenceClassification, RobertaModel,
    XLMRobertaConfig, XLMRobertaForQuestionAnswering)
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

VOCABULARY = 30
SMALL = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
# RoBERTa's: the first two rows of the table belong to padding.
MARKED = dict(SMALL, max_position_embeddings=18, layer_norm_eps=1e-5, pad_token_id=1)
DISTIL = dict(vocab_size=VOCABULARY, dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=16)
MODERN = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=4, num_attention_heads=2, intermediate_size=20,
              max_position_embeddings=32, pad_token_id=3, local_attention=8)
DEBERTA = dict(SMALL, max_position_embeddings=40, type_vocab_size=0, relative_attention=True, position_buckets=8,
               pos_att_type=["p2c", "c2p"], position_biased_input=False, share_att_key=True,
               norm_rel_ebd="layer_norm")


def without(options: dict, *names: str) -> dict:
    return {name: value for name, value in options.items() if name not in names}


CASES = {
    "roberta": (RobertaModel, RobertaConfig(**MARKED, type_vocab_size=1), [16, 5, 9]),
    "roberta-masked-lm": (
        RobertaForMaskedLM, RobertaConfig(**MARKED, type_vocab_size=2, hidden_act="gelu_new"), [16, 5, 9]),
    "roberta-padding-0": (
        RobertaForSequenceClassification,
        RobertaConfig(**{**MARKED, "pad_token_id": 0}, type_vocab_size=1, hidden_act="relu"), [17, 5, 9]),
    "xlm-roberta": (XLMRobertaForQuestionAnswering, XLMRobertaConfig(**MARKED, type_vocab_size=1), [16, 1, 9]),
    "camembert": (CamembertForTokenClassification, CamembertConfig(**MARKED, type_vocab_size=1), [12, 5]),
    "mpnet": (MPNetModel, MPNetConfig(**{**MARKED, "max_position_embeddings": 162}), [160, 70]),
    "mpnet-masked-lm": (MPNetForMaskedLM, MPNetConfig(**MARKED), [16, 5, 9]),
    "distilbert-masked-lm": (DistilBertForMaskedLM, DistilBertConfig(**DISTIL), [16, 5, 9]),
    "distilbert-classifier": (
        DistilBertForSequenceClassification,
        DistilBertConfig(**DISTIL, activation="relu", sinusoidal_pos_embds=True, pad_token_id=2), [16, 5, 9]),
    "distilbert-answers": (DistilBertForQuestionAnswering, DistilBertConfig(**DISTIL), [7, 5]),
    "electra": (ElectraForPreTraining, ElectraConfig(**SMALL, embedding_size=8, max_position_embeddings=16), [16, 5, 9]),
    "electra-generator": (
        ElectraForMaskedLM, ElectraConfig(**SMALL, embedding_size=8, max_position_embeddings=16), [16, 5, 9]),
    "electra-classifier": (
        ElectraForSequenceClassification,
        ElectraConfig(**SMALL, embedding_size=16, max_position_embeddings=16, hidden_act="gelu_new"), [16, 5, 9]),
    "electra-plain": (
        ElectraModel, ElectraConfig(**SMALL, embedding_size=16, max_position_embeddings=16, pad_token_id=5), [9, 5]),
    "modernbert": (ModernBertModel, ModernBertConfig(**MODERN), [24, 5, 9]),
    "modernbert-biases": (
        ModernBertForMaskedLM,
        ModernBertConfig(**MODERN, attention_bias=True, mlp_bias=True, norm_bias=True,
                         global_attn_every_n_layers=2, local_rope_theta=500.0, global_rope_theta=3000.0), [24, 5, 9]),
    "modernbert-layers": (
        ModernBertForTokenClassification,
        ModernBertConfig(**{**MODERN, "local_attention": 5}, norm_eps=1e-3, hidden_activation="relu",
                         layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
                         rope_parameters={"full_attention": {"rope_type": "default", "rope_theta": 800.0},
                                          "sliding_attention": {"rope_type": "default", "rope_theta": 90.0}}),
        [24, 5, 9]),
    "modernbert-wide-window": (ModernBertModel, ModernBertConfig(**{**MODERN, "local_attention": 46}), [24, 5]),
    "deberta": (DebertaV2Model, DebertaV2Config(**DEBERTA), [40, 17, 5]),
    "deberta-masked-lm": (
        DebertaV2ForMaskedLM,
        DebertaV2Config(**{**DEBERTA, "share_att_key": False, "position_biased_input": True, "type_vocab_size": 2,
                           "norm_rel_ebd": "none", "pos_att_type": "c2p|p2c"}, legacy=False), [40, 17, 5]),
    "deberta-content-to-position": (
        DebertaV2ForMaskedLM,
        DebertaV2Config(**{**DEBERTA, "share_att_key": False, "pos_att_type": ["c2p"], "max_relative_positions": 11}),
        [40, 17, 5]),
    "deberta-position-to-content": (
        DebertaV2Model,
        DebertaV2Config(**{**DEBERTA, "share_att_key": False, "pos_att_type": ["p2c"]}, max_relative_positions=11,
                        hidden_act="gelu_new"), [40, 17, 5]),
    "deberta-distances": (
        DebertaV2Model,
        DebertaV2Config(**without(DEBERTA, "position_buckets"), max_relative_positions=11), [40, 17, 5]),
    "deberta-contents": (
        DebertaV2Model, DebertaV2Config(**without(DEBERTA, "pos_att_type")), [20, 17, 5]),
    "deberta-convolution": (
        DebertaV2Model, DebertaV2Config(**DEBERTA, conv_kernel_size=3, conv_act="gelu"), [40, 17, 5]),
    "deberta-wide-convolution": (
        DebertaV2Model, DebertaV2Config(**DEBERTA, conv_kernel_size=5), [12, 1, 5]),
}


def batch(config, lengths: list[int], seed: int) -> dict:
    """Rows of random ids, padded to the longest; a second segment from a third of each row on."""
    generator = torch.Generator().manual_seed(seed)
    width = max(lengths)
    padding = config.pad_token_id
    ids = torch.randint(padding + 1, VOCABULARY, (len(lengths), width), generator=generator)
    position = torch.arange(width)
    ends = torch.tensor(lengths).unsqueeze(1)
    mask = position < ends
    segments = ((position * 3 >= ends) & mask).long()
    return {"input_ids": torch.where(mask, ids, padding), "token_type_ids": segments, "attention_mask": mask.long()}


def spread(count: int, samples: int) -> list[int]:
    """Places that go evenly over a flat array, the last one among them."""
    return sorted({round(i * (count - 1) / max(1, samples - 1)) for i in range(min(samples, count))})


def rounded(values: torch.Tensor) -> list[float]:
    return [round(value, 6) for value in values.flatten().tolist()]


def gradient(name: str, tensor: torch.Tensor) -> dict:
    """The norm, and values: many of tables of relative positions, a few of the rest, among them the largest."""
    flat = tensor.flatten()
    samples = 48 if "rel" in name else 2
    indices = sorted({*spread(flat.numel(), samples), int(flat.abs().argmax())})
    return {"norm": round(flat.norm().item(), 5), "indices": indices, "values": rounded(flat[indices])}


def case(kind, config, lengths: list[int], seed: int) -> dict:
    config._attn_implementation = "eager"
    torch.manual_seed(seed)
    model = kind(config).eval()
    base = model.base_model
    prefix = "" if base is model else model.base_model_prefix + "."
    deterministic_weights.fill(model)
    with torch.no_grad():
        # A head's matrix may be the table of words, whose values are those of the table's own name.
        for name, tensor in base.state_dict().items():
            values = deterministic_weights.values(prefix + name, tuple(tensor.shape))
            tensor.copy_(torch.from_numpy(values))
    inputs = batch(config, lengths, seed)
    hasSegments = getattr(config, "type_vocab_size", 0) > 1
    given = inputs if hasSegments else without(inputs, "token_type_ids")
    hidden = base(**given).last_hidden_state
    mask = inputs["attention_mask"]
    direction = torch.from_numpy(deterministic_weights.values("direction", (hidden.numel(), 1))).reshape(hidden.shape)
    (hidden * direction * mask.unsqueeze(2)).sum().backward()
    real = [i for i in range(hidden.numel()) if mask.flatten()[i // hidden.shape[-1]]]
    indices = [real[i] for i in spread(len(real), 80)]
    gradients = {prefix + name: gradient(name, parameter.grad)
                 for name, parameter in base.named_parameters() if parameter.grad is not None and "pooler" not in name}
    return {
        "config": config.to_diff_dict(),
        "weights": {name: list(tensor.shape) for name, tensor in model.state_dict().items()},
        "shape": list(mask.shape),
        "tokenIDs": inputs["input_ids"].flatten().tolist(),
        "segmentIDs": inputs["token_type_ids"].flatten().tolist(),
        "mask": mask.flatten().tolist(),
        "indices": indices,
        "values": rounded(hidden.detach().flatten()[indices]),
        "gradients": gradients,
    }


def distances() -> dict:
    """The bucket of j - i in MPNet and the row of j - i in DeBERTa-v2, for all distances from -600 on."""
    apart = torch.arange(-600, 601)
    found = {"mpnet": MPNetEncoder.relative_position_bucket(apart).tolist()}
    for buckets, maximum in [(256, 512), (8, 40), (32, 128), (7, 30)]:
        rows = make_log_bucket_position(-apart, buckets, maximum).long() + buckets
        found[f"{buckets}-{maximum}"] = rows.clamp(0, 2 * buckets - 1).tolist()
    return found


def main() -> None:
    cases = {name: case(*options, seed=seed) for seed, (name, options) in enumerate(CASES.items())}
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    fixture = {"versions": versions, "distances": distances(), "cases": cases}
    (HERE / "text-encoders.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
