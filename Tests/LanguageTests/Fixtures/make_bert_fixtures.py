"""Makes the encoder's fixtures: hidden states of `transformers`' BERT.

    python make_bert_fixtures.py MINILM_FOLDER

Writes beside itself `bert-hidden-states.json` (inputs and a sample of the hidden states for MiniLM, for a BERT-base whose
weights follow deterministic_weights.py, and for the small folders) and small folders as `transformers` saves them:
`bert-pretraining` (prefix `bert.`, all heads, tanh GELU), `bert-classifier` (a .bin, prefix `bert.`, ReLU) and
`bert-legacy` (a .bin with TensorFlow's names gamma and beta and no prefix).
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import BertConfig, BertForPreTraining, BertForTokenClassification, BertModel

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

SMALL = dict(vocab_size=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
             max_position_embeddings=16)


def batch(vocabulary: int, lengths: list[int], second_segments: list[int], seed: int) -> dict:
    """Rows of random ids, padded with 0 to the longest; the second segment starts where `second_segments` says."""
    generator = torch.Generator().manual_seed(seed)
    width = max(lengths)
    ids = torch.randint(1, vocabulary, (len(lengths), width), generator=generator)
    position = torch.arange(width)
    mask = position < torch.tensor(lengths).unsqueeze(1)
    segments = (position >= torch.tensor(second_segments).unsqueeze(1)) & mask
    return {"input_ids": ids * mask, "token_type_ids": segments.long(), "attention_mask": mask.long()}


def case(model, inputs: dict, samples: int) -> dict:
    """The inputs, and evenly spread values of the hidden states of what is not padding."""
    model.eval()
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
    rows, width = inputs["input_ids"].shape
    indices = [i for i in range(hidden.numel()) if inputs["attention_mask"].flatten()[i // hidden.shape[-1]]]
    indices = indices[:: max(1, len(indices) // samples)]
    return {
        "shape": [rows, width],
        "tokenIDs": inputs["input_ids"].flatten().tolist(),
        "segmentIDs": inputs["token_type_ids"].flatten().tolist(),
        "mask": inputs["attention_mask"].flatten().tolist(),
        "indices": indices,
        "values": [round(hidden.flatten()[i].item(), 7) for i in indices],
    }


def main() -> None:
    torch.manual_seed(20261123)
    cases = {}
    minilm = BertModel.from_pretrained(sys.argv[1], attn_implementation="eager")
    cases["minilm"] = case(minilm, batch(30522, [20, 13, 1, 7], [11, 20, 20, 3], seed=1), 400)

    base = BertModel(BertConfig(attn_implementation="eager"), add_pooling_layer=False)
    deterministic_weights.fill(base)
    cases["base"] = case(base, batch(30522, [24, 9], [15, 24], seed=2), 400)
    shapes = {name: list(tensor.shape) for name, tensor in base.state_dict().items() if tensor.is_floating_point()}

    small = batch(40, [16, 5, 9], [6, 16, 2], seed=3)
    pretraining = BertForPreTraining(BertConfig(**SMALL, hidden_act="gelu_new"))
    deterministic_weights.fill(pretraining)
    pretraining.save_pretrained(HERE / "bert-pretraining")
    cases["bert-pretraining"] = case(pretraining.bert, small, 200)

    classifier = BertForTokenClassification(BertConfig(**SMALL, hidden_act="relu"))
    deterministic_weights.fill(classifier)
    classifier.config.save_pretrained(HERE / "bert-classifier")
    torch.save(classifier.state_dict(), HERE / "bert-classifier/pytorch_model.bin")
    cases["bert-classifier"] = case(classifier.bert, small, 200)

    legacy = BertModel(BertConfig(**SMALL))
    deterministic_weights.fill(legacy)
    legacy.config.save_pretrained(HERE / "bert-legacy")
    renamed = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
               for name, tensor in legacy.state_dict().items()}
    torch.save(renamed, HERE / "bert-legacy/pytorch_model.bin", _use_new_zipfile_serialization=False)
    cases["bert-legacy"] = case(legacy, small, 200)

    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    (HERE / "bert-hidden-states.json").write_text(
        json.dumps({"versions": versions, "baseShapes": shapes, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
