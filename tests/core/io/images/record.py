"""Records the images beside this file and what Pillow reads from them.

    python3 -m pip install pillow numpy && python3 record.py
"""
import json
import pathlib
import struct
import zlib

import numpy
from PIL import Image

here = pathlib.Path(__file__).parent
height, width = 9, 12
rows, columns = numpy.mgrid[0:height, 0:width]
colours = numpy.stack([rows * 28, columns * 21, (rows * columns) % 256], axis=-1).astype("uint8")
grey = ((rows * 13 + columns * 7) % 256).astype("uint8")
alpha = numpy.concatenate([colours, grey[..., None]], axis=-1)
rgb = Image.fromarray(colours)

images = {
    "grey.png": (Image.fromarray(grey), {}),
    "grey16.png": (Image.fromarray(grey.astype("uint16") * 257), {}),
    "bits.png": (Image.fromarray(grey > 60), {}),
    "rgb.png": (rgb, {}),
    "rgba.png": (Image.fromarray(alpha), {}),
    "palette.png": (rgb.quantize(16), {}),
    "grey.jpg": (Image.fromarray(grey), {"quality": 90}),
    "rgb.jpg": (rgb, {"quality": 90}),
    "progressive.jpg": (rgb, {"quality": 60, "progressive": True}),
    "cmyk.jpg": (rgb.convert("CMYK"), {}),
}



def write_interlaced(path, pixels):
    """Pillow writes no interlaced PNG: the seven passes of Adam7, each as an image of its own."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    data = b""
    for row, column, row_step, column_step in passes:
        for line in pixels[row::row_step, column::column_step]:
            data += b"\0" + line.tobytes() if line.size else b""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 1)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data))
                     + chunk(b"IEND", b""))


write_interlaced(here / "interlaced.png", colours)
expected = {}
for name, (image, options) in images.items():
    image.save(here / name, **options)
for name in [*images, "interlaced.png"]:
    if name == "cmyk.jpg":
        continue
    read = Image.open(here / name)
    if name == "grey16.png":  # Pillow's own conversion cuts at 255
        read = Image.fromarray((numpy.asarray(read) // 257).astype("uint8"))
    expected[name] = {
        "height": read.height,
        "width": read.width,
        "grey": numpy.asarray(read.convert("RGB").convert("L") if read.mode != "L" else read).tolist(),
        "rgb": numpy.asarray(read.convert("RGB")).transpose(2, 0, 1).tolist(),
    }

resized = {}
for size in [(5, 7), (9, 5), (20, 30), (4, 12), (3, 40)]:
    # In two steps, since the order of the axes is Pillow's own choice from version 13 on.
    scaled = rgb.resize((size[1], height), Image.Resampling.BILINEAR)
    scaled = scaled.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    resized["%d x %d" % size] = numpy.asarray(scaled).transpose(2, 0, 1).tolist()

(here / "expected.json").write_text(json.dumps({"pixels": expected, "resized": resized}) + "\n")
