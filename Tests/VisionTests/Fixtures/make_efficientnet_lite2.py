"""Makes efficientnet-lite2.json: what efficientnet_lite_pytorch computes with the weights of deterministic_weights.py.

    python make_efficientnet_lite2.py        # needs torch, efficientnet_lite_pytorch
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

SAMPLES = 48
SHAPE = (2, 3, 260, 260)


def samples(tensor: torch.Tensor) -> dict:
    """The shape, the largest size, and evenly spread elements in row-major order."""
    flat = tensor.flatten()
    indices = [i * (len(flat) - 1) // (SAMPLES - 1) for i in range(SAMPLES)]
    return {"shape": list(tensor.shape), "largest": flat.abs().max().item(), "values": flat[indices].tolist()}


if __name__ == "__main__":
    model = EfficientNet.from_name("efficientnet-lite2").eval()
    deterministic_weights.fill(model)
    pixels = torch.from_numpy(deterministic_weights.values("pixels", (torch.Size(SHAPE).numel(),))).reshape(SHAPE) * 10
    with torch.no_grad():
        regions = model.extract_features(pixels).flatten(2).transpose(1, 2)
    fixture = {
        "versions": {name: version(name) for name in ("torch", "efficientnet-lite-pytorch")},
        "regions": samples(regions),
        "pooled": samples(regions.mean(1)),
        "keys": {name: list(tensor.shape) for name, tensor in model.state_dict().items() if tensor.is_floating_point()},
    }
    (FOLDER / "efficientnet-lite2.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
