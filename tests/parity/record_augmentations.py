#!/usr/bin/env python3
"""Records what torchvision computes, for tests/plugins/augmentations to compare with.

Needs torch 2.13 and torchvision 0.28:  python3 tests/parity/record_augmentations.py
Writes augmentations.json beside itself. What is drawn is drawn here once more, from the same counter streams, and handed
to torchvision's functions, so the draws are compared as well. Images come from a formula (spread in record.py) that the
tests repeat.
"""
import json
import math
import pathlib

import torch
import torchvision
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

from record import numbers, spread

HERE = pathlib.Path(__file__).parent
EPOCH, FIRST_ID, SEED = 2, 40, 5
IMAGES = spread(4, 3, 8, 7).add(1).div(2)
MASK = 0xFFFFFFFF


# ---- core/random.h once more.

def philox(counter, key):
    counter, key = list(counter), list(key)
    for turn in range(10):
        if turn:
            key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
        p0, p1 = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(p1 >> 32) ^ counter[1] ^ key[0], p1 & MASK, (p0 >> 32) ^ counter[3] ^ key[1], p0 & MASK]
    return counter


def stream_key(seed, purpose):
    name = 0xCBF29CE484222325
    for byte in purpose.encode():
        name = ((name ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return philox([name & MASK, name >> 32, 0, 0], [seed & MASK, seed >> 32])[:2]


class Draws:
    def __init__(self, key, epoch, sample):
        self.key, self.epoch, self.sample, self.next = key, epoch, sample, 0

    def word(self):
        block = philox([self.next // 4, self.sample & MASK, self.sample >> 32, self.epoch], self.key)
        self.next += 1
        return block[(self.next - 1) % 4]

    def word64(self):
        low = self.word()
        return low | self.word() << 32

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.word64() >> 11) * 2.0**-53)

    def below(self, n):
        product = self.word64() * n
        if product & (2**64 - 1) < n:
            threshold = (2**64 - n) % n
            while product & (2**64 - 1) < threshold:
                product = self.word64() * n
        return product >> 64


def each(change):
    """change(image [channels, height, width], draws) for every image."""
    key = stream_key(SEED, "augment/0")
    return torch.stack([change(image, Draws(key, EPOCH, FIRST_ID + i)) for i, image in enumerate(IMAGES)])


# ---- The augmentations, by torchvision's functions.

def random_crop(image, draws, mode, fill):
    wide = F.pad(image, [2, 2, 2, 2], fill=fill, padding_mode=mode)
    top, left = draws.below(wide.shape[1] - 5 + 1), draws.below(wide.shape[2] - 5 + 1)
    return F.crop(wide, top, left, 5, 5)


def sides(draws, area, scale, ratio):
    target = area * draws.uniform(*scale)
    aspect = math.exp(draws.uniform(math.log(ratio[0]), math.log(ratio[1])))
    return round(math.sqrt(target * aspect)), round(math.sqrt(target / aspect))


def random_resized_crop(image, draws):
    height, width = image.shape[1:]
    for _ in range(10):
        w, h = sides(draws, height * width, (0.08, 1.0), (3 / 4, 4 / 3))
        if 0 < w <= width and 0 < h <= height:
            top, left = draws.below(height - h + 1), draws.below(width - w + 1)
            return F.resized_crop(image, top, left, h, w, [6, 6], antialias=True)
    raise RuntimeError("nothing fits: the middle is tested elsewhere")


def random_erasing(image, draws):
    if draws.uniform() >= 0.8:
        return image
    height, width = image.shape[1:]
    for _ in range(10):
        h, w = sides(draws, height * width, (0.02, 0.33), (0.3, 3.3))
        if h < height and w < width:
            top, left = draws.below(height - h + 1), draws.below(width - w + 1)
            return F.erase(image, top, left, h, w, torch.tensor(0.25))
    return image


def cutout(image, draws):
    """As in https://github.com/uoguelph-mlrg/Cutout, util/cutout.py."""
    height, width = image.shape[1:]
    out = image.clone()
    y, x = draws.below(height), draws.below(width)
    out[:, max(y - 2, 0):min(y + 2, height), max(x - 2, 0):min(x + 2, width)] = 0
    return out


def color_jitter(image, draws):
    out = F.adjust_brightness(image, draws.uniform(0.6, 1.4))
    out = F.adjust_contrast(out, draws.uniform(0.5, 1.5))
    out = F.adjust_saturation(out, draws.uniform(0.0, 2.2))
    return F.adjust_hue(out, draws.uniform(-0.2, 0.2))


def rotation(image, draws, mode):
    return F.rotate(image, draws.uniform(-30.0, 30.0), interpolation=mode)


def flip(change):
    return lambda image, draws: change(image) if draws.uniform() < 0.5 else image


def resize(mode, antialias):
    return F.resize(IMAGES, [5, 5], interpolation=mode, antialias=antialias)


BILINEAR, BICUBIC, NEAREST = InterpolationMode.BILINEAR, InterpolationMode.BICUBIC, InterpolationMode.NEAREST
RECORDED = {
    "random_crop constant": each(lambda image, draws: random_crop(image, draws, "constant", 0.5)),
    "random_crop edge": each(lambda image, draws: random_crop(image, draws, "edge", 0)),
    "random_crop reflect": each(lambda image, draws: random_crop(image, draws, "reflect", 0)),
    "centre_crop": F.center_crop(IMAGES, [5, 5]),
    "random_resized_crop": each(random_resized_crop),
    "horizontal_flip": each(flip(F.hflip)),
    "vertical_flip": each(flip(F.vflip)),
    "random_rotation nearest": each(lambda image, draws: rotation(image, draws, NEAREST)),
    "random_rotation bilinear": each(lambda image, draws: rotation(image, draws, BILINEAR)),
    "color_jitter": each(color_jitter),
    "cutout": each(cutout),
    "random_erasing": each(random_erasing),
    "normalize": F.normalize(IMAGES, [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]),
    "resize bilinear": resize(BILINEAR, True),
    "resize plain": resize(BILINEAR, False),
    "resize bicubic": resize(BICUBIC, True),
    "resize nearest": resize(NEAREST, False),
}

if __name__ == "__main__":
    head = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    entries = {key: numbers(value) for key, value in RECORDED.items()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {**head, **entries}.items())
    (HERE / "augmentations.json").write_text("{" + lines + "}\n")
