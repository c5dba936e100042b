"""Image files for tests, good and bad."""
import os
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, seed=0, claimed=None):
    """A colourful one; `claimed` (width, height) is what its header says instead."""
    row = b"\0" + bytes((seed * 37 + x * (1 + x % 3) + x // 3) & 255 for x in range(width * 3))
    rows = b"".join(row[:1] + row[1 + y % 64 * 3:] + row[1:1 + y % 64 * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", *(claimed or (width, height)), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def save(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return path


def contents(folder):
    """{name: bytes} of all files below it."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found
