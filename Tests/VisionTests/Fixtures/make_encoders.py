"""Makes encoders.json: what torchvision, transformers and efficientnet_lite_pytorch compute, in slices.

ResNets and CLIP carry the weights of deterministic_weights.py; EfficientNet-Lite0 its published ones, from the model
cache, in the package efficientnet_lite_pytorch (put it on PYTHONPATH; pip install --no-deps).

    python make_encoders.py ~/.cache/shapca/models/efficientnet-lite0-0.1.0/efficientnet-lite0.pth
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

# torchvision's detection operators are not needed, and its binary part may not fit a CPU-only torch.
operators = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    operators.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")

import torchvision  # noqa: E402
import transformers  # noqa: E402
from efficientnet_lite_pytorch import EfficientNet  # noqa: E402

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

SAMPLES = 48


def pixels() -> torch.Tensor:
    """Two pictures, uniform in [-1, 1)."""
    shape = (2, 3, 224, 224)
    values = deterministic_weights.values("pixels", (int(np.prod(shape)),))
    return torch.from_numpy(values * np.float32(10)).reshape(shape)


def samples(tensor: torch.Tensor) -> dict:
    """The shape, the largest size, and evenly spread elements in row-major order."""
    flat = tensor.detach().flatten()
    indices = [i * (len(flat) - 1) // (SAMPLES - 1) for i in range(SAMPLES)]
    return {
        "shape": list(tensor.shape),
        "largest": flat.abs().max().item(),
        "values": [flat[i].item() for i in indices],
    }


def features(regions: torch.Tensor, pooled: torch.Tensor) -> dict:
    return {"regions": samples(regions), "pooled": samples(pooled)}


def keys(model: torch.nn.Module) -> dict:
    """The shape of every parameter and floating buffer by its published name."""
    return {
        name: list(tensor.shape) for name, tensor in model.state_dict().items() if tensor.is_floating_point()
    }


def of_map(map: torch.Tensor) -> dict:
    regions = map.flatten(2).transpose(1, 2)
    return features(regions, regions.mean(1))


def resnet(depth: int) -> dict:
    model = getattr(torchvision.models, f"resnet{depth}")().eval()
    deterministic_weights.fill(model)
    trunk = torch.nn.Sequential(*list(model.children())[:-2])
    return {**of_map(trunk(pixels())), "keys": keys(model)}


def clip() -> dict:
    configuration = transformers.CLIPVisionConfig()
    model = transformers.CLIPVisionModel(configuration).eval()
    deterministic_weights.fill(model)
    output = model(pixel_values=pixels())
    return {**features(output.last_hidden_state[:, 1:], output.pooler_output), "keys": keys(model)}


def efficient_net(weights: str) -> dict:
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    return {**of_map(model.extract_features(pixels())), "logits": samples(model(pixels())), "keys": {}}


if __name__ == "__main__":
    with torch.no_grad():
        fixture = {
            "versions": {
                name: version(name)
                for name in ("torch", "torchvision", "transformers", "efficientnet-lite-pytorch")
            },
            "encoders": {
                **{f"resnet{depth}": resnet(depth) for depth in (18, 34, 50, 101, 152)},
                "clip-vit-base-patch32": clip(),
                "efficientnet-lite0": efficient_net(sys.argv[1]),
            },
        }
    (FOLDER / "encoders.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
