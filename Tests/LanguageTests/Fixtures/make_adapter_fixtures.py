"""Makes `adapters/` and `adapters.json`: what PEFT computes with adapters of low rank, and the folders that it keeps them in.

    python make_adapter_fixtures.py

A case is a folder that PEFT saved, with `written.json`, the `adapter_config.json` that this project writes for the same
adapters: the script checks that PEFT computes the same with it. In `adapters.json` a case has the network's `config.json`, the
names and shapes of its weights, a padded batch, a sample of the hidden states, and of the gradient of every A and B its norm
and a few values. Weights follow deterministic_weights.py; those of adapters have the names of PEFT's files.
"""

import json
import shutil
import tempfile
from pathlib import Path

import make_encoder_fixtures as encoders
import peft
import torch
import transformers
from make_encoder_fixtures import deterministic_weights, rounded, spread
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    BertConfig, BertModel, ModernBertConfig, ModernBertModel, MPNetConfig, MPNetModel, RobertaConfig,
    RobertaForSequenceClassification)

HERE = Path(__file__).parent
FOLDER = HERE / "adapters"

CASES = {
    "bert": (
        BertModel, BertConfig(**encoders.SMALL, max_position_embeddings=16),
        LoraConfig(r=3, lora_alpha=5, lora_dropout=0.2, target_modules=r"encoder\..*(query|key|value|dense)"), [16, 5, 9]),
    "roberta-head": (
        RobertaForSequenceClassification, RobertaConfig(**encoders.MARKED, type_vocab_size=1),
        LoraConfig(r=2, lora_alpha=8, target_modules=["query", "value", "intermediate.dense"],
                   layers_to_transform=[1], rank_pattern={"attention.self.value": 4},
                   alpha_pattern={r"layer\.1\.intermediate\.dense": 3}), [16, 5, 9]),
    "mpnet": (
        MPNetModel, MPNetConfig(**encoders.MARKED),
        LoraConfig(r=4, lora_alpha=6, use_rslora=True, target_modules=["attn.q", "attn.o", "dense"],
                   exclude_modules=["pooler.dense", "encoder.layer.0.output.dense"]), [16, 5, 9]),
    "modernbert": (
        ModernBertModel, ModernBertConfig(**encoders.MODERN),
        LoraConfig(r=2, lora_alpha=2, target_modules="all-linear"), [24, 5, 9]),
}


def fill(model, prefix: str) -> None:
    """Sets the network's weights by their names without PEFT, and the adapters' by those in PEFT's files."""
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            plain = name.replace(".default.", ".")
            if "lora_" not in plain:
                plain = plain.removeprefix(prefix).replace(".base_layer.", ".")
            tensor.copy_(torch.from_numpy(deterministic_weights.values(plain, tuple(tensor.shape))))


def written(model, config: LoraConfig, base: str) -> dict:
    """The `adapter_config.json` that this project writes: whole names, and patterns for what differs from the first layer."""
    layers = {}
    for name, module in model.base_model.model.named_modules():
        if hasattr(module, "lora_A"):
            layers[name.removeprefix(base)] = (module.r["default"], module.lora_alpha["default"])
    names = list(layers)
    rank, alpha = layers[names[0]]
    own = [{name.replace(".", "\\."): value[i] for name, value in layers.items() if value[i] != first}
           for i, first in enumerate((rank, alpha))]
    return {
        "peft_type": "LORA", "task_type": None, "base_model_name_or_path": "base", "r": rank, "lora_alpha": alpha,
        "lora_dropout": config.lora_dropout, "use_rslora": config.use_rslora, "target_modules": names,
        "exclude_modules": None, "layers_to_transform": None, "rank_pattern": own[0], "alpha_pattern": own[1],
        "bias": "none", "init_lora_weights": True, "fan_in_fan_out": False, "inference_mode": True}


def hidden(model, inputs: dict) -> torch.Tensor:
    base = model.base_model.model
    return base.base_model(**inputs).last_hidden_state


def case(name: str, kind, config, adapter: LoraConfig, lengths: list[int], seed: int) -> dict:
    config._attn_implementation = "eager"
    model = get_peft_model(kind(config), adapter).eval()
    fill(model, "base_model.model.")
    network = model.base_model.model
    below = "" if network.base_model is network else network.base_model_prefix + "."
    folder = FOLDER / name
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    saved = json.loads((folder / "adapter_config.json").read_text())
    for key in ("target_modules", "exclude_modules"):
        if isinstance(saved[key], list):
            saved[key] = sorted(saved[key])
    (folder / "adapter_config.json").write_text(json.dumps(saved, indent=2, sort_keys=True) + "\n")
    ours = written(model, adapter, below)
    (folder / "written.json").write_text(json.dumps(ours, indent=2, sort_keys=True) + "\n")

    inputs = encoders.batch(config, lengths, seed)
    has_segments = getattr(config, "type_vocab_size", 0) > 1
    given = inputs if has_segments else encoders.without(inputs, "token_type_ids")
    states = hidden(model, given)
    check(kind, config, folder, given, states, below)
    mask = inputs["attention_mask"]
    direction = torch.from_numpy(deterministic_weights.values("direction", (states.numel(), 1))).reshape(states.shape)
    (states * direction * mask.unsqueeze(2)).sum().backward()
    real = [i for i in range(states.numel()) if mask.flatten()[i // states.shape[-1]]]
    indices = [real[i] for i in spread(len(real), 80)]
    gradients = {name.replace(".default.", ".").removeprefix("base_model.model.").removeprefix(below):
                 encoders.gradient(name, parameter.grad)
                 for name, parameter in model.named_parameters() if parameter.grad is not None}
    weights = {name.removeprefix("base_model.model.").replace(".base_layer.", "."): list(tensor.shape)
               for name, tensor in model.state_dict().items() if "lora_" not in name}
    return {
        "config": config.to_diff_dict(), "weights": weights, "shape": list(mask.shape),
        "tokenIDs": inputs["input_ids"].flatten().tolist(), "segmentIDs": inputs["token_type_ids"].flatten().tolist(),
        "mask": mask.flatten().tolist(), "indices": indices, "values": rounded(states.detach().flatten()[indices]),
        "gradients": gradients}


def check(kind, config, folder: Path, given: dict, states: torch.Tensor, below: str) -> None:
    """PEFT finds the same adapters by what this project writes, in a network without a head."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copy(folder / "written.json", Path(copy) / "adapter_config.json")
        weights = {name.replace("base_model.model." + below, "base_model.model."): tensor for name, tensor in
                   peft.utils.load_peft_weights(str(folder)).items()}
        import safetensors.torch
        safetensors.torch.save_file(weights, str(Path(copy) / "adapter_model.safetensors"), metadata={"format": "pt"})
        plain = kind(config)
        deterministic_weights.fill(plain)
        network = plain.base_model
        if below:
            # The names of weights below a head begin with its own.
            with torch.no_grad():
                for name, tensor in network.state_dict().items():
                    if tensor.is_floating_point():
                        tensor.copy_(torch.from_numpy(deterministic_weights.values(below + name, tuple(tensor.shape))))
        again = PeftModel.from_pretrained(network, copy).eval()
        difference = (again(**given).last_hidden_state - states).abs().max().item()
        assert difference < 1e-5, (folder.name, difference)


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    cases = {name: case(name, *options, seed=seed) for seed, (name, options) in enumerate(CASES.items())}
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    fixture = {"versions": versions, "cases": cases}
    (HERE / "adapters.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
