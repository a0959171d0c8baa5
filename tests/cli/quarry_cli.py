# quarry_cli.py: what tests of the command line share: a folder, the program, cases, TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# A test imports it, decorates its cases with case ('claim') and ends with sys.exit (main ()). The first
# argument of the test is the program. Cases run in their order and may build on the ones before.

import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib

QUARRY = os.path.abspath(sys.argv[1])
HERE = pathlib.Path(tempfile.mkdtemp(prefix='quarry-cli-'))
CASES = []
TIMEOUT_S = 300


class Skip(Exception):
    pass


def case(claim):
    def add(function):
        CASES.append((claim, function))
        return function
    return add


def command(*words, catalog='catalog.db'):
    """The words of a call; catalog None: without --catalog"""
    return [QUARRY, *(('--catalog', str(HERE / catalog)) if catalog is not None else ()), *map(str, words)]


def run(words, expect=0, env=None, **more):
    """Runs these words; expect is an exit code or several; env: None as a value takes a variable away"""
    whole = {**os.environ, **(env or {})}
    done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S,
                          env={k: v for k, v in whole.items() if v is not None}, **more)
    codes = expect if isinstance(expect, tuple) else (expect,)
    assert done.returncode in codes, f'{words[1:]}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}'
    return done


def quarry(*words, catalog='catalog.db', **more):
    return run(command(*words, catalog=catalog), **more)


def rows_of(text):
    rows = json.loads(text)
    assert isinstance(rows, list) and all(isinstance(row, dict) and 'id' in row for row in rows), text[:500]
    return rows


def listing(*words, **more):
    return rows_of(quarry(*words, '--json', **more).stdout)


def start(*words, catalog='catalog.db', **more):
    """A call that goes on while the test does"""
    return subprocess.Popen(command(*words, catalog=catalog), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def sql(catalog, text, *values):
    """Reads the catalog's file past the program"""
    db = sqlite3.connect(HERE / catalog)
    try:
        return db.execute(text, values).fetchall()
    finally:
        db.close()


def is_whole(catalog='catalog.db'):
    """By SQLite itself, and by quarry check"""
    assert sql(catalog, 'PRAGMA integrity_check') == [('ok',)]
    assert sql(catalog, 'PRAGMA foreign_key_check') == []
    quarry('check', catalog=catalog)


def png(width=8, height=6, gray=90):
    """The bytes of a small picture of one gray"""
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
    rows = (b'\0' + bytes([gray]) * width) * height
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def pictures(folder, n, first=0):
    """n small pictures, no two alike"""
    folder = HERE / folder
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(first, first + n):
        (folder / f'{i:06}.png').write_bytes(png(8 + i % 5, 6 + i // 5 % 7, i % 256))
    return folder


def files(folder):
    """Every file below with its bytes"""
    return {str(p.relative_to(folder)): p.read_bytes() for p in pathlib.Path(folder).rglob('*') if p.is_file()}


def main():
    print(f'1..{len(CASES)}', flush=True)
    bad = 0
    for i, (claim, function) in enumerate(CASES, 1):
        try:
            function()
            print(f'ok {i} {claim}', flush=True)
        except Skip as why:
            print(f'ok {i} {claim} # SKIP {why}', flush=True)
        except Exception as error:                     # a failed case must not hide the next ones
            bad += 1
            place = error.__traceback__
            while place.tb_next is not None:
                place = place.tb_next
            print(f'# {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}')
            for line in f'{type(error).__name__}: {error}'.splitlines()[:40]:
                print('#', line)
            print(f'not ok {i} {claim}', flush=True)
    shutil.rmtree(HERE, ignore_errors=True)
    return 1 if bad else 0
