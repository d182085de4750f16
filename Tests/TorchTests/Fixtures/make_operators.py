#!/usr/bin/env python3
"""Makes operators.json and optimizer.json: what PyTorch computes for small inputs.

    python make_operators.py

Made with Python 3.11 and torch 2.13.0. All tensors are {"shape", "values"} in row-major order.

    operators.json   for each case: the operator's `inputs` and integer, number or boolean `settings`, its `output`, a random
                     `direction` of the output's shape, the `gradients` of sum(output * direction), and `after`: what
                     the operator left in inputs that it changes
    optimizer.json   two groups of parameters under AdamW with clipped gradients and a changing rate: for each step the
                     `gradients` that are given (null: none), their `norm` before clipping, and the parameters `after`
"""

import json
import pathlib

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
generator = torch.Generator().manual_seed(1)


def randn(*shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64).float()


def stored(tensor):
    values = [float(f"{value:.9g}") for value in tensor.detach().double().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def case(name, function, inputs, changed=(), **settings):
    """One operator: computed in float64 from float32 inputs."""
    wide = {}
    for key, value in inputs.items():
        wide[key] = value.double() if value.is_floating_point() else value
        if value.is_floating_point() and key not in changed:
            wide[key] = wide[key].clone().requires_grad_()
        elif key in changed:
            wide[key] = wide[key].clone()
    output = function(**wide, **settings)
    direction = randn(*output.shape)
    (output * direction).sum().backward()
    return {
        "name": name,
        "settings": settings,
        "inputs": {key: stored(value) for key, value in inputs.items()},
        "output": stored(output),
        "direction": stored(direction),
        "gradients": {key: stored(value.grad) for key, value in wide.items() if value.grad is not None},
        "after": {key: stored(wide[key]) for key in changed},
    }


def conv2d(x, weight, bias=None, **settings):
    return F.conv2d(x, weight, bias, **settings)


def batch_norm(x, weight, bias, mean, variance, training):
    return F.batch_norm(x, mean, variance, weight, bias, training, momentum=0.1, eps=1e-3)


def layer_norm(x, weight=None, bias=None):
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps=1e-5)


def attention(query, key, value, mask=None):
    return F.scaled_dot_product_attention(query, key, value, mask)


def embedding(weight, indices, padding):
    return F.embedding(indices, weight, padding_idx=padding if padding >= 0 else None)


def cross_entropy(x, targets, ignored):
    return F.cross_entropy(x, targets, ignore_index=ignored)


def max_pool2d(x, kernel, stride, padding):
    return F.max_pool2d(x, kernel, stride, padding)


def operators():
    image = {"x": randn(2, 4, 5, 6)}
    norm = {"weight": randn(4), "bias": randn(4), "mean": randn(4), "variance": randn(4).abs() + 0.5}
    heads = {"query": randn(2, 2, 3, 4), "key": randn(2, 2, 5, 4), "value": randn(2, 2, 5, 4)}
    mask = torch.tensor([[1, 1, 0, 1, 0], [0, 0, 0, 0, 1]], dtype=torch.bool)[:, None, None, :]
    x = {"x": randn(3, 4)}
    return [
        case("conv2d", conv2d, image | {"weight": randn(3, 4, 3, 3), "bias": randn(3)}, stride=1, padding=1, groups=1),
        case("conv2d", conv2d, image | {"weight": randn(6, 2, 3, 3)}, stride=2, padding=0, groups=2),
        case("conv2d", conv2d, image | {"weight": randn(4, 1, 3, 3)}, stride=1, padding=2, groups=4),
        case("conv2d", conv2d, image | {"weight": randn(8, 4, 1, 1), "bias": randn(8)}, stride=1, padding=0, groups=1),
        case("batchNorm", batch_norm, image | norm, changed=("mean", "variance"), training=True),
        case("batchNorm", batch_norm, image | norm, changed=("mean", "variance"), training=False),
        case("layerNorm", layer_norm, {"x": randn(2, 3, 5), "weight": randn(5), "bias": randn(5)}),
        case("layerNorm", layer_norm, {"x": randn(2, 5)}),
        case("attention", attention, heads),
        case("attention", attention, heads | {"mask": mask}),
        case("embedding", embedding, {"weight": randn(5, 3), "indices": torch.tensor([[0, 4], [4, 2]])}, padding=-1),
        case("embedding", embedding, {"weight": randn(5, 3), "indices": torch.tensor([[0, 4], [4, 2]])}, padding=4),
        case("crossEntropy", cross_entropy, x | {"targets": torch.tensor([1, 3, 0])}, ignored=-100),
        case("crossEntropy", cross_entropy, x | {"targets": torch.tensor([1, 7, 0])}, ignored=7),
        case("maxPool2d", max_pool2d, image, kernel=3, stride=2, padding=1),
        case("gelu", lambda x: F.gelu(x), x),
        case("geluApproximate", lambda x: F.gelu(x, approximate="tanh"), x),
        case("softmax", lambda x: F.softmax(x, -1), x),
        case("logSoftmax", lambda x: F.log_softmax(x, 0), x),
        case("logSumExp", lambda x: x.logsumexp(-1), x),
        case("tanh", lambda x: x.tanh(), x),
        case("sigmoid", lambda x: x.sigmoid(), x),
        case("norm", lambda x: x.norm(dim=1), x),
    ]


def optimizer():
    shapes = {"encoder.weight": (3, 2), "encoder.bias": (2,), "head.weight": (4,)}
    parameters = {path: torch.nn.Parameter(randn(*shape)) for path, shape in shapes.items()}
    document = {"parameters": {path: stored(parameter) for path, parameter in parameters.items()}, "steps": []}
    groups = [
        {"paths": ["encoder.weight", "encoder.bias"], "learningRate": 0.05, "weightDecay": 0.1},
        {"paths": ["head.weight"], "learningRate": 0.2, "weightDecay": 0.0},
    ]
    document["groups"] = groups
    document["maximumNorm"] = 2.0
    adam = torch.optim.AdamW(
        [
            {"params": [parameters[p] for p in g["paths"]], "lr": g["learningRate"], "weight_decay": g["weightDecay"]}
            for g in groups
        ]
    )
    for step, scale in enumerate([0.1, 3.0, 1.0, 0.01, 10.0, 0.5]):
        factor = (step + 1) / 3 if step < 3 else 0.5
        given = {}
        for path, parameter in parameters.items():
            parameter.grad = None if (step, path) == (2, "encoder.bias") else randn(*parameter.shape) * scale
            given[path] = stored(parameter.grad) if parameter.grad is not None else None
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), document["maximumNorm"]).item()
        for group, original in zip(adam.param_groups, groups):
            group["lr"] = original["learningRate"] * factor
        adam.step()
        after = {path: stored(parameter) for path, parameter in parameters.items()}
        document["steps"].append({"gradients": given, "rateFactor": factor, "norm": norm, "after": after})
    return document


for name, content in {"operators": operators(), "optimizer": optimizer()}.items():
    document = {"torch": torch.__version__, "content": content}
    (FOLDER / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
