"""Reads a journal with numpy alone: the rows of every metric, and what stands between them.

    python3 read_journal.py runs/digits/3f2a91c0de/a.1/journal.000001
"""
import base64, json, sys, numpy

RECORD = numpy.dtype("<u4, u1, u1, <u2, <i8, <i8, <f8")
RECORD.names = "crc", "kind", "zero", "small", "first", "wall_ns", "value"
ROW, BEGIN, SERIES, ARRAY = 2, 8, 9, 15
NAMES = {10: "event", 11: "note", 12: "commit", 13: "drop", 14: "end"}
TYPES = {"bool": "?", "u8": "u1", "i8": "i1", "i16": "<i2", "i32": "<i4", "i64": "<i8", "f16": "<f2",
         "bf16": "<u2", "f32": "<f4", "f64": "<f8"}  # bf16 is the upper half of an f32
records, series, i = numpy.fromfile(sys.argv[1], RECORD), {}, 0
while i < len(records):
    kind, size = int(records["kind"][i]), 0
    if kind == ROW:
        size = int(records["small"][i])
        for point in records[i + 1:i + 1 + size]:
            print(f"step {point['first']} {series[int(point['small'])]} {point['value']:g}")
    elif kind >= BEGIN:
        size = -(-int(records["first"][i]) // RECORD.itemsize)
        told = json.loads(records[i + 1:i + 1 + size].tobytes().rstrip(b"\0"))
        if kind == SERIES:
            series[told["index"]] = told["name"]
        elif kind == ARRAY:
            array = numpy.frombuffer(base64.b64decode(told["values"]), TYPES[told["dtype"]])
            print(f"step {told['step']} {told['name']} {array.reshape(told['shape']).tolist()}")
        else:
            print(f"begin of {told['name']}" if kind == BEGIN else f"{NAMES.get(kind)} {json.dumps(told)}")
    i += 1 + size
