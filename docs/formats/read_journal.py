"""Reads a journal with numpy alone: the rows of every metric, and the texts between them.

    python3 read_journal.py runs/digits/3f2a91c0de/a.1/journal.000001
"""
import json
import sys

import numpy

RECORD = numpy.dtype([("crc", "<u4"), ("kind", "u1"), ("zero", "u1"), ("small", "<u2"),
                      ("first", "<i8"), ("wall_ns", "<i8"), ("value", "<f8")])
PART, ROW, POINT, BEGIN, SERIES = 1, 2, 3, 8, 9
NAMES = {10: "event", 11: "note", 12: "commit", 13: "drop", 14: "end"}

records = numpy.fromfile(sys.argv[1], RECORD)
series, i = {}, 0
while i < len(records):
    kind, size = records["kind"][i], 0
    if kind == ROW:
        size = int(records["small"][i])
        for point in records[i + 1:i + 1 + size]:
            print(f"step {point['first']} {series[int(point['small'])]} {point['value']:g}")
    elif kind >= BEGIN:
        size = -(-int(records["first"][i]) // RECORD.itemsize)
        told = json.loads(records[i + 1:i + 1 + size].tobytes().rstrip(b"\0"))
        if kind == SERIES:
            series[told["index"]] = told["name"]
        else:
            print(f"begin of {told['name']}" if kind == BEGIN else f"{NAMES[kind]} {json.dumps(told)}")
    i += 1 + size
