"""Makes torchvision-encoders.json: what torchvision's vision transformer and ConvNeXt compute, in slices.

The networks have few layers, and the weights of deterministic_weights.py. The first transformer has the names that its
feed-forward parts had until version 0.12 of torchvision, as the published files do.

    python make_torchvision_encoders.py
"""

import json
import re
from importlib.metadata import version

import torch

from encoder_samples import FOLDER, deterministic_weights, pixels, samples  # before torchvision, which it makes loadable
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.vision_transformer import VisionTransformer


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
    map = model.features(pixels())
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
