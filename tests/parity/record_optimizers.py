#!/usr/bin/env python3
"""Records a thousand steps of every optimizer, as PyTorch, scikit-learn or the paper's authors compute them.

Needs torch 2.13 and scikit-learn 1.9:  python3 tests/parity/record_optimizers.py
Writes optimizers.json beside itself: the weights at a few steps, of a problem that the tests repeat.
"""
import torch
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from record import numbers, spread, write

STEPS = 1000
KEPT = [1, 2, 10, 100, 500, 1000]
SHAPES = {"matrix": (5, 7), "row": (19,)}

# Downhill, with gradients made of products and sums of elements only, so that nothing but the optimizer can differ. The
# curvature spans a factor of 400, and every step has its own noise, for L-BFGS every hundred steps.


def curvature(weight):
    return spread(*weight.shape).abs().mul(4).add(0.01)


def noise(weight, step):
    return spread(*weight.shape).mul((step * 37 % 101) / 64 - 0.78125)


def gradient(weight, step):
    return weight.detach().sub(spread(*weight.shape).flip(0)).mul(curvature(weight)).add(noise(weight, step))


def loss(weight, step):
    away = weight.detach().sub(spread(*weight.shape).flip(0))
    return float(away.square().mul(curvature(weight)).mul(0.5).add(noise(weight, step).mul(weight.detach())).sum())


def param_groups(weights, groups):
    """Those of our groups, whose globs are plain names here, and the rest first."""
    taken = {group["match"] for group in groups}
    rest = [weight for name, weight in weights.items() if name not in taken]
    own = [{key: value for key, value in group.items() if key != "match"} for group in groups]
    return [{"params": rest}] + [{"params": [weights[group["match"]]], **values} for group, values in zip(groups, own)]


def of_torch(kind, fused=False):
    """A class of PyTorch, whose parameters have our names."""

    def make(weights, options):
        rest = {key: value for key, value in options.items() if key != "groups"}
        how = {"fused": True} if fused else {"foreach": False}
        return [kind(param_groups(weights, options.get("groups", [])), **rest, **how)]

    return make


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, program 1, in the order of operations of the authors' lion_pytorch.py."""

    def __init__(self, groups, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(groups, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), lr = group["betas"], group["lr"]
            for weight in group["params"]:
                mean = self.state[weight].setdefault("exp_avg", torch.zeros_like(weight))
                weight.mul_(1 - lr * group["weight_decay"])
                weight.add_((mean * b1 + weight.grad * (1 - b1)).sign(), alpha=-lr)
                mean.mul_(b2).add_(weight.grad, alpha=1 - b2)


class OfScikitLearn(torch.optim.Optimizer):
    """SGDOptimizer, on the memory of the weights."""

    def __init__(self, weights, options):
        super().__init__(weights, {"lr": options["lr"]})
        self.arrays = [weight.detach().numpy() for weight in weights]
        self.own = SGDOptimizer(self.arrays, learning_rate_init=options["lr"], momentum=options["momentum"],
                                nesterov=options.get("nesterov", False))

    def step(self):
        (group,) = self.param_groups
        self.own.learning_rate = group["lr"]
        self.own.update_params(self.arrays, [weight.grad.numpy() for weight in group["params"]])


def muon_and_adamw(weights, options):
    own = {"adjust_lr": "adjust_lr_fn", "newton_schulz_steps": "ns_steps"}
    by_muon = {own.get(key, key): value for key, value in options.items() if key not in ("rest", "groups")}
    of_rest = {"lr": 3e-4, "betas": (0.9, 0.95), "weight_decay": 0.01, **options.get("rest", {})}
    return [torch.optim.Muon([weights["matrix"]], **by_muon), torch.optim.AdamW([weights["row"]], fused=True, **of_rest)]


def look(weights, step):
    for weight in weights.values():
        weight.grad = gradient(weight, step)
    return sum(loss(weight, step) for weight in weights.values())


def descend(make, options):
    weights = {name: torch.nn.Parameter(spread(*shape).mul(2)) for name, shape in SHAPES.items()}
    groups = [(optimizer, group) for optimizer in make(weights, options) for group in optimizer.param_groups]
    rates = [group["lr"] for _, group in groups]
    kept = []
    for step in range(STEPS):
        for (_, group), rate in zip(groups, rates):
            group["lr"] = rate * (1 - step / 2048)
        for optimizer in dict.fromkeys(optimizer for optimizer, _ in groups):  # Muon's groups are of two
            if isinstance(optimizer, torch.optim.LBFGS):
                optimizer.step(lambda: look(weights, step // 100))
            else:
                look(weights, step)
                optimizer.step()
        if step + 1 in KEPT:
            kept.append([numbers(weight) for weight in weights.values()])
    return kept


PLAIN = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adagrad": torch.optim.Adagrad,
         "rmsprop": torch.optim.RMSprop, "adadelta": torch.optim.Adadelta}
FUSED = ["sgd", "adam", "adamw", "adagrad"]
OTHERS = {
    "lion": lambda weights, options: [
        Lion(param_groups(weights, options.get("groups", [])), **{k: v for k, v in options.items() if k != "groups"})],
    "muon": muon_and_adamw,
    "lbfgs": lambda weights, options: [torch.optim.LBFGS(
        list(weights.values()), **{{"line_search": "line_search_fn"}.get(k, k): v for k, v in options.items()})],
}

OPTIMIZERS = {
    "sgd": ("sgd", {"lr": 0.05}),
    "sgd momentum": ("sgd", {"lr": 0.01, "momentum": 0.9}),
    "sgd nesterov": ("sgd", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "sgd dampening": ("sgd", {"lr": 0.01, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}),
    "sgd of sklearn": ("sgd", {"lr": 0.01, "momentum": 0.9, "form": "sklearn"}),
    "sgd of sklearn nesterov": ("sgd", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "form": "sklearn"}),
    "adam": ("adam", {"lr": 0.01}),
    "adam decay": ("adam", {"lr": 0.01, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.01}),
    "adam amsgrad": ("adam", {"lr": 0.01, "amsgrad": True}),
    "adamw": ("adamw", {"lr": 0.01, "weight_decay": 0.1}),
    "adamw amsgrad": ("adamw", {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    "adagrad": ("adagrad", {"lr": 0.1}),
    "adagrad decay": ("adagrad", {"lr": 0.1, "lr_decay": 0.01, "weight_decay": 0.01, "initial_accumulator_value": 0.1,
                                  "eps": 1e-6}),
    "rmsprop": ("rmsprop", {"lr": 0.01}),
    "rmsprop of Keras": ("rmsprop", {"lr": 0.001, "alpha": 0.9, "eps": 1e-7}),
    "rmsprop momentum": ("rmsprop", {"lr": 0.003, "momentum": 0.9, "weight_decay": 0.01}),
    "rmsprop centered": ("rmsprop", {"lr": 0.003, "alpha": 0.95, "centered": True}),
    "rmsprop centered momentum": ("rmsprop", {"lr": 0.003, "alpha": 0.9, "momentum": 0.5, "centered": True}),
    "adadelta": ("adadelta", {}),
    "adadelta of Keras": ("adadelta", {"lr": 1.0, "rho": 0.95, "eps": 1e-7}),
    "adadelta decay": ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, "weight_decay": 0.01}),
    "lion": ("lion", {"lr": 0.003}),
    "lion decay": ("lion", {"lr": 0.003, "betas": [0.8, 0.95], "weight_decay": 0.1}),
    "muon": ("muon", {"lr": 0.02}),
    "muon as adamw": ("muon", {"lr": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.01,
                               "newton_schulz_steps": 3, "adjust_lr": "match_rms_adamw",
                               "rest": {"lr": 0.003, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.1}}),
    "lbfgs": ("lbfgs", {"lr": 0.1, "max_iter": 1, "history_size": 5}),
    "lbfgs line search": ("lbfgs", {"max_iter": 3, "history_size": 10, "line_search": "strong_wolfe"}),
    "sgd groups": ("sgd", {
        "lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01,
        "groups": [{"match": "row", "lr": 0.03, "momentum": 0.5, "nesterov": False, "weight_decay": 0.0}]}),
    "sgd groups of which one has momentum": ("sgd", {
        "lr": 0.02, "groups": [{"match": "row", "momentum": 0.8, "dampening": 0.3}]}),
    "adam groups": ("adam", {
        "lr": 0.01, "groups": [{"match": "row", "lr": 0.003, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.01}]}),
    "adamw groups": ("adamw", {
        "lr": 0.01, "weight_decay": 0.1, "groups": [{"match": "row", "lr": 0.02, "weight_decay": 0.0, "amsgrad": True}]}),
    "rmsprop groups": ("rmsprop", {
        "lr": 0.01, "groups": [{"match": "row", "lr": 0.003, "momentum": 0.9, "centered": True}]}),
}


def record(kind, options):
    entry = {"type": kind, "options": options}
    if options.get("form") == "sklearn":
        return {**entry, "reference": descend(lambda weights, o: [OfScikitLearn(list(weights.values()), o)], options)}
    if kind in OTHERS:
        return {**entry, "reference": descend(OTHERS[kind], options)}
    if kind in FUSED:
        entry["fused"] = descend(of_torch(PLAIN[kind], fused=True), options)
    return {**entry, "plain" if kind in FUSED else "reference": descend(of_torch(PLAIN[kind]), options)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("optimizers.json", {"steps": KEPT, **{name: record(*entry) for name, entry in OPTIMIZERS.items()}})
