"""Makes efficientnet-lite2.json: what efficientnet_lite_pytorch computes with the weights of deterministic_weights.py.

    python make_efficientnet_lite2.py        # needs torch, efficientnet_lite_pytorch
"""

import json
from importlib.metadata import version

import torch
from efficientnet_lite_pytorch import EfficientNet

from encoder_samples import FOLDER, deterministic_weights, pixels, samples


if __name__ == "__main__":
    model = EfficientNet.from_name("efficientnet-lite2").eval()
    deterministic_weights.fill(model)
    with torch.no_grad():
        regions = model.extract_features(pixels(260)).flatten(2).transpose(1, 2)
    fixture = {
        "versions": {name: version(name) for name in ("torch", "efficientnet-lite-pytorch")},
        "regions": samples(regions),
        "pooled": samples(regions.mean(1)),
        "keys": {name: list(tensor.shape) for name, tensor in model.state_dict().items() if tensor.is_floating_point()},
    }
    (FOLDER / "efficientnet-lite2.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
