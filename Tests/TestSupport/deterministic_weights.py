"""Weights that need no file: each is a pure function of its parameter's name and its place in it.

The Python half of DeterministicWeights.swift, which documents the rule; both give the same float32 bit for bit.
Run as a program, it prints the probe values that the Swift tests compare.
"""

import math

import numpy as np

MASK = (1 << 64) - 1
CHUNK = 1 << 20


def fnv1a(data: bytes) -> int:
    """The 64-bit FNV-1a hash."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def split_mix64(seeds: np.ndarray) -> np.ndarray:
    """A bijective mix of each 64-bit number."""
    bits = seeds + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def distribution(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """The centre and half-width of the uniform distribution that a parameter's values follow."""
    suffix = name.rsplit(".", 1)[-1]
    if suffix == "running_var":
        return 1.0, 0.5
    if suffix in ("running_mean", "bias", "beta"):
        return 0.0, 0.1
    if suffix in ("weight", "gamma") and len(shape) == 1:
        return 1.0, 0.1
    if len(shape) < 2:
        return 0.0, 0.1
    return 0.0, math.sqrt(3 / math.prod(shape[1:]))


def values(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The float32 values of a parameter."""
    count = math.prod(shape)
    centre, scale = distribution(name, shape)
    seed = fnv1a(name.encode())
    result = np.empty(count, np.float32)
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        first = np.array((seed + start) & MASK, np.uint64)
        bits = split_mix64(first + np.arange(stop - start, dtype=np.uint64))
        uniform = (bits >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1
        result[start:stop] = centre + scale * uniform
    return result.reshape(shape)


def fill(module) -> None:
    """Sets every floating parameter and buffer of a torch module by its name in the state dict."""
    import torch

    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.from_numpy(values(name, tuple(tensor.shape))))


if __name__ == "__main__":
    for name, shape in [
        ("encoder.layer.0.attention.self.query.weight", (4, 3)),
        ("bn1.weight", (3,)),
        ("bn1.bias", (3,)),
        ("bn1.running_mean", (3,)),
        ("bn1.running_var", (3,)),
        ("conv1.weight", (2, 3, 7, 7)),
        ("logit_scale", ()),
        ("LayerNorm.gamma", (5,)),
    ]:
        digest = fnv1a(values(name, shape).astype("<f4").tobytes())
        print(f'("{name}", {list(shape)}, 0x{digest:016x}),')
