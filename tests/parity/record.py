#!/usr/bin/env python3
"""Records what PyTorch computes, for tests/parity to compare with.

Needs torch 2.13 alone:  python3 tests/parity/record.py
Writes optimizers.json, layers.json and scores.json beside itself. Inputs come from a formula (spread) that the tests
repeat, so only results are kept; every number is a float32 in the shortest text that reads back as the same.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent


def spread(*shape):
    """Numbers in (-1, 1): element i, from 1, is (2 ((389 i) mod 997) - 996.5) / 998, computed in f64."""
    count = int(torch.Size(shape).numel())
    steps = torch.arange(1, count + 1, dtype=torch.float64).mul(389).remainder(997)
    return steps.mul(2).sub(996.5).div(998).reshape(shape).float()


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def write(name, recorded):
    head = {"torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {**head, **recorded}.items())
    (HERE / name).write_text("{" + lines + "}\n")


# ---- Optimizers: 1,000 steps downhill, with gradients made of products and sums of elements only, so that nothing but
# the optimizer can differ. The curvature spans a factor of 400, and every step has its own noise.

STEPS = 1000
KEPT = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
SHAPES = {"matrix": (5, 7), "row": (19,)}


def gradient(weight, step):
    curvature = spread(*weight.shape).abs().mul(4).add(0.01)
    target = spread(*weight.shape).flip(0)
    noise = spread(*weight.shape).mul((step * 37 % 101) / 64 - 0.78125)
    return weight.detach().sub(target).mul(curvature).add(noise)


def param_groups(weights, groups):
    """Those of our groups, whose globs are plain names here, and the rest first."""
    taken = {group["match"] for group in groups}
    rest = [weight for name, weight in weights.items() if name not in taken]
    own = [{key: value for key, value in group.items() if key != "match"} for group in groups]
    return [{"params": rest}] + [{"params": [weights[group["match"]]], **values} for group, values in zip(groups, own)]


def descend(kind, options, **how):
    weights = {name: torch.nn.Parameter(spread(*shape).mul(2)) for name, shape in SHAPES.items()}
    rest = {key: value for key, value in options.items() if key != "groups"}
    optimizer = kind(param_groups(weights, options.get("groups", [])), **rest, **how)
    rates = [group["lr"] for group in optimizer.param_groups]
    kept = []
    for step in range(STEPS):
        for weight in weights:
            weight.grad = gradient(weight, step)
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * (1 - step / 2048)
        optimizer.step()
        if step + 1 in KEPT:
            kept.append([numbers(weight) for weight in weights])
    return kept


OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.05}),
    "sgd momentum": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    "sgd nesterov": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "sgd dampening": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}),
    "adam": (torch.optim.Adam, {"lr": 0.01}),
    "adam decay": (torch.optim.Adam, {"lr": 0.01, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.01}),
    "adam amsgrad": (torch.optim.Adam, {"lr": 0.01, "amsgrad": True}),
    "adamw": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}),
    "adamw amsgrad": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    "sgd groups": (torch.optim.SGD, {
        "lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01,
        "groups": [{"match": "row", "lr": 0.03, "momentum": 0.5, "nesterov": False, "weight_decay": 0.0}]}),
    "sgd groups of which one has momentum": (torch.optim.SGD, {
        "lr": 0.02, "groups": [{"match": "row", "momentum": 0.8, "dampening": 0.3}]}),
    "adam groups": (torch.optim.Adam, {
        "lr": 0.01, "groups": [{"match": "row", "lr": 0.003, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.01}]}),
    "adamw groups": (torch.optim.AdamW, {
        "lr": 0.01, "weight_decay": 0.1, "groups": [{"match": "row", "lr": 0.02, "weight_decay": 0.0, "amsgrad": True}]}),
}


def record_optimizers():
    recorded = {"steps": KEPT}
    for name, (kind, options) in OPTIMIZERS.items():
        rest = {key: value for key, value in options.items() if key != "lr"}
        recorded[name] = {
            "type": kind.__name__.lower(),
            "options": options,
            "fused": descend(kind, options, fused=True),
            "plain": descend(kind, options, foreach=False, fused=False),
        }
    write("optimizers.json", recorded)


# ---- Layers: forward, and backward from a fixed gradient of the output.

LAYERS = {
    "linear": ("linear", {"units": 4}, (6,), lambda: torch.nn.Linear(6, 4)),
    "linear without bias": ("linear", {"units": 3, "bias": False}, (5,), lambda: torch.nn.Linear(5, 3, bias=False)),
    "conv2d": ("conv2d", {"channels": 3, "kernel": 3}, (2, 6, 5), lambda: torch.nn.Conv2d(2, 3, 3)),
    "conv2d strided in groups": (
        "conv2d", {"channels": 4, "kernel": 3, "stride": 2, "padding": 1, "groups": 2}, (2, 6, 5),
        lambda: torch.nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2)),
    "conv2d same and dilated": (
        "conv2d", {"channels": 2, "kernel": 3, "padding": "same", "dilation": 2, "bias": False}, (3, 6, 5),
        lambda: torch.nn.Conv2d(3, 2, 3, padding="same", dilation=2, bias=False)),
    "conv2d same of even size": (
        "conv2d", {"channels": 2, "kernel": 4, "padding": "same"}, (1, 5, 5),
        lambda: torch.nn.Conv2d(1, 2, 4, padding="same")),
    "max_pool2d": ("max_pool2d", {}, (2, 5, 6), lambda: torch.nn.MaxPool2d(2)),
    "max_pool2d overlapping": (
        "max_pool2d", {"kernel": 3, "stride": 2, "padding": 1}, (2, 5, 6), lambda: torch.nn.MaxPool2d(3, 2, 1)),
    "batch_norm2d": ("batch_norm2d", {"momentum": 0.2, "eps": 1e-3}, (3, 3, 2),
                     lambda: torch.nn.BatchNorm2d(3, eps=1e-3, momentum=0.2)),
    "batch_norm2d of features": ("batch_norm2d", {}, (5,), lambda: torch.nn.BatchNorm1d(5)),
    "flatten": ("flatten", {}, (2, 3, 2), lambda: torch.nn.Flatten()),
    "relu": ("relu", {}, (19,), lambda: torch.nn.ReLU()),
    "gelu": ("gelu", {}, (19,), lambda: torch.nn.GELU()),
    "gelu by tanh": ("gelu", {"approximate": "tanh"}, (19,), lambda: torch.nn.GELU("tanh")),
    "tanh": ("tanh", {}, (19,), lambda: torch.nn.Tanh()),
    "sigmoid": ("sigmoid", {}, (19,), lambda: torch.nn.Sigmoid()),
    "silu": ("silu", {}, (19,), lambda: torch.nn.SiLU()),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}, (19,), lambda: torch.nn.LeakyReLU(0.2)),
    "elu": ("elu", {"alpha": 1.5}, (19,), lambda: torch.nn.ELU(1.5)),
}
BATCH = 4


def record_layers():
    recorded = {}
    for name, (kind, options, shape, make) in LAYERS.items():
        layer = make()
        with torch.no_grad():
            for tensor in layer.parameters():
                tensor.copy_(spread(*tensor.shape).mul(0.5))
        x = spread(BATCH, *shape).mul(2).requires_grad_(True)
        y = layer(x)
        y.backward(spread(*y.shape).square())
        entry = {"type": kind, "options": options, "input": list(shape), "output": numbers(y), "input gradient": numbers(x.grad),
                 "gradients": {key: numbers(tensor.grad) for key, tensor in layer.named_parameters()},
                 "buffers": {key: numbers(tensor) for key, tensor in layer.named_buffers()}}
        layer.eval()
        entry["output in evaluation"] = numbers(layer(x))
        recorded[name] = entry
    write("layers.json", recorded)


# ---- Losses and metrics of scores.

ROWS, CLASSES = 23, 5
WEIGHTS = [1.0, 0.5, 2.0, 0.0, 3.25]


def record_loss(kind, options, scores, target, function):
    scores = scores.clone().requires_grad_(True)
    loss = function(scores, target)
    loss.backward()
    return {"type": kind, "options": options, "value": numbers(loss)[0], "gradient": numbers(scores.grad)}


def record_scores():
    scores = spread(ROWS, CLASSES).mul(4)
    classes = torch.arange(ROWS) * 7 % CLASSES
    values = spread(ROWS + 1, CLASSES)[1:].mul(3)
    weights = torch.tensor(WEIGHTS)
    entropy = lambda **options: lambda s, t: F.cross_entropy(s, t, **options)
    recorded = {
        "cross_entropy": record_loss("cross_entropy", {}, scores, classes, entropy()),
        "cross_entropy smoothed": record_loss("cross_entropy", {"label_smoothing": 0.1}, scores, classes,
                                              entropy(label_smoothing=0.1)),
        "cross_entropy weighted": record_loss("cross_entropy", {"class_weights": WEIGHTS}, scores, classes,
                                              entropy(weight=weights)),
        "cross_entropy weighted and smoothed": record_loss(
            "cross_entropy", {"class_weights": WEIGHTS, "label_smoothing": 0.2}, scores, classes,
            entropy(weight=weights, label_smoothing=0.2)),
        "mse": record_loss("mse", {}, scores, values, F.mse_loss),
    }
    error = scores.double() - values.double()
    recorded["metrics"] = {
        "accuracy": float((scores.argmax(1) == classes).double().mean()),
        "rmse": float(error.square().mean().sqrt()),
        "mae": float(error.abs().mean()),
    }
    write("scores.json", recorded)


if __name__ == "__main__":
    torch.set_num_threads(1)
    record_optimizers()
    record_layers()
    record_scores()
