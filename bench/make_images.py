#!/usr/bin/env python3
"""Writes a folder of PNG images of ten classes, for bench_data:  bench/make_images.py FOLDER [--count 2000] [--size 32]

Needs nothing but Python. Pixels are smooth patterns with some noise, so that files compress about as photographs do.
"""
import argparse
import pathlib
import random
import struct
import zlib


def png(pixels, size):
    """pixels: size * size * 3 bytes, row by row."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + pixels[y * size * 3:(y + 1) * size * 3] for y in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def image(label, size, rng):
    slope, shift = (label - 4.5) / 4, rng.randrange(64)
    return bytes(
        int(128 + 60 * ((x * slope + y + shift) % 16 < 8) + 20 * channel + rng.randrange(-12, 13)) % 256
        for y in range(size) for x in range(size) for channel in range(3))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--size", type=int, default=32)
    args = parser.parse_args()
    rng = random.Random(0)
    for i in range(args.count):
        folder = args.folder / str(i % 10)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i:06}.png").write_bytes(png(image(i % 10, args.size, rng), args.size))


if __name__ == "__main__":
    main()
