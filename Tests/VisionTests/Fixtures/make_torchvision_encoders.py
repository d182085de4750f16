"""Makes torchvision-encoders.json: what torchvision's vision transformer and ConvNeXt compute, in slices.

The networks have few layers, and the weights of deterministic_weights.py. The first transformer has the names that its
feed-forward parts had until version 0.12 of torchvision, as the published files do.

    python make_torchvision_encoders.py
"""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

# torchvision's detection operators are not needed, and its binary part may not fit a CPU-only torch.
operators = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    operators.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")

from torchvision.models.convnext import CNBlockConfig, ConvNeXt  # noqa: E402
from torchvision.models.vision_transformer import VisionTransformer  # noqa: E402

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

SAMPLES = 48


def pixels(side: int) -> torch.Tensor:
    """Two pictures, uniform in [-1, 1)."""
    shape = (2, 3, side, side)
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


def case(model: torch.nn.Module, regions: torch.Tensor, pooled: torch.Tensor, old: bool = False) -> dict:
    keys = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    if old:
        keys = {published(name): shape for name, shape in keys.items()}
    return {"regions": samples(regions), "pooled": samples(pooled), "keys": keys}


def published(name: str) -> str:
    """The name in the published files of a transformer."""
    return re.sub(r"mlp\.([03])\.", lambda match: f"mlp.linear_{1 + int(match[1]) // 3}.", name)


def transformer(patch: int, side: int, old: bool) -> dict:
    model = VisionTransformer(side, patch, 2, 12, 768, 96, num_classes=3).eval()
    named = (published if old else str)
    for name, tensor in model.state_dict().items():
        shape = tuple(tensor.shape)
        tensor.copy_(torch.from_numpy(deterministic_weights.values(named(name), shape)).reshape(shape))
    patches = model._process_input(pixels(side))
    start = torch.cat([model.class_token.expand(2, -1, -1), patches], dim=1)
    states = model.encoder(start)
    return case(model, states[:, 1:], states[:, 0], old)


def convnext() -> dict:
    model = ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, 24, 2), CNBlockConfig(24, None, 1)], num_classes=3).eval()
    deterministic_weights.fill(model)
    map = model.features(pixels(224))
    return case(model, map.flatten(2).transpose(1, 2), model.classifier[0](model.avgpool(map)).flatten(1))


def main() -> None:
    with torch.no_grad():
        encoders = {
            "vit_b_16": transformer(16, 32, old=True),
            "vit_b_8": transformer(8, 24, old=False),
            "convnext": convnext(),
        }
    document = {"versions": {"torch": torch.__version__, "torchvision": version("torchvision")}, "encoders": encoders}
    (FOLDER / "torchvision-encoders.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
