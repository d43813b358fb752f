"""How a run shows in a notebook: a small table and a curve, plain HTML and SVG without scripts."""

from html import escape

import numpy

_WIDTH, _HEIGHT, _MARGIN = 360, 120, 6
_MOST_POINTS = 300
_LONGEST_NAME = 120


def shown(text):
    """Text for a page: escaped, cut, without marks that turn its direction."""
    text = str(text)
    text = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 3] + "..."
    return escape("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text))


def chosen_metric(names):
    """What says most: a score of valid, else its loss, else what there is."""
    names = list(names)
    scores = [n for n in names if n.startswith("valid/") and n != "valid/loss"]
    return next(iter(scores + [n for n in ("valid/loss", "train/loss") if n in names] + names), None)


def thinned(series):
    """At most 300 points of it."""
    keep = numpy.isfinite(series.value)
    step, value = series.step[keep].astype(float), series.value[keep]
    if len(value) > _MOST_POINTS:
        pick = numpy.linspace(0, len(value) - 1, _MOST_POINTS).astype(int)
        step, value = step[pick], value[pick]
    return step, value


def curve(series):
    """An SVG of a series; empty for fewer than two finite values."""
    step, value = thinned(series)
    if len(value) < 2:
        return ""

    def scaled(numbers, size):
        low, high = float(numbers.min()), float(numbers.max())
        share = (numbers - low) / (high - low) if high > low else numpy.full(len(numbers), 0.5)
        return _MARGIN + share * (size - 2 * _MARGIN)

    x, y = scaled(step, _WIDTH), _HEIGHT - scaled(value, _HEIGHT)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
    label = f"{shown(series.name)}, {value[0]:.4g} to {value[-1]:.4g}"
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{label}"><polyline points="{points}" fill="none" stroke="#4477aa" stroke-width="1.5"/></svg>'
    )


def card(run):
    metrics = run.metrics
    name = chosen_metric(metrics)
    rows = "".join(f"<tr><td>{shown(key)}</td><td>{value:.4g}</td></tr>" for key, value in run.last().items())
    figure = ""
    if name is not None:
        figure = f"<figure style='margin:0'>{curve(metrics[name])}<figcaption>{shown(name)}</figcaption></figure>"
    title = f"{shown(run.name)}/{shown(run.id)}"
    about = f"{shown(run.status)} after {run.step} steps, seed {run.seed}"
    return f"<div><b>{title}</b><br>{about}{figure}<table>{rows}</table></div>"
