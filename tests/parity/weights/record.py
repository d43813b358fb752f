"""Writes the files that the tests of weights read: models of PyTorch with the names of torchvision and of Hugging Face,
their outputs, and the odd shapes that a .pt file may have.

    python record.py             # the small ones, beside this script: needs torch, numpy and safetensors
    python record.py --full DIR  # ResNet-18, BERT-base and GPT-2 in their real sizes, for full_size.py
"""

import argparse
import collections
import math
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


# ---- ResNet-18 as torchvision names it.


class BasicBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1 or inputs != planes:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for stage in range(4):
            planes = width * 2**stage
            first = BasicBlock(inputs, planes, 1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", nn.Sequential(first, BasicBlock(planes, planes, 1)))
            inputs = planes
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(torch.flatten(self.avgpool(x), 1))


# ---- An encoder as Hugging Face names BERT's layers, and the mean over time of what it makes.


class EncoderBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention = nn.ModuleDict(
            {
                "self": nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")}),
                "output": nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, 1e-12)}),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, 4 * width)})
        self.output = nn.ModuleDict({"dense": nn.Linear(4 * width, width), "LayerNorm": nn.LayerNorm(width, 1e-12)})

    def forward(self, x):
        batch, time, width = x.shape
        parts = [self.attention["self"][name](x) for name in ("query", "key", "value")]
        query, key, value = (p.view(batch, time, self.heads, -1).transpose(1, 2) for p in parts)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, time, width)
        x = self.attention["output"]["LayerNorm"](x + self.attention["output"]["dense"](seen))
        hidden = F.gelu(self.intermediate["dense"](x))
        return self.output["LayerNorm"](x + self.output["dense"](hidden))


class Encoder(nn.Module):
    def __init__(self, vocabulary, places, width, depth, heads, classes):
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(vocabulary, width),
                "position_embeddings": nn.Embedding(places, width),
                "LayerNorm": nn.LayerNorm(width, 1e-12),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(EncoderBlock(width, heads) for _ in range(depth))})
        self.classifier = nn.Linear(width, classes)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1])
        x = self.embeddings["word_embeddings"](tokens) + self.embeddings["position_embeddings"](places)
        x = self.embeddings["LayerNorm"](x)
        for block in self.encoder["layer"]:
            x = block(x)
        return self.classifier(x.mean(1))


# ---- A decoder as Hugging Face names GPT-2's layers: its linear layers keep their weights transposed.


class Conv1D(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class DecoderBlock(nn.Module):
    def __init__(self, places, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.ModuleDict({"c_attn": Conv1D(width, 3 * width), "c_proj": Conv1D(width, width)})
        self.attn.register_buffer("bias", torch.tril(torch.ones(places, places, dtype=torch.bool)).view(1, 1, places, places))
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": Conv1D(width, 4 * width), "c_proj": Conv1D(4 * width, width)})

    def forward(self, x):
        batch, time, width = x.shape
        parts = self.attn["c_attn"](self.ln_1(x)).split(width, 2)
        query, key, value = (p.view(batch, time, self.heads, -1).transpose(1, 2) for p in parts)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.attn["c_proj"](seen.transpose(1, 2).reshape(batch, time, width))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x)), approximate="tanh"))


class Decoder(nn.Module):
    def __init__(self, vocabulary, places, width, depth, heads):
        super().__init__()
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(vocabulary, width),
                "wpe": nn.Embedding(places, width),
                "h": nn.ModuleList(DecoderBlock(places, width, heads) for _ in range(depth)),
                "ln_f": nn.LayerNorm(width),
            }
        )
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.transformer["wte"].weight

    def forward(self, tokens):
        x = self.transformer["wte"](tokens) + self.transformer["wpe"](torch.arange(tokens.shape[1]))
        for block in self.transformer["h"]:
            x = block(x)
        return self.lm_head(self.transformer["ln_f"](x))


# ---- Recording.


def scatter(model, seed):
    """Other numbers everywhere, of a size that trained ones have: those that a layer starts with hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if not tensor.is_floating_point():
            continue
        noise = torch.randn(tensor.shape, generator=generator)
        if name.endswith("running_var") or (tensor.dim() == 1 and name.endswith("weight")):
            tensor.copy_(1 + 0.1 * noise.abs())
        elif tensor.dim() == 1:
            tensor.copy_(0.1 * noise)
        else:
            tensor.copy_(noise / math.sqrt(tensor[0].numel()) if tensor.dim() > 2 else 0.05 * noise)
    return model.eval()


def record(folder, name, model, inputs):
    with torch.no_grad():
        output = model(inputs)
    torch.save(model.state_dict(), folder / f"{name}.pt")
    own = {key: value.contiguous() for key, value in model.state_dict().items() if key != "lm_head.weight"}
    save_file(own, folder / f"{name}.safetensors", metadata={"format": "pt"})
    np.savez(folder / f"{name}.npz", input=inputs.numpy(), output=output.numpy())


def record_models(folder, is_full):
    generator = torch.Generator().manual_seed(11)
    images = torch.randn(4, 3, 64 if is_full else 32, 64 if is_full else 32, generator=generator)
    record(folder, "resnet18", scatter(ResNet18(64 if is_full else 4, 1000 if is_full else 10), 1), images)
    sizes = dict(vocabulary=30522, places=128, width=768, depth=12, heads=12) if is_full else dict(
        vocabulary=50, places=12, width=32, depth=2, heads=4)
    tokens = torch.randint(sizes["vocabulary"], (2, sizes["places"]), generator=generator)
    record(folder, "encoder", scatter(Encoder(classes=2, **sizes), 2), tokens)
    if is_full:
        sizes["vocabulary"] = 50257
    tokens = torch.randint(sizes["vocabulary"], (2, sizes["places"]), generator=generator)
    record(folder, "decoder", scatter(Decoder(**sizes), 3), tokens)


class RunsCode:
    def __reduce__(self):
        import os

        return (os.system, ("echo ran",))


def record_odd_files(folder):
    """What else a .pt file may look like. expected.npz has the numbers of odd.pt, as f32 where NumPy has no type."""
    torch.manual_seed(5)
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    odd = collections.OrderedDict(
        transposed=base.t(),
        sliced=base[1:3, 2:5],
        shared=base,
        scalar=torch.tensor(3.5),
        empty=torch.zeros(0, 3),
        bf16=torch.randn(5).bfloat16(),
        f16=torch.randn(3).half(),
        f64=torch.randn(2, 2).double(),
        i64=torch.tensor([1, -2, 2**40]),
        i32=torch.tensor([7], dtype=torch.int32),
        i16=torch.tensor([-3], dtype=torch.int16),
        i8=torch.tensor([-1], dtype=torch.int8),
        u8=torch.tensor([255], dtype=torch.uint8),
        flags=torch.tensor([True, False, True]),
        parameter=nn.Parameter(torch.ones(2)),
    )
    torch.save(odd, folder / "odd.pt")
    torch.save(odd, folder / "odd_legacy.pt", _use_new_zipfile_serialization=False)
    np.savez(folder / "odd_expected.npz", **{
        key: (value.float() if value.dtype == torch.bfloat16 else value).detach().numpy() for key, value in odd.items()})
    weight, bias = torch.randn(3, 2), torch.randn(3)
    nested = {"epoch": 3, "state_dict": {"module.weight": weight, "module.bias": bias},
              "history": [0.5, {"best": torch.tensor([1.0])}], "name": "run", "nothing": None}
    torch.save(nested, folder / "nested.pt")
    torch.save({"module.weight": weight, "module.bias": bias}, folder / "data_parallel.pt")
    torch.save({"weight": weight, "bomb": RunsCode()}, folder / "code.pt")
    torch.save(nn.Linear(2, 3), folder / "whole_module.pt")
    torch.save({"weight": torch.zeros(2, dtype=torch.complex64)}, folder / "complex.pt")
    fortran = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    np.savez_compressed(folder / "packed.npz", fortran=fortran, plain=np.arange(1000, dtype=np.int32))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", metavar="DIR", type=pathlib.Path)
    folder = parser.parse_args().full
    record_models(folder or pathlib.Path(__file__).parent / "files", is_full=folder is not None)
    if folder is None:
        record_odd_files(pathlib.Path(__file__).parent / "files")


if __name__ == "__main__":
    main()
