"""What the scripts that ask PyTorch about image encoders share: their pictures, and tensors in slices."""

import sys
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "TestSupport"))
import deterministic_weights  # noqa: E402

SAMPLES = 48

# torchvision's detection operators are not needed, and its binary part may not fit a CPU-only torch.
operators = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    operators.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")


def pixels(side: int = 224) -> torch.Tensor:
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
