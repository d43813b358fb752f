#!/usr/bin/env python3
"""Records 200 steps of training by a plain PyTorch loop, and what its clipping, averaging and loss scaling do, for the
engine to be compared with (tests/runner/engine/mathematics_test.cpp).

Needs torch 2.13 alone:  python3 tests/parity/record_training.py
Writes training.json beside itself. Inputs, targets and first weights come from a formula that the test repeats.
"""
import json
import math

import torch
import torch.nn.functional as F

from record import numbers, spread, write

STEPS = 200
BATCHES, ROWS = 4, 16  # the same four batches over and over


def first_value(name, shape):
    """Matrices: spread / sqrt(inputs); what norms multiply with: 1 + spread / 10; all else: spread / 10."""
    values = spread(*shape)
    if len(shape) > 1:
        return values / math.sqrt(values[0].numel())
    return 1 + values / 10 if "norm" in name and name.endswith("weight") else values / 10


class Mlp(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(20, 32), torch.nn.Linear(32, 16), torch.nn.Linear(16, 4)])

    def forward(self, x):
        return self.layers[2](F.relu(self.layers[1](F.relu(self.layers[0](x)))))


class Conv(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleDict({"0": torch.nn.Conv2d(1, 4, 3), "4": torch.nn.Linear(36, 4)})

    def forward(self, x):
        return self.layers["4"](F.max_pool2d(F.relu(self.layers["0"](x)), 2).flatten(1))


class Lstm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleDict({"0": torch.nn.LSTM(3, 8, batch_first=True), "1": torch.nn.Linear(8, 4)})

    def forward(self, x):
        return self.layers["1"](self.layers["0"](x)[0][:, -1])


class Block(torch.nn.Module):
    """As nanoGPT: norms before, causal attention."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.self_attn = torch.nn.MultiheadAttention(width, heads, batch_first=True)
        self.linear1, self.linear2 = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def attend(self, x):
        rows, length, width = x.shape
        parts = F.linear(x, self.self_attn.in_proj_weight, self.self_attn.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (part.view(rows, length, self.heads, -1).transpose(1, 2) for part in parts)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.self_attn.out_proj(seen.transpose(1, 2).reshape(rows, length, width))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class Gpt(torch.nn.Module):
    def __init__(self):
        super().__init__()
        norm = torch.nn.LayerNorm(16)
        self.layers = torch.nn.ModuleDict({
            "0": torch.nn.Embedding(11, 16), "1": torch.nn.Embedding(8, 16), "2": Block(16, 2), "3": Block(16, 2),
            "norm": norm, "5": torch.nn.Linear(16, 11)})

    def forward(self, x):
        out = self.layers["0"](x) + self.layers["1"].weight
        return self.layers["5"](self.layers["norm"](self.layers["3"](self.layers["2"](out))))


SIZES = {"mlp": (20,), "conv": (1, 8, 8), "lstm": (6, 3), "gpt": (8,)}
CLASSES = {"mlp": 4, "conv": 4, "lstm": 4, "gpt": 11}
KINDS = {"mlp": Mlp, "conv": Conv, "lstm": Lstm, "gpt": Gpt}


def data(name):
    rows = BATCHES * ROWS
    if name == "gpt":
        tokens = torch.arange(rows * 9).mul(389).remainder(997).remainder(11).reshape(rows, 9)
        return tokens[:, :-1], tokens[:, 1:]
    return spread(rows, *SIZES[name]), torch.arange(rows).mul(7).remainder(CLASSES[name])


def train(name, make, after_backward=lambda model: None, after_step=lambda model: None):
    torch.manual_seed(0)
    model = KINDS[name]()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            weight.copy_(first_value(key, weight.shape))
    optimizer = make(model.parameters())
    inputs, targets = data(name)
    losses = []
    for step in range(STEPS):
        rows = slice(step % BATCHES * ROWS, (step % BATCHES + 1) * ROWS)
        loss = F.cross_entropy(model(inputs[rows]).flatten(0, -2), targets[rows].flatten())
        optimizer.zero_grad()
        loss.backward()
        after_backward(model)
        optimizer.step()
        after_step(model)
        losses.append(loss.item())
    return model, losses


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=3e-3, fused=True)


def weights(model):
    return {key: numbers(weight) for key, weight in model.named_parameters()}


def averaged(decay):
    average = {}

    def follow(model):
        if "model" not in average:
            average["model"] = torch.optim.swa_utils.AveragedModel(
                model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
        average["model"].update_parameters(model)

    _, losses = train("mlp", adamw, after_step=follow)
    return {"losses": losses, "averages": weights(average["model"].module)}


def clipped(clip):
    model, losses = train("mlp", adamw, after_backward=clip)
    return {"losses": losses, "weights": weights(model)}


def scaled():
    """torch.amp.GradScaler: what unscaled gradients and scales are, with an overflow in the steps 3 and 4."""
    scaler = torch.amp.GradScaler("cpu", growth_interval=3)
    weight = torch.nn.Parameter(torch.zeros(5))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scales = []
    for step in range(12):
        scaler.scale(torch.zeros(()))
        weight.grad = spread(5) * scaler.get_scale()
        if step in (3, 4):
            weight.grad[2] = math.inf
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    return {"scales": scales, "weights": numbers(weight)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    recorded = {name: {"losses": train(name, adamw)[1]} for name in KINDS}
    recorded["ema"] = averaged(0.9)
    recorded["clip norm"] = clipped(lambda model: torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1))
    recorded["clip value"] = clipped(lambda model: torch.nn.utils.clip_grad_value_(model.parameters(), 0.01))
    recorded["scaler"] = scaled()
    write("training.json", recorded)
