#!/usr/bin/env python3
# test-cli-health.py: sensor health on the command line: measured, asked for, cut off by kill -9 and gone on with, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-health.py QUARRY-BINARY

import json
import signal
import sys
import time

sys.dont_write_bytecode = True
from quarry_cli import HERE, case, is_whole, listing, main, png, quarry, sql, start


def grays(folder, levels):
    folder = HERE / folder
    folder.mkdir()
    for i, level in enumerate(levels):
        (folder / f'{i:06}.png').write_bytes(png(64, 48, level))
    return folder


def found(query, **more):
    return [int(row['key'].split('/')[-1].split('.')[0]) for row in listing('frames', query, **more)]


@case('what is measured is listed with units and meaning')
def measures():
    names = {row['id']: row for row in listing('health', '--list-measures')}
    assert names['blur']['unit'] == '' and names['sync']['unit'] == 'ms' and names['brightness']['unit'] == '%'
    assert all(row['what'] and row['origin'] and row['title'] for row in names.values())
    assert 'sharpness' in quarry('health', '--list-measures').stdout


@case('nothing is measured before it is asked for')
def before():
    quarry('import', grays('a', [100 + i % 3 for i in range(20)] + [3, 3, 250]))
    assert listing('health', '--no-measure') == []
    assert found('brightness<10') == []


@case('numbers, what is normal and what is odd')
def numbers():
    done = quarry('health')
    assert '23 measured' in done.stdout and 'brightness' in done.stdout, done.stdout
    (row,) = listing('health')
    measures = {m['id']: m for m in row['measures']}
    assert row['kind'] == 'camera' and measures['brightness']['n'] == 23 and measures['brightness']['odd'] == 3
    assert measures['brightness']['low'] < 39 < measures['brightness']['high'] < 60
    assert measures['blur']['low'] is None


@case('bounds select frames')
def bounds():
    assert found('brightness<10') == [20, 21]
    assert found('brightness=30..45%') == list(range(20))
    assert found('odd:brightness') == [20, 21, 22]
    assert found('stuck') == [21]
    assert found('odd -stuck') == [20, 22]
    assert found('overexposed>99%') == [22]


@case('what nobody measures is refused with the words that are known')
def unknown():
    for query in ('blurr>1', 'odd:weather', 'gap>3kg', 'blur>'):
        done = quarry('frames', query, expect=(1, 2))
        assert 'brightness' in done.stderr or 'unit' in done.stderr or 'number' in done.stderr, done.stderr
    quarry('health', 'gap>3kg', expect=(1, 2))


@case('measured once is enough; again is the same')
def again():
    first = listing('health')
    assert ' measured' not in quarry('health').stdout.replace('0 measured', '')
    assert listing('health', '--again') == first


@case('a query limits what is measured')
def limited():
    quarry('import', grays('b', range(60, 70)), catalog='b.db')
    quarry('health', 'frame:*00003*', catalog='b.db')
    assert found('brightness>=0', catalog='b.db') == [3]
    quarry('health', catalog='b.db')
    assert len(found('brightness>=0', catalog='b.db')) == 10


@case('import --health does both')
def with_import():
    quarry('import', '--health', grays('c', [90, 91]), catalog='c.db')
    assert found('brightness>=0', catalog='c.db') == [0, 1]
    rows = json.loads(quarry('import', '--health', '--json', HERE / 'c', catalog='c.db').stdout)
    assert len(rows) == 1


@case('what has vanished is told and makes the exit code 3')
def vanished():
    folder = grays('d', [80, 81, 82])
    quarry('import', folder, catalog='d.db')
    (folder / '000001.png').unlink()
    done = quarry('health', catalog='d.db', expect=3)
    assert '000001.png' in done.stderr and '2 measured' in done.stdout, (done.stdout, done.stderr)
    done = quarry('health', '--json', catalog='d.db', expect=3)
    assert '000001.png' in done.stderr and json.loads(done.stdout)


@case('killed at ten moments and gone on with: the numbers are those of a run in one go')
def killed():
    folder = grays('e', [40 + i * 7 % 150 for i in range(300)])
    quarry('import', folder, catalog='e.db')
    quarry('import', folder, catalog='whole.db')
    for i in range(10):
        process = start('health', catalog='e.db')
        time.sleep(0.02 * (i + 1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    is_whole('e.db')
    quarry('health', catalog='e.db')
    quarry('health', catalog='whole.db')
    ask = ('SELECT f.key, c.name, x.value, x.odd FROM measure x JOIN metric c ON c.id = x.metric JOIN media m ON m.id = x.media'
           ' JOIN frame f ON f.id = m.frame ORDER BY 1, 2')
    assert len(sql('e.db', ask)) > 2500
    assert sql('e.db', ask) == sql('whole.db', ask)


sys.exit(main())
