#!/usr/bin/env python3
"""Records what PyTorch computes, for tests/parity to compare with.

Needs torch 2.13 alone:  python3 tests/parity/record.py
Writes layers.json beside itself; record_optimizers.py, record_schedules.py and record_scores.py do the rest. Inputs
come from a formula (spread) that the tests repeat, so only results are kept; every number is a float32 in the shortest
text that reads back as the same.
"""
import functools
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


# ---- Layers: forward, and backward from a fixed gradient of the output.

class Composite(torch.nn.Module):
    """Parts with names of ours, and what is done with them."""

    def __init__(self, forward, **parts):
        super().__init__()
        self.compute = forward
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x):
        return self.compute(self, x)


def listed(*layers):
    return torch.nn.Sequential(*layers)


def copies(count, make):
    """What `repeat` calls 0.layers, 1.layers and so on."""
    parts = {str(i): Composite(lambda own, x: own.layers(x), layers=make()) for i in range(count)}
    return Composite(lambda own, x: functools.reduce(lambda h, name: getattr(own, name)(h), parts, x), **parts)


# A layer of ours, its parameters, the shape of one sample, PyTorch's module and how it is called if not plainly.
# Inputs of an embedding are tokens: element i, from 0, is i mod TOKENS.

TOKENS = 7


def sinusoids(time, features):
    """Vaswani et al. 2017, sec. 3.5, computed in f64."""
    position = torch.arange(time, dtype=torch.float64)[:, None]
    angle = position / 10000 ** (torch.arange(features, dtype=torch.float64).div(2, rounding_mode="floor") * 2 / features)
    return torch.where(torch.arange(features) % 2 == 0, angle.sin(), angle.cos()).float()


def recurrent(kind, features, units, **options):
    return kind(features, units, batch_first=True, **options)


def every_step(layer, x):
    return layer(x)[0]


def last_step(layer, x):
    state = layer(x)[1]
    state = state[0] if isinstance(state, tuple) else state  # an LSTM gives the cells as well
    directions = 2 if layer.bidirectional else 1
    return state[-directions:].transpose(0, 1).flatten(1)


def attention(features, heads, **options):
    return torch.nn.MultiheadAttention(features, heads, batch_first=True, **options)


def later(time):
    return torch.nn.Transformer.generate_square_subsequent_mask(time)


def rotary_attention(layer, x):
    """Causal attention after Su et al. 2021: pairs of features are complex numbers, turned by place * 10000^(-2i/d)."""
    batch, time, features = x.shape
    heads, size = layer.num_heads, features // layer.num_heads
    query, key, value = (part.unflatten(-1, (heads, size)).transpose(1, 2)
                         for part in F.linear(x, layer.in_proj_weight, layer.in_proj_bias).chunk(3, -1))
    angle = torch.arange(time, dtype=torch.float64)[:, None] * 10000 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    turn = torch.polar(torch.ones_like(angle), angle).to(torch.complex64)
    rotate = lambda part: torch.view_as_real(torch.view_as_complex(part.contiguous().unflatten(-1, (-1, 2))) * turn).flatten(-2)
    weights = (rotate(query) @ rotate(key).transpose(-2, -1) / size ** 0.5 + later(time)).softmax(-1)
    return layer.out_proj((weights @ value).transpose(1, 2).flatten(2))


LAYERS = {
    "linear": ("linear", {"units": 4}, (6,), lambda: torch.nn.Linear(6, 4)),
    "linear along a sequence": ("linear", {"units": 3}, (4, 5), lambda: torch.nn.Linear(5, 3)),
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
    "conv2d depthwise": (
        "conv2d", {"channels": 4, "kernel": 3, "padding": 1, "groups": 4}, (4, 4, 5),
        lambda: torch.nn.Conv2d(4, 4, 3, padding=1, groups=4)),
    "conv1d": ("conv1d", {"channels": 3, "kernel": 4, "stride": 2, "padding": 1}, (2, 9),
               lambda: torch.nn.Conv1d(2, 3, 4, stride=2, padding=1)),
    "conv1d dilated in groups": (
        "conv1d", {"channels": 4, "padding": "same", "dilation": 2, "groups": 2, "bias": False}, (2, 9),
        lambda: torch.nn.Conv1d(2, 4, 3, padding="same", dilation=2, groups=2, bias=False)),
    "conv1d causal": (
        "conv1d", {"channels": 3, "padding": "causal", "dilation": 2}, (2, 9),
        lambda: torch.nn.Conv1d(2, 3, 3, dilation=2), lambda layer, x: layer(F.pad(x, (4, 0)))),
    "max_pool1d": ("max_pool1d", {"kernel": 3, "stride": 2, "padding": 1}, (2, 9), lambda: torch.nn.MaxPool1d(3, 2, 1)),
    "avg_pool1d": ("avg_pool1d", {"kernel": 3, "stride": 2, "padding": 1}, (2, 9), lambda: torch.nn.AvgPool1d(3, 2, 1)),
    "avg_pool2d": ("avg_pool2d", {}, (2, 5, 6), lambda: torch.nn.AvgPool2d(2)),
    "avg_pool2d overlapping": (
        "avg_pool2d", {"kernel": 3, "stride": 2, "padding": 1}, (2, 5, 6), lambda: torch.nn.AvgPool2d(3, 2, 1)),
    "adaptive_avg_pool2d": ("adaptive_avg_pool2d", {"size": [2, 3]}, (2, 5, 7), lambda: torch.nn.AdaptiveAvgPool2d((2, 3))),
    "global_avg_pool": ("global_avg_pool", {}, (2, 5, 7), torch.nn.Identity, lambda layer, x: x.mean((2, 3))),
    "max_pool2d": ("max_pool2d", {}, (2, 5, 6), lambda: torch.nn.MaxPool2d(2)),
    "max_pool2d overlapping": (
        "max_pool2d", {"kernel": 3, "stride": 2, "padding": 1}, (2, 5, 6), lambda: torch.nn.MaxPool2d(3, 2, 1)),
    "batch_norm2d": ("batch_norm2d", {"momentum": 0.2, "eps": 1e-3}, (3, 3, 2),
                     lambda: torch.nn.BatchNorm2d(3, eps=1e-3, momentum=0.2)),
    "batch_norm2d of features": ("batch_norm2d", {}, (5,), lambda: torch.nn.BatchNorm1d(5)),
    "batch_norm of signals": ("batch_norm", {"affine": False}, (3, 4), lambda: torch.nn.BatchNorm1d(3, affine=False)),
    "layer_norm": ("layer_norm", {}, (3, 6), lambda: torch.nn.LayerNorm(6)),
    "layer_norm of images": ("layer_norm", {"axes": 3, "eps": 1e-3, "bias": False}, (2, 3, 4),
                             lambda: torch.nn.LayerNorm((2, 3, 4), eps=1e-3, bias=False)),
    "rms_norm": ("rms_norm", {"eps": 1e-4}, (3, 6), lambda: torch.nn.RMSNorm(6, eps=1e-4)),
    "group_norm": ("group_norm", {"groups": 2}, (4, 3, 2), lambda: torch.nn.GroupNorm(2, 4)),
    "flatten": ("flatten", {}, (2, 3, 2), lambda: torch.nn.Flatten()),
    "relu": ("relu", {}, (19,), lambda: torch.nn.ReLU()),
    "gelu": ("gelu", {}, (19,), lambda: torch.nn.GELU()),
    "gelu by tanh": ("gelu", {"approximate": "tanh"}, (19,), lambda: torch.nn.GELU("tanh")),
    "tanh": ("tanh", {}, (19,), lambda: torch.nn.Tanh()),
    "sigmoid": ("sigmoid", {}, (19,), lambda: torch.nn.Sigmoid()),
    "silu": ("silu", {}, (19,), lambda: torch.nn.SiLU()),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}, (19,), lambda: torch.nn.LeakyReLU(0.2)),
    "elu": ("elu", {"alpha": 1.5}, (19,), lambda: torch.nn.ELU(1.5)),
    "selu": ("selu", {}, (19,), lambda: torch.nn.SELU()),
    "softplus": ("softplus", {"beta": 2}, (19,), lambda: torch.nn.Softplus(2)),
    "mish": ("mish", {}, (19,), lambda: torch.nn.Mish()),
    "hardswish": ("hardswish", {}, (19,), lambda: torch.nn.Hardswish()),
    "upsample": ("upsample", {}, (2, 3, 2), lambda: torch.nn.Upsample(scale_factor=2)),
    "upsample bilinear": ("upsample", {"factor": 3, "mode": "bilinear"}, (2, 3, 2),
                          lambda: torch.nn.Upsample(scale_factor=3, mode="bilinear")),
    "reshape": ("reshape", {"shape": [3, -1]}, (2, 3, 2), lambda: torch.nn.Unflatten(1, (3, 4)),
                lambda layer, x: layer(x.flatten(1))),
    "permute": ("permute", {"order": [2, 0, 1]}, (2, 3, 4), torch.nn.Identity, lambda layer, x: x.permute(0, 3, 1, 2)),
    "select": ("select", {}, (3, 4), torch.nn.Identity, lambda layer, x: x[:, -1]),
    "mean": ("mean", {"axis": -2}, (3, 4), torch.nn.Identity, lambda layer, x: x.mean(1)),
    "pad": ("pad", {"axis": 0, "before": 1, "after": 2}, (2, 3, 2), torch.nn.Identity,
            lambda layer, x: F.pad(x, (0, 0, 0, 0, 1, 2))),
    "embedding": ("embedding", {"units": 4, "vocabulary": TOKENS}, (5,), lambda: torch.nn.Embedding(TOKENS, 4)),
    "learned_positions": ("learned_positions", {"length": 6}, (4, 3), lambda: torch.nn.Embedding(6, 3),
                          lambda layer, x: x + layer(torch.arange(4))),
    "sinusoidal_positions": ("sinusoidal_positions", {}, (7, 5), torch.nn.Identity, lambda layer, x: x + sinusoids(7, 5)),
    "rnn": ("rnn", {"units": 3}, (5, 4), lambda: recurrent(torch.nn.RNN, 4, 3), every_step),
    "rnn of relu backwards": (
        "rnn", {"units": 3, "activation": "relu", "bidirectional": True, "bias": False}, (5, 4),
        lambda: recurrent(torch.nn.RNN, 4, 3, nonlinearity="relu", bidirectional=True, bias=False), every_step),
    "lstm": ("lstm", {"units": 3}, (5, 4), lambda: recurrent(torch.nn.LSTM, 4, 3), every_step),
    "lstm stacked": ("lstm", {"units": 3, "layers": 3}, (5, 4), lambda: recurrent(torch.nn.LSTM, 4, 3, num_layers=3),
                     every_step),
    "lstm in both directions": (
        "lstm", {"units": 3, "layers": 2, "bidirectional": True}, (5, 4),
        lambda: recurrent(torch.nn.LSTM, 4, 3, num_layers=2, bidirectional=True), every_step),
    "lstm to its end": (
        "lstm", {"units": 3, "layers": 2, "bidirectional": True, "output": "last"}, (5, 4),
        lambda: recurrent(torch.nn.LSTM, 4, 3, num_layers=2, bidirectional=True), last_step),
    "gru": ("gru", {"units": 3}, (5, 4), lambda: recurrent(torch.nn.GRU, 4, 3), every_step),
    "gru in both directions to its end": (
        "gru", {"units": 3, "layers": 2, "bidirectional": True, "output": "last"}, (5, 4),
        lambda: recurrent(torch.nn.GRU, 4, 3, num_layers=2, bidirectional=True), last_step),
    "multi_head_attention": ("multi_head_attention", {"heads": 2}, (5, 8), lambda: attention(8, 2),
                             lambda layer, x: layer(x, x, x, need_weights=False)[0]),
    "multi_head_attention causal": (
        "multi_head_attention", {"heads": 4, "causal": True, "bias": False}, (5, 8), lambda: attention(8, 4, bias=False),
        lambda layer, x: layer(x, x, x, need_weights=False, attn_mask=later(5), is_causal=True)[0]),
    "multi_head_attention rotary": (
        "multi_head_attention", {"heads": 2, "causal": True, "rotary": True}, (5, 8), lambda: attention(8, 2),
        rotary_attention),
    "transformer_block": (
        "transformer_block", {"heads": 2}, (5, 8),
        lambda: torch.nn.TransformerEncoderLayer(8, 2, 32, 0.0, "gelu", batch_first=True, norm_first=True)),
    "transformer_block causal": (
        "transformer_block", {"heads": 4, "mlp_ratio": 1.5, "causal": True, "bias": False,
                              "norm": {"type": "layer_norm", "bias": False}}, (5, 8),
        lambda: torch.nn.TransformerEncoderLayer(8, 4, 12, 0.0, "gelu", batch_first=True, norm_first=True, bias=False),
        lambda layer, x: layer(x, src_mask=later(5), is_causal=True)),
    "transformer_block with norms after": (
        "transformer_block", {"heads": 2, "norm_place": "after", "activation": "relu"}, (5, 8),
        lambda: torch.nn.TransformerEncoderLayer(8, 2, 32, 0.0, "relu", batch_first=True)),
    "sequence": ("sequence", {"layers": [{"type": "linear", "units": 4}, "tanh"]}, (5,),
                 lambda: Composite(lambda own, x: own.layers(x), layers=listed(torch.nn.Linear(5, 4), torch.nn.Tanh()))),
    "residual": (
        "residual", {"layers": [{"type": "linear", "units": 4}, "tanh"], "shortcut": [{"type": "linear", "units": 4}]}, (5,),
        lambda: Composite(lambda own, x: own.layers(x) + own.shortcut(x), shortcut=listed(torch.nn.Linear(5, 4)),
                          layers=listed(torch.nn.Linear(5, 4), torch.nn.Tanh()))),
    "residual without shortcut": (
        "residual", {"layers": [{"type": "linear", "units": 5}]}, (5,),
        lambda: Composite(lambda own, x: own.layers(x) + x, layers=listed(torch.nn.Linear(5, 5)))),
    "repeat": ("repeat", {"times": 3, "layers": [{"type": "linear", "units": 5}, "tanh"]}, (5,),
               lambda: copies(3, lambda: listed(torch.nn.Linear(5, 5), torch.nn.Tanh()))),
    "repeat shared": (
        "repeat", {"times": 3, "shared": True, "layers": [{"type": "linear", "units": 5}, "tanh"]}, (5,),
        lambda: copies(1, lambda: listed(torch.nn.Linear(5, 5), torch.nn.Tanh())), lambda layer, x: layer(layer(layer(x)))),
}
BATCH = 4


def record_layers():
    torch.backends.mha.set_fastpath_enabled(False)
    recorded = {}
    for name, (kind, options, shape, make, *call) in LAYERS.items():
        forward = call[0] if call else lambda layer, x: layer(x)
        layer = make()
        with torch.no_grad():
            for tensor in layer.parameters():
                tensor.copy_(spread(*tensor.shape).mul(0.5))
        takes_tokens = kind == "embedding"
        if takes_tokens:
            x = torch.arange(BATCH * int(torch.Size(shape).numel())).remainder(TOKENS).reshape(BATCH, *shape)
        else:
            x = spread(BATCH, *shape).mul(2).requires_grad_(True)
        y = forward(layer, x)
        y.backward(spread(*y.shape).square())
        entry = {"type": kind, "options": options, "input": list(shape), "output": numbers(y),
                 "input gradient": [] if takes_tokens else numbers(x.grad),
                 "gradients": {key: numbers(tensor.grad) for key, tensor in layer.named_parameters()},
                 "buffers": {key: numbers(tensor) for key, tensor in layer.named_buffers()}}
        layer.eval()
        entry["output in evaluation"] = numbers(forward(layer, x))
        recorded[name] = entry
    write("layers.json", recorded)


if __name__ == "__main__":
    torch.set_num_threads(1)
    record_layers()
