#!/usr/bin/env python3
"""Records losses and metrics of fixed scores, as PyTorch, torchmetrics, scikit-learn and SciPy compute them.

Needs torch 2.13, torchmetrics 1.9, scikit-learn 1.9 and SciPy:  python3 tests/parity/record_scores.py
Writes losses.json and metrics.json beside itself. Scores and targets come from formulas that the tests repeat, by name
(SCORES, TARGETS); what has no reference in these packages is written out here after its paper.
"""
import math

import scipy.special
import sklearn.metrics
import torch
import torch.nn.functional as F
import torchmetrics.functional as tm
import torchmetrics.functional.classification as tmc

from record import numbers, spread, write

CLASSES = 5
WEIGHTS = [1.0, 0.5, 2.0, 0.0, 3.25]


def rotated(shape):
    """Rows that are distributions: shares of 1 to n, of which each row begins with another one."""
    rows, n = shape
    place = torch.arange(rows)[:, None] + torch.arange(n)[None, :]
    return (place.remainder(n) + 1).float() / (n * (n + 1) / 2)


# From the shape of the scores; a class for each place, or a value for each score.
TARGETS = {
    "classes": lambda shape: (torch.arange(math.prod(shape[:-1])) * 7 % shape[-1]).reshape(shape[:-1]),
    "three of the classes": lambda shape: (torch.arange(math.prod(shape[:-1])) * 7 % 3).reshape(shape[:-1]),
    "class 1 alone": lambda shape: torch.ones(shape[:-1], dtype=torch.long),
    "values": lambda shape: spread(shape[0] + 1, shape[1])[1:].mul(3),
    "counts": lambda shape: (torch.arange(math.prod(shape)) * 5 % 4).reshape(shape).float(),
    "answers": lambda shape: (torch.arange(math.prod(shape)) * 7 % 3 == 0).reshape(shape).float(),
    "distributions": rotated,
}

SCORES = {
    "plain": lambda shape: spread(*shape).mul(4),
    "tied": lambda shape: spread(*shape).mul(2).round(),
}


# ---- Losses.

def cross_entropy(**options):
    return lambda s, t: F.cross_entropy(s.flatten(0, -2), t.flatten(), **options)


def focal(gamma, weight=None):
    """Lin et al. 2017, eq. 5, of softmax."""
    def loss(s, t):
        log_p = F.log_softmax(s, -1).gather(1, t[:, None])[:, 0]
        terms = -((1 - log_p.exp()) ** gamma) * log_p
        return terms.mean() if weight is None else (terms * weight[t]).sum() / weight[t].sum()
    return loss


def binary(pos_weight=None, of_classes=False):
    def loss(s, t):
        t = F.one_hot(t, s.shape[-1]).float() if of_classes else t
        return F.binary_cross_entropy_with_logits(s, t, pos_weight=pos_weight)
    return loss


def gaussian(variance, **options):
    def loss(s, t):
        mean, spread_of = s.chunk(2, -1)
        return F.gaussian_nll_loss(mean, t, variance(spread_of), **options)
    return loss


def crammer_singer(margin=1.0, squared=False):
    def loss(s, t):
        others = s.masked_fill(F.one_hot(t, s.shape[-1]).bool(), -torch.inf).max(-1).values
        missing = (margin - (s.gather(1, t[:, None])[:, 0] - others)).clamp(min=0)
        return (missing ** 2 if squared else missing).mean()
    return loss


PLAIN, WEIGHTED = (23, CLASSES), {"class_weights": WEIGHTS}
weights = torch.tensor(WEIGHTS)
# Name: type, options, task, shape of the scores, target, reference.
LOSSES = {
    "cross_entropy": ("cross_entropy", {}, "classification", PLAIN, "classes", cross_entropy()),
    "cross_entropy of one row": ("cross_entropy", {}, "classification", (1, CLASSES), "classes", cross_entropy()),
    "cross_entropy smoothed": ("cross_entropy", {"label_smoothing": 0.1}, "classification", PLAIN, "classes",
                               cross_entropy(label_smoothing=0.1)),
    "cross_entropy weighted": ("cross_entropy", WEIGHTED, "classification", PLAIN, "classes", cross_entropy(weight=weights)),
    "cross_entropy weighted and smoothed": (
        "cross_entropy", {**WEIGHTED, "label_smoothing": 0.2}, "classification", PLAIN, "classes",
        cross_entropy(weight=weights, label_smoothing=0.2)),
    "cross_entropy of sequences": ("cross_entropy", {}, "language_model", (4, 6, CLASSES), "classes", cross_entropy()),
    "cross_entropy of sequences with padding": (
        "cross_entropy", {"ignore_index": 2}, "language_model", (4, 6, CLASSES), "classes", cross_entropy(ignore_index=2)),
    "cross_entropy weighted, smoothed and with padding": (
        "cross_entropy", {**WEIGHTED, "ignore_index": 4, "label_smoothing": 0.1}, "language_model", (4, 6, CLASSES), "classes",
        cross_entropy(weight=weights, ignore_index=4, label_smoothing=0.1)),
    "focal": ("focal", {}, "classification", PLAIN, "classes", focal(2)),
    "focal weighted": ("focal", {**WEIGHTED, "gamma": 0.5}, "classification", PLAIN, "classes", focal(0.5, weights)),
    "focal of gamma 0": ("focal", {"gamma": 0}, "classification", PLAIN, "classes", cross_entropy()),
    "binary_cross_entropy": ("binary_cross_entropy", {}, "regression", PLAIN, "answers", binary()),
    "binary_cross_entropy of probabilities": ("binary_cross_entropy", {}, "regression", PLAIN, "distributions", binary()),
    "binary_cross_entropy of classes": ("binary_cross_entropy", {}, "classification", PLAIN, "classes", binary(of_classes=True)),
    "binary_cross_entropy weighted": ("binary_cross_entropy", {"pos_weight": WEIGHTS}, "regression", PLAIN, "answers",
                                      binary(weights)),
    "binary_cross_entropy of one weight": ("binary_cross_entropy", {"pos_weight": [3]}, "regression", PLAIN, "answers",
                                           binary(torch.tensor([3.0]))),
    "mse": ("mse", {}, "regression", PLAIN, "values", F.mse_loss),
    "mae": ("mae", {}, "regression", PLAIN, "values", F.l1_loss),
    "huber": ("huber", {}, "regression", PLAIN, "values", F.huber_loss),
    "huber of delta 2.5": ("huber", {"delta": 2.5}, "regression", PLAIN, "values", lambda s, t: F.huber_loss(s, t, delta=2.5)),
    "huber as smooth_l1": ("huber", {"delta": 2.5, "form": "smooth_l1"}, "regression", PLAIN, "values",
                           lambda s, t: F.smooth_l1_loss(s, t, beta=2.5)),
    "gaussian_nll": ("gaussian_nll", {}, "regression", (23, 6), "values", gaussian(torch.exp)),
    "gaussian_nll softplus": ("gaussian_nll", {"variance": "softplus", "full": True}, "regression", (23, 6), "values",
                              gaussian(F.softplus, full=True)),
    "gaussian_nll of small variances": ("gaussian_nll", {"eps": 0.7}, "regression", (23, 6), "values",
                                        gaussian(torch.exp, eps=0.7)),
    "poisson_nll": ("poisson_nll", {}, "regression", PLAIN, "counts", F.poisson_nll_loss),
    "poisson_nll full": ("poisson_nll", {"full": True}, "regression", PLAIN, "counts",
                         lambda s, t: F.poisson_nll_loss(s, t, full=True)),
    "kl_div": ("kl_div", {}, "regression", PLAIN, "distributions",
               lambda s, t: F.kl_div(F.log_softmax(s, -1), t, reduction="batchmean")),
    "hinge": ("hinge", {}, "classification", PLAIN, "classes", crammer_singer()),
    "hinge squared": ("hinge", {"margin": 0.5, "squared": True}, "classification", PLAIN, "classes", crammer_singer(0.5, True)),
    "multi_margin": ("multi_margin", {}, "classification", PLAIN, "classes", F.multi_margin_loss),
    "multi_margin squared": ("multi_margin", {"p": 2, "margin": 0.5}, "classification", PLAIN, "classes",
                             lambda s, t: F.multi_margin_loss(s, t, p=2, margin=0.5)),
}


def check_hinge():
    """What is written out above is scikit-learn's and torchmetrics'."""
    s, t = SCORES["plain"](PLAIN), TARGETS["classes"](PLAIN)
    assert math.isclose(crammer_singer()(s, t), sklearn.metrics.hinge_loss(t, s), rel_tol=1e-6)
    theirs = tmc.multiclass_hinge_loss(s, t, CLASSES, squared=True)  # of softmax(s): their scores are probabilities
    assert math.isclose(crammer_singer(squared=True)(s.softmax(-1), t), theirs, rel_tol=1e-6)


def record_losses():
    check_hinge()
    recorded = {}
    for name, (kind, options, task, shape, target, function) in LOSSES.items():
        scores = SCORES["plain"](shape).requires_grad_(True)
        targets_shape = (shape[0], shape[1] // 2) if kind == "gaussian_nll" else shape
        loss = function(scores, TARGETS[target](targets_shape))
        loss.backward()
        recorded[name] = {"type": kind, "options": options, "task": task, "shape": list(shape), "target": target,
                          "value": numbers(loss)[0], "gradient": numbers(scores.grad)}
    write("losses.json", recorded)


# ---- Metrics. Scores are float32; what follows from them is computed in float64.

def predicted(scores):
    return scores.argmax(-1)


def probabilities(scores):
    return scores.double().softmax(-1)


def by_class(function):
    """A number for each class against the rest; None where it is not defined."""
    def values(scores, target):
        p, truth = probabilities(scores), F.one_hot(target, scores.shape[-1])
        return [float(function(truth[:, c], p[:, c])) if 0 < truth[:, c].sum() < len(target) else None
                for c in range(scores.shape[-1])]
    return values


def macro(function):
    def value(scores, target):
        defined = [v for v in by_class(function)(scores, target) if v is not None]
        return sum(defined) / len(defined)
    return value


def weighted(function):
    def value(scores, target):
        both = [(v, int((target == c).sum())) for c, v in enumerate(by_class(function)(scores, target)) if v is not None]
        return sum(v * n for v, n in both) / sum(n for _, n in both)
    return value


def of_class_1(function):
    return lambda s, t: function(t, s[:, 1].double() - s[:, 0].double())


def each(name, values):
    return {f"{name}_{c}": value for c, value in enumerate(values)}


def counted(index, average):
    """Precision, recall or F1 by their index in scikit-learn's answer."""
    def value(s, t):
        got = sklearn.metrics.precision_recall_fscore_support(t, predicted(s), average=average, zero_division=0)
        return float(got[index])
    return value


def counted_each(index, name):
    def value(s, t):
        labels = range(s.shape[-1])
        return each(name, sklearn.metrics.precision_recall_fscore_support(t, predicted(s), labels=labels, zero_division=0)[index])
    return value


def calibration_error(bins):
    """Guo et al. 2017, eq. 3; torchmetrics' in float64."""
    def value(s, t):
        sure, guess = probabilities(s).max(-1)
        bin_of, error = (sure * bins).ceil(), 0
        for b in range(1, bins + 1):
            here = bin_of == b
            if here.any():
                error += float(here.double().mean() * (sure[here].mean() - (guess == t)[here].double().mean()).abs())
        assert math.isclose(error, tmc.multiclass_calibration_error(probabilities(s), t, CLASSES, n_bins=bins), rel_tol=1e-6)
        return error
    return value


def of_answers(average):
    """F1 of several answers each, a yes where the prediction is above a half."""
    return lambda s, t: float(sklearn.metrics.f1_score(t, s > 0.5, average=average, zero_division=0))


def drawn(scores, factor=0.25, passes=7):
    """Passes around the scores: [passes, rows, targets]."""
    return scores[None] + spread(passes, *scores.shape).double() * factor


def mc_rmse(s, t):
    return float((drawn(s.double()).mean(0) - t.double()).square().mean().sqrt())


def mc_log_likelihood(tau):
    """As Gal's experiments: logsumexp_t(-tau/2 (y - y_t)^2) - log T - log(2 pi)/2 + log(tau)/2; of several targets the sums
    over them in the exponent."""
    def value(s, t):
        passes = drawn(s.double())
        exponents = -0.5 * tau * (passes - t.double()).square().sum(-1)
        constant = t.shape[1] * 0.5 * (math.log(tau) - math.log(2 * math.pi)) - math.log(len(passes))
        return float((scipy.special.logsumexp(exponents.numpy(), axis=0) + constant).mean())
    return value


def worst_rows(count):
    """Rows with the highest cross entropy: number, class, predicted class, and the probabilities of these two."""
    def rows(s, t):
        cost = F.cross_entropy(s.double(), t, reduction="none")
        chances = F.softmax(s.double(), 1)
        chosen = torch.topk(cost, count).indices
        return torch.stack([torch.stack([i, t[i], chances[i].argmax(), chances[i].max(), chances[i, t[i]]]) for i in chosen])
    return rows


BINARY = (23, 2)
auc, ap = sklearn.metrics.roc_auc_score, sklearn.metrics.average_precision_score
# Name: type, options, task, shape, form of the scores, target, reference: a number, or several by name.
METRICS = {
    "accuracy": ("accuracy", {}, "classification", PLAIN, "plain", "classes",
                 lambda s, t: sklearn.metrics.accuracy_score(t, predicted(s))),
    "accuracy of sequences with padding": (
        "accuracy", {"ignore_index": 1}, "language_model", (4, 6, CLASSES), "plain", "classes",
        lambda s, t: sklearn.metrics.accuracy_score(t[t != 1], predicted(s)[t != 1])),
    "top_k": ("top_k", {}, "classification", PLAIN, "plain", "classes", lambda s, t: {
        "top_k_2": sklearn.metrics.top_k_accuracy_score(t, s, k=2, labels=range(CLASSES))}),
    "top_k of 4": ("top_k", {"k": 4}, "classification", PLAIN, "plain", "classes", lambda s, t: {
        "top_k_4": sklearn.metrics.top_k_accuracy_score(t, s, k=4, labels=range(CLASSES))}),
    "precision": ("precision", {}, "classification", PLAIN, "plain", "classes", counted(0, "macro")),
    "precision of missing classes": ("precision", {}, "classification", PLAIN, "plain", "three of the classes",
                                     counted(0, "macro")),
    "precision weighted": ("precision", {"average": "weighted"}, "classification", PLAIN, "plain", "classes",
                           lambda s, t: {"precision_weighted": counted(0, "weighted")(s, t)}),
    "precision of each": ("precision", {"average": "none"}, "classification", PLAIN, "plain", "three of the classes",
                          counted_each(0, "precision")),
    "recall": ("recall", {}, "classification", PLAIN, "plain", "classes", counted(1, "macro")),
    "recall of missing classes": ("recall", {}, "classification", PLAIN, "plain", "three of the classes", counted(1, "macro")),
    "recall of each": ("recall", {"average": "none"}, "classification", PLAIN, "plain", "three of the classes",
                       counted_each(1, "recall")),
    "f1": ("f1", {}, "classification", PLAIN, "plain", "classes", counted(2, "macro")),
    "f1 of missing classes": ("f1", {}, "classification", PLAIN, "plain", "three of the classes", counted(2, "macro")),
    "f1 of one class alone": ("f1", {}, "classification", PLAIN, "plain", "class 1 alone", counted(2, "macro")),
    "f1 of one row": ("f1", {}, "classification", (1, CLASSES), "plain", "classes", counted(2, "macro")),
    "f1 micro": ("f1", {"average": "micro"}, "classification", PLAIN, "plain", "classes",
                 lambda s, t: {"f1_micro": counted(2, "micro")(s, t)}),
    "f1 weighted": ("f1", {"average": "weighted"}, "classification", PLAIN, "plain", "three of the classes",
                    lambda s, t: {"f1_weighted": counted(2, "weighted")(s, t)}),
    "f1 of each": ("f1", {"average": "none"}, "classification", PLAIN, "plain", "classes", counted_each(2, "f1")),
    "f1 of sequences": ("f1", {}, "language_model", (4, 6, CLASSES), "plain", "classes",
                        lambda s, t: counted(2, "macro")(s.flatten(0, 1), t.flatten())),
    "auroc": ("auroc", {}, "classification", PLAIN, "plain", "classes",
              lambda s, t: auc(t, probabilities(s), multi_class="ovr", average="macro")),
    "auroc weighted": ("auroc", {"average": "weighted"}, "classification", PLAIN, "plain", "classes", lambda s, t: {
        "auroc_weighted": auc(t, probabilities(s), multi_class="ovr", average="weighted")}),
    "auroc of each": ("auroc", {"average": "none"}, "classification", PLAIN, "plain", "classes",
                      lambda s, t: each("auroc", by_class(auc)(s, t))),
    "auroc of missing classes": ("auroc", {}, "classification", PLAIN, "plain", "three of the classes", macro(auc)),
    "auroc of two classes": ("auroc", {}, "classification", BINARY, "plain", "classes", of_class_1(auc)),
    "auroc of two classes with ties": ("auroc", {}, "classification", BINARY, "tied", "classes", of_class_1(auc)),
    "average_precision": ("average_precision", {}, "classification", PLAIN, "plain", "classes", macro(ap)),
    "average_precision weighted": ("average_precision", {"average": "weighted"}, "classification", PLAIN, "plain", "classes",
                                   lambda s, t: {"average_precision_weighted": weighted(ap)(s, t)}),
    "average_precision of missing classes": ("average_precision", {}, "classification", PLAIN, "plain",
                                             "three of the classes", macro(ap)),
    "average_precision of two classes with ties": ("average_precision", {}, "classification", BINARY, "tied", "classes",
                                                   of_class_1(ap)),
    "f1 of answers": ("f1", {}, "regression", PLAIN, "plain", "answers", of_answers("macro")),
    "f1 of answers micro": ("f1", {"average": "micro"}, "regression", PLAIN, "plain", "answers",
                            lambda s, t: {"f1_micro": of_answers("micro")(s, t)}),
    "auroc of answers": ("auroc", {}, "regression", PLAIN, "plain", "answers", lambda s, t: auc(t, s, average="macro")),
    "auroc of one answer": ("auroc", {}, "regression", (23, 1), "tied", "answers", lambda s, t: auc(t[:, 0], s[:, 0])),
    "average_precision of answers": ("average_precision", {}, "regression", PLAIN, "plain", "answers",
                                     lambda s, t: ap(t, s, average="macro")),
    "confusion_matrix": ("confusion_matrix", {}, "classification", PLAIN, "plain", "three of the classes",
                         lambda s, t: sklearn.metrics.confusion_matrix(t, predicted(s), labels=range(CLASSES))),
    "samples": ("samples", {"worst": 6, "drawn": 0}, "classification", PLAIN, "plain", "classes", worst_rows(6)),
    "calibration_error": ("calibration_error", {}, "classification", PLAIN, "plain", "classes",
                          calibration_error(15)),
    "calibration_error of 4 bins": ("calibration_error", {"bins": 4}, "classification", PLAIN, "plain", "classes",
                                    calibration_error(4)),
    "perplexity": ("perplexity", {}, "language_model", (4, 6, CLASSES), "plain", "classes",
                   lambda s, t: tm.text.perplexity(s.double(), t)),
    "perplexity with padding": ("perplexity", {"ignore_index": 2}, "language_model", (4, 6, CLASSES), "plain", "classes",
                                lambda s, t: tm.text.perplexity(s.double(), t, ignore_index=2)),
    "bits_per_character": ("bits_per_character", {}, "language_model", (4, 6, CLASSES), "plain", "classes",
                           lambda s, t: F.cross_entropy(s.double().flatten(0, 1), t.flatten()) / math.log(2)),
    "rmse": ("rmse", {}, "regression", PLAIN, "plain", "values", lambda s, t: sklearn.metrics.root_mean_squared_error(
        t.double().flatten(), s.double().flatten())),
    "mae": ("mae", {}, "regression", PLAIN, "plain", "values",
            lambda s, t: sklearn.metrics.mean_absolute_error(t.double(), s.double())),
    "r2": ("r2", {}, "regression", PLAIN, "plain", "values", lambda s, t: sklearn.metrics.r2_score(t.double(), s.double())),
    "mc_rmse": ("mc_rmse", {}, "regression", PLAIN, "plain", "values", mc_rmse),
    "mc_log_likelihood": ("mc_log_likelihood", {"tau": 0.4}, "regression", PLAIN, "plain", "values", mc_log_likelihood(0.4)),
    "mc_log_likelihood of one target": ("mc_log_likelihood", {"tau": 0.25}, "regression", (23, 1), "plain", "values",
                                        mc_log_likelihood(0.25)),
}


def record_metrics():
    recorded = {}
    for name, (kind, options, task, shape, form, target, function) in METRICS.items():
        got = function(SCORES[form](shape), TARGETS[target](shape))
        entry = {"type": kind, "options": options, "task": task, "shape": list(shape), "scores": form, "target": target}
        if kind == "confusion_matrix":
            entry["array"] = [int(count) for count in got.flatten()]
        elif kind == "samples":
            entry["array"] = [float(number) for number in got.flatten()]
        else:
            values = got if isinstance(got, dict) else {kind: got}
            entry["values"] = {key: float(value) for key, value in values.items()}
        recorded[name] = entry
    write("metrics.json", recorded)


if __name__ == "__main__":
    torch.set_num_threads(1)
    record_losses()
    record_metrics()
