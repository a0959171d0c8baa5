#!/usr/bin/env python3
# test-cli-recordings.py: logs of messages on the command line: preview, synchronization, topics, copies, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-recordings.py QUARRY-BINARY

import json
import signal
import struct
import sys
import time

sys.dont_write_bytecode = True
from quarry_cli import HERE, case, command, listing, main, quarry, run, start, sql

T0 = 1_700_000_000_000_000_000
MS = 1_000_000


def text(value):
    return struct.pack('<I', len(value)) + value.encode()


def record(opcode, content):
    return struct.pack('<BQ', opcode, len(content)) + content


def cdr_header(stamp, frame):
    name = frame.encode() + b'\0'
    out = struct.pack('<iII', stamp // 10**9, stamp % 10**9, len(name)) + name
    return out + b'\0' * (-len(out) % 4)


def image(stamp, frame):
    """sensor_msgs/msg/Image in CDR: 4 × 2 grey pixels"""
    out = cdr_header(stamp, frame) + struct.pack('<II', 2, 4)
    out += struct.pack('<I', 6) + b'mono8\0' + b'\0'              # text, is_bigendian
    out += b'\0' * (-len(out) % 4) + struct.pack('<II', 4, 8) + bytes(range(8))
    return b'\0\1\0\0' + out


def write_log(name, cameras, n, start_ns=T0):
    """cameras: topic → period in ms"""
    out = b'\x89MCAP0\r\n' + record(1, text('ros2') + text('test'))
    for i, topic in enumerate(cameras, 1):
        out += record(3, struct.pack('<H', i) + text('sensor_msgs/msg/Image') + text('') + text(''))
        out += record(4, struct.pack('<HH', i, i) + text(topic) + text('cdr') + text(''))
    for k in range(n):
        for i, period in enumerate(cameras.values(), 1):
            stamp = start_ns + k * period * MS
            out += record(5, struct.pack('<HIQQ', i, k, stamp, stamp) + image(stamp, 'f'))
    out += record(15, struct.pack('<I', 0)) + record(2, struct.pack('<QQI', 0, 0, 0)) + b'\x89MCAP0\r\n'
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out)
    return path


@case('preview says what is in it and makes no catalog')
def preview():
    log = write_log('two.mcap', {'/front/image_raw': 100, '/rear/image_raw': 50}, 10)
    rows = json.loads(quarry('import', '--preview', '--json', log, catalog='none.db').stdout)
    assert not (HERE / 'none.db').exists()
    assert set(rows[0]) == set('path format bytes scenes frames streams notes error'.split()), rows[0]
    assert rows[0]['format'] == 'mcap' and rows[0]['scenes'] == 1 and rows[0]['frames'] == 10
    by_name = {s['name']: s for s in rows[0]['streams']}
    assert by_name['/rear/image_raw']['sensor'] == 'rear' and by_name['/rear/image_raw']['messages'] == 10
    assert '/front/image_raw' in quarry('import', '--preview', log, catalog='none.db').stdout


@case('scenes tells topics, rates and what became of each message')
def scenes():
    quarry('import', HERE / 'two.mcap', expect=(0, 3))
    [scene] = listing('scenes')
    streams = {s['name']: s for s in scene['streams']}
    rear = streams['/rear/image_raw']
    assert abs(rear['rate_hz'] - 20) < 1e-6 and rear['sensor'] == 'rear' and rear['type'] == 'sensor_msgs/msg/Image'
    assert rear['messages'] == 10 == sum(rear['sync'][k] for k in ('matched', 'unmatched', 'stale', 'repeated'))
    assert streams['/front/image_raw']['sync']['offset_max_ns'] == 0 and 'data: uint8[]' in rear['fields']
    table = quarry('scenes', '-v').stdout
    assert '/rear/image_raw' in table and 'unmatched' in table


@case('what leads, what is picked and how far: as said, kept, and not otherwise later')
def sync():
    log = write_log('led.mcap', {'/front/image_raw': 100, '/rear/image_raw': 50}, 10)
    quarry('import', log, '--sync', 'camera:rear', '--latest-before', '--tolerance', '20ms', catalog='led.db', expect=(0, 3))
    assert sql('led.db', 'SELECT count(*) FROM frame') == [(10,)]
    kept = json.loads(sql('led.db', 'SELECT options FROM source')[0][0])
    assert (kept['sync'], kept['pick'], kept['tolerance_ns']) == ('camera:rear', 'latest-before', 20 * MS), kept
    quarry('import', log, catalog='led.db', expect=(0, 3))
    assert sql('led.db', 'SELECT count(*) FROM frame') == [(10,)]
    again = quarry('import', log, '--sync', 'none', catalog='led.db', expect=1)
    assert 'would be there twice' in again.stderr
    missing = quarry('import', log, '--sync', 'camera:left', catalog='new.db', expect=1)
    assert "'front', 'rear'" in missing.stderr


@case('wrong words are told, and nothing is imported')
def words():
    for wrong in (['--sync', 'radar'], ['--sync', 'camera:'], ['--tolerance', '5'], ['--tolerance', '-5ms'], ['--tolerance', '5 weeks'],
                  ['--nearest', '--latest-before'], ['--copy', 'x', '--link']):
        quarry('import', HERE / 'two.mcap', *wrong, catalog='wrong.db', expect=2)
    assert not (HERE / 'wrong.db').exists()


@case('copies are files, and frames point to them')
def copies():
    quarry('import', HERE / 'two.mcap', '--copy', HERE / 'copies', catalog='copies.db', expect=(0, 3))
    uris = [row[0] for row in sql('copies.db', 'SELECT uri FROM media')]
    assert uris and all(uri.startswith(str(HERE / 'copies')) and uri.endswith('.png') for uri in uris), uris[:3]
    assert all((HERE / uri).stat().st_size > 50 for uri in uris)


@case('killed in the middle and again: all there, once')
def killed():
    log = write_log('long.mcap', {'/front/image_raw': 100}, 20000)
    process = start('import', log, catalog='killed.db')
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if sql('killed.db', 'SELECT count(*) FROM frame')[0][0] > 0:
                break
        except Exception:
            pass
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    quarry('import', log, catalog='killed.db', expect=(0, 3))
    assert sql('killed.db', 'SELECT count(*), count(DISTINCT key) FROM frame') == [(20000, 20000)]
    assert sql('killed.db', 'SELECT state FROM source') == [('complete',)]


@case('two at the same time: one says so, nothing is doubled')
def together():
    log = HERE / 'long.mcap'
    first, second = start('import', log, catalog='both.db'), start('import', log, catalog='both.db')
    codes = [(p.communicate()[1], p.returncode) for p in (first, second)]
    for errors, code in codes:
        assert code in (0, 3) or 'being imported into this catalog right now' in errors, (errors, code)
    assert sql('both.db', 'SELECT count(*) FROM frame') == [(20000,)]


@case('a folder with a log that is none: told, the rest goes on')
def folder():
    write_log('day/a b\n1.mcap', {'/front/image_raw': 100}, 3)
    (HERE / 'day' / 'broken.mcap').write_bytes(b'nothing')
    done = quarry('import', HERE / 'day', catalog='day.db', expect=3)
    assert 'broken.mcap' in done.stdout + done.stderr
    assert sql('day.db', 'SELECT count(*) FROM frame') == [(3,)]
    run(command('import', HERE / 'gone.mcap', catalog='day.db'), expect=1)


sys.exit(main())
