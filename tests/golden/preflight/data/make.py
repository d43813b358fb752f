#!/usr/bin/env python3
"""Writes the data files beside it that no editor can: IDX files and gzip files, whole and broken."""
import gzip
import struct
from pathlib import Path

FOLDER = Path(__file__).parent
U8, F32 = 0x08, 0x0D


def idx(name, shape, values, code=U8):
    packed = struct.pack(f">{len(values)}{'f' if code == F32 else 'B'}", *values)
    header = bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    (FOLDER / name).write_bytes(header + packed)
    return header + packed


def pixels(n):
    return [37 * i % 251 for i in range(n)]


def main():
    images = idx("images.idx", [12, 6, 6], pixels(12 * 36))
    idx("small_images.idx", [12, 5, 5], pixels(12 * 25))
    idx("volumes.idx", [12, 2, 2, 2, 2], pixels(12 * 16))
    idx("rows.idx", [12, 8], pixels(12 * 8))
    idx("labels.idx", [12], [0, 1, 2] * 4)
    idx("labels_of_ten.idx", [10], [0, 1, 2] * 3 + [0])
    idx("label_seven.idx", [12], [0, 1, 2] * 3 + [0, 7, 2])
    idx("one_image.idx", [1, 6, 6], pixels(36))
    idx("one_label.idx", [1], [1])
    with_nan = [0.5 * i for i in range(12 * 4)]
    with_nan[4 * 6 + 2] = float("nan")
    idx("nan.idx", [12, 4], with_nan, F32)
    (FOLDER / "half.idx").write_bytes(images[:300])
    (FOLDER / "picture.idx").write_bytes(b"\x89PNG\r\n\x1a\n" + images[8:])

    table = gzip.compress((FOLDER / "flowers.csv").read_bytes(), mtime=0)
    (FOLDER / "half.csv.gz").write_bytes(table[: len(table) // 2])
    damaged = bytearray(table)
    damaged[-6] ^= 1  # in the checksum
    (FOLDER / "damaged.csv.gz").write_bytes(damaged)
    (FOLDER / "spreadsheet.csv").write_bytes("length,width,kind\n1,2,a\n".encode("utf-16"))


if __name__ == "__main__":
    main()
