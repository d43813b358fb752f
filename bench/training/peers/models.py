"""The models of ../models in plain PyTorch, with the first weights and the rows of an assay run.

Parameters are made in assay's order, so weights are taken over one after the other; shapes are compared.
"""
import h5py
import torch
from torch import nn
from torch.nn import functional as F


def mlp():
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))


class Block(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.stride = after // before
        self.conv1 = nn.Conv2d(before, after, 3, stride=self.stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        if self.stride > 1:  # every other pixel, zeros for the channels that come new
            more = y.size(1) - x.size(1)
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, more // 2, more // 2))
        return F.relu(x + y)


def resnet20():
    blocks = [Block(16, 16) for _ in range(3)]
    blocks += [Block(16, 32), Block(32, 32), Block(32, 32), Block(32, 64), Block(64, 64), Block(64, 64)]
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks,
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 128, batch_first=True)
        self.head = nn.Linear(128, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.linear1 = nn.Linear(width, 4 * width, bias=False)
        self.linear2 = nn.Linear(4 * width, width, bias=False)
        self.norm1 = nn.LayerNorm(width, bias=False)
        self.norm2 = nn.LayerNorm(width, bias=False)

    def forward(self, x):
        batch, time, width = x.shape
        parts = self.qkv(self.norm1(x)).view(batch, time, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, time, width))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, symbols=65, context=64, width=128, depth=4, heads=4):
        super().__init__()
        self.tokens = nn.Embedding(symbols, width)
        self.places = nn.Parameter(torch.zeros(context, width))
        self.blocks = nn.Sequential(*[GptBlock(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, bias=False)

    def forward(self, x):
        x = self.norm(self.blocks(self.tokens(x) + self.places))
        return F.linear(x, self.tokens.weight)


BATCH = {"mlp": 64, "lenet": 64, "resnet20": 64, "lstm": 64, "gpt": 12}
MAKE = {"mlp": mlp, "lenet": lenet, "resnet20": resnet20, "lstm": Lstm, "gpt": Gpt}


def loss_of(name):
    if name == "lstm":
        return F.mse_loss
    if name == "gpt":
        return lambda scores, target: F.cross_entropy(scores.flatten(0, 1), target.flatten())
    return F.cross_entropy


def own_parameters(name, model):
    """In the order in which assay has them: a block's norms come last there, too."""
    parameters = dict(model.named_parameters())
    if name == "gpt":  # in PyTorch a module's own parameters come before those of its children
        order = ["tokens.weight", "places", *[n for n in parameters if n.startswith("blocks")], "norm.weight"]
        return [parameters[n] for n in order]
    return list(parameters.values())


def with_weights(name, file):
    """A model with the weights of a checkpoint of assay."""
    model = MAKE[name]()
    with h5py.File(file) as checkpoint:
        names = [n for n in checkpoint["index"].asstr()[:] if n.startswith("model/")]
        names = [n for n in names if not n.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")]
        own = own_parameters(name, model)
        assert len(names) == len(own), (names, [tuple(p.shape) for p in own])
        with torch.no_grad():
            for path, parameter in zip(names, own):
                values = torch.from_numpy(checkpoint[path][()])
                assert values.shape == parameter.shape, (path, values.shape, parameter.shape)
                parameter.copy_(values)
    return model


class Rows:
    """Training rows in their order: gathers a batch by index, as loops that shuffle do."""

    def __init__(self, name, file):
        with h5py.File(file) as data:
            if "series" in data:
                self.x = torch.from_numpy(data["series"][()]).long()
                self.starts = torch.from_numpy(data["starts"][()])
                self.length = int(data["series"].attrs["length"])
                self.count = len(self.starts)
            else:
                self.x, self.y = (torch.from_numpy(data[n][()]) for n in ("x", "y"))
                self.starts = None
                self.count = len(self.x)
        if name == "mlp":
            self.x = self.x.flatten(1)

    def batch(self, indices):
        if self.starts is None:
            return self.x[indices], self.y[indices]
        places = self.starts[indices][:, None] + torch.arange(self.length)
        return self.x[places], self.x[places + 1]

    def batches(self, size):
        """Without end; an order of its own each epoch, which here is that of the rows."""
        while True:
            order = torch.arange(self.count)
            for first in range(0, self.count - size + 1, size):
                yield self.batch(order[first:first + size])
