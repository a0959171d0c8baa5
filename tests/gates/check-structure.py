#!/usr/bin/env python3
# check-structure.py: the rules of the house, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: check-structure.py SOURCE-ROOT BUILD-FOLDER. Each check lists file and line of what breaks it.

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
BUILD = pathlib.Path(sys.argv[2]).resolve()
ORDER = ['data', 'render', 'ui', 'app']            # an include never points right
MAX_FILE, MAX_FUNCTION = 800, 100


def sources(*folders, suffixes=('.c', '.h')):
    for folder in folders:
        yield from (p for p in sorted((ROOT / folder).rglob('*')) if p.suffix in suffixes)


def lines(path):
    return path.read_text(encoding='utf-8').splitlines()


def strip_comments(text):
    blank = lambda m: re.sub(r'[^\n]', ' ', m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def find(pattern, paths):
    for path in paths:
        for number, line in enumerate(strip_comments(path.read_text(encoding='utf-8')).splitlines(), 1):
            if re.search(pattern, line):
                yield f'{path.relative_to(ROOT)}:{number}: {line.strip()}'


def arrows():
    home = {p.name: p.relative_to(ROOT).parts[0] for p in sources(*ORDER, suffixes=('.h',))}
    for path in sources(*ORDER):
        own = ORDER.index(path.relative_to(ROOT).parts[0])
        for number, line in enumerate(lines(path), 1):
            match = re.match(r'\s*#\s*include\s+"(?:.*/)?([^"/]+)"', line)
            if match and match.group(1) in home and ORDER.index(home[match.group(1)]) > own:
                yield f'{path.relative_to(ROOT)}:{number}: {line.strip()}'


def gtk():
    yield from find(r'#\s*include\s*<(gtk|gdk|gsk|adwaita|graphene)\b(?!-pixbuf)', sources('data', 'render'))
    yield from find(r'\b(gtk|adw|gsk)_[a-z]+_[a-z_]+ \(', sources('data', 'render'))


def sql():
    outside = [p for p in sources(*ORDER) if 'data/catalog/' not in p.as_posix()]
    yield from find(r'#\s*include\s*<sqlite3', outside)
    yield from find(r'"\s*(SELECT|INSERT INTO|INSERT OR|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA)\b', outside)


def curl():
    yield from find(r'#\s*include\s*<curl', (p for p in sources(*ORDER) if 'data/storage/' not in p.as_posix()))


def gl():
    yield from find(r'#\s*include\s*<(epoxy|GL|GLES|EGL)|\bgl[A-Z]\w+ \(', sources('data', 'ui', 'app'))


ALLOWED_STATE = re.compile(
    r'(^|_)(properties|signals|props)(\.\d+)?$|_parent_class$|_private_offset$|_define_type_id|g_define_type|gtype_id|'
    r'(^|_)quark|^q(\.\d+)?$|^__|^_GLOBAL_|static_resource|resource_data|^\.L|^completed\.|^odr_|^_?g_.*_once|^file_domain')


def mutable_globals():
    for library in sorted(BUILD.glob('*/libquarry-*.a')) + sorted(BUILD.glob('app/quarry.p/*.o')):
        table = subprocess.run(['objdump', '-t', str(library)], capture_output=True, text=True, check=True).stdout
        member = library.name
        for line in table.splitlines():
            if line.endswith('file format elf64-x86-64') or 'file format' in line:
                member = line.split(':')[0]
            match = re.match(r'[0-9a-f]+ .{7} (\S+)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$', line)
            if not match:
                continue
            section, name = match.groups()
            mutable = section.startswith(('.data', '.bss', '.tdata', '.tbss')) and not section.startswith('.data.rel.ro')
            if mutable and name != section and not ALLOWED_STATE.search(name):
                yield f'{library.name}({member}): {name} in {section}'


def file_length():
    for path in sources(*ORDER, 'tests', suffixes=('.c',)):
        if len(lines(path)) > MAX_FILE:
            yield f'{path.relative_to(ROOT)}: {len(lines(path))} lines'


def function_length():
    for path in sources(*ORDER, 'tests', suffixes=('.c',)):
        start = None
        for number, line in enumerate(lines(path), 1):
            if line.startswith('{'):
                start = number
            elif line.startswith('}') and start is not None:
                if number - start - 1 > MAX_FUNCTION and line.rstrip() == '}':
                    yield f'{path.relative_to(ROOT)}:{start}: {number - start - 1} lines'
                start = None


def licence():
    for path in sources(*ORDER, 'tests'):
        if 'SPDX-License-Identifier: Apache-2.0' not in '\n'.join(lines(path)[:12]):
            yield str(path.relative_to(ROOT))


def test_share():
    code = sum(len(lines(p)) for p in sources(*ORDER))
    tests = sum(len(lines(p)) for p in sources('tests', suffixes=('.c', '.h', '.py', '.sh')))
    print(f'# {code} lines of source, {tests} of tests')
    if 2 * tests < code:
        yield f'{tests} lines of tests for {code} of source: less than half'


CHECKS = [
    ('an include never points up: data, render, ui, app', arrows),
    ('no GTK in data and render', gtk),
    ('SQL only in data/catalog', sql),
    ('curl only in data/storage', curl),
    ('OpenGL only in render', gl),
    ('no mutable globals', mutable_globals),
    (f'no .c file over {MAX_FILE} lines', file_length),
    (f'no function over {MAX_FUNCTION} lines', function_length),
    ('every file names its licence', licence),
    ('test lines are at least half of source lines', test_share),
]

print(f'1..{len(CHECKS)}')
bad = 0
for i, (name, check) in enumerate(CHECKS, 1):
    faults = list(check())
    for fault in faults:
        print('#', fault)
    print(f'{"not ok" if faults else "ok"} {i} {name}')
    bad += bool(faults)
sys.exit(1 if bad else 0)
