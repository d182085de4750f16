"""Makes the weights-* fixtures: files of weights by PyTorch and safetensors, and what is in them.

    python make_weights.py CACHE

CACHE is ShapCA's cache folder; MiniLM's and EfficientNet-Lite0's files in it are summed up. Made with Python 3.11,
torch 2.13.0+cpu and safetensors 0.8.0.
"""

import collections
import json
import pathlib
import sys
import zipfile

import safetensors
import safetensors.torch
import torch

folder = pathlib.Path(__file__).parent
TYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
         torch.int8, torch.uint8, torch.bool]
contents = {}


def describe(tensor):
    values = tensor.detach().to(torch.float64).flatten().tolist()
    return {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "values": values}


def expect(name, tensors):
    contents[name] = {key: describe(tensor) for key, tensor in tensors.items()}


def save(name, checkpoint, tensors, **options):
    torch.save(checkpoint, folder / name, **options)
    expect(name, tensors)


def every_type():
    tensors = collections.OrderedDict()
    for dtype in TYPES:
        values = torch.tensor([[0.0, 1.0, 2.5], [-3.0, 100.0, 7.0]])
        tensors[str(dtype).removeprefix("torch.")] = (values.abs() if dtype == torch.uint8 else values).to(dtype)
    return tensors


def views():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    return collections.OrderedDict(
        base=base,
        transposed=base.t(),
        column=base[:, 2],
        block=base[1:3, 1::2],
        expanded=torch.tensor([[1.5], [2.5]]).expand(2, 3),
        scalar=torch.tensor(7.25),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.tensor([0.5, -0.5])),
        channels_last=torch.arange(16.0).reshape(1, 2, 2, 4).contiguous(memory_format=torch.channels_last),
    )


def mixed():
    """Everything else that a training run keeps beside its weights, as far as it is read."""
    weights = {"layer.weight": torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "layer.bias": torch.tensor([0.25, -0.25])}
    state = {0: {"exp_avg": torch.zeros(2, 2), "step": torch.tensor(3.0)}}
    checkpoint = {
        "epoch": 3, "best": 0.75, "name": "Ünïcode 🐕", "done": False, "nothing": None, "raw": b"\x00\xff\x80",
        "large": 2**63, "negative": -(2**40), "small": -5, "minus": -129, "history": [1, (2, 3), (), (4, 5, 6, 7)],
        "dtype": torch.float16, "optimizer": {"state": state, "param_groups": [{"lr": 1e-3, "params": [0]}]},
        "state_dict": weights,
    }
    return checkpoint, weights


def main(cache):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    save("weights-module.pth", module.state_dict(), module.state_dict())
    for name, tensors in [("types", every_type()), ("views", views())]:
        save(f"weights-{name}.pth", tensors, tensors)
        save(f"weights-{name}-legacy.pth", tensors, tensors, _use_new_zipfile_serialization=False)
    checkpoint, weights = mixed()
    for protocol in range(1, 6):
        save(f"weights-protocol{protocol}.pth", checkpoint, weights, pickle_protocol=protocol)
    for protocol in range(2, 6):
        save(f"weights-legacy-protocol{protocol}.pth", checkpoint, weights, pickle_protocol=protocol,
             _use_new_zipfile_serialization=False)
    first, second, third = torch.tensor([1.0]), torch.tensor([2, 3]), torch.tensor([4.0, 5.0])
    save("weights-nested.pth", {"encoder": {"weight": first, "layers": [second, {"bias": third}]}, "step": 9},
         {"encoder.weight": first, "encoder.layers.0": second, "encoder.layers.1.bias": third})
    save("weights-model-key.pth", {"model": {"width": second}, "weight": first},
         {"model.width": second, "weight": first})

    safetensors.torch.save_file(every_type(), folder / "weights-types.safetensors", metadata={"format": "pt"})
    expect("weights-types.safetensors", every_type())
    names = {"plain": first, 'quote " backslash \\ tab \t': third, "Ünïcode 🐕": first + 1, "\x01": first + 2}
    names["empty"] = torch.zeros(2, 0)
    names["scalar"] = torch.tensor(3, dtype=torch.int16)
    safetensors.torch.save_file(names, folder / "weights-names.safetensors", metadata={"kéy\n": "va\"lue"})
    expect("weights-names.safetensors", names)

    sys.byteorder = "big"
    torch.save({"w": first}, folder / "weights-big-endian.pth")
    torch.save({"w": first}, folder / "weights-big-endian-legacy.pth", _use_new_zipfile_serialization=False)
    sys.byteorder = "little"
    source = zipfile.ZipFile(folder / "weights-module.pth")
    with zipfile.ZipFile(folder / "weights-compressed.pth", "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(zipfile.ZipInfo(entry), source.read(entry), zipfile.ZIP_DEFLATED)
    torch.save(module, folder / "weights-whole-module.pth")
    torch.save({"w": torch.zeros(2, dtype=torch.complex64)}, folder / "weights-complex.pth")
    (folder / "weights-contents.json").write_text(json.dumps(contents, sort_keys=True))

    models = pathlib.Path(cache) / "models"
    real = {
        "minilm": safetensors.torch.load_file(models / "minilm-l6-v2-0.1.0/model.safetensors"),
        "efficientnet": torch.load(models / "efficientnet-lite0-0.1.0/efficientnet-lite0.pth", weights_only=True),
    }
    sums = {
        model: {
            name: {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape),
                   "sum": tensor.to(torch.float64).sum().item()}
            for name, tensor in tensors.items()
        }
        for model, tensors in real.items()
    }
    (folder / "weights-sums.json").write_text(json.dumps(sums, sort_keys=True))


main(sys.argv[1])
