#!/usr/bin/env python3
# test-cli-together.py: interrupted commands, and several at once on one catalog, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-together.py QUARRY-BINARY

import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from quarry_cli import HERE, Skip, case, command, files, is_whole, listing, main, pictures, quarry, run, sql, start

MANY = 6000


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(0.002)


def count(catalog, table):
    try:
        return sql(catalog, f'SELECT count(*) FROM {table}')[0][0]
    except sqlite3.Error:               # not made yet
        return 0


def interrupt_when(process, condition, number):
    """Sends the signal once the condition holds; False where the program was quicker"""
    deadline = time.monotonic() + 60
    while process.poll() is None and not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    if process.poll() is not None:
        return False
    process.send_signal(number)
    return True


def interrupted_import(catalog, number):
    folder = HERE / 'many'
    if not folder.exists():
        pictures('many', MANY)
    before = len(list(folder.iterdir()))
    process = start('import', folder, catalog=catalog)
    sent = interrupt_when(process, lambda: count(catalog, 'source') > 0, number)
    out, err = process.communicate(timeout=60)
    assert before == len(list(folder.iterdir()))
    return sent, process.returncode, out, err


@case('Ctrl-C in an import: exit 1, said; the catalog is whole; the same import completes it')
def interrupt_import():
    sent, code, out, err = interrupted_import('int.db', signal.SIGINT)
    if sent and code != 0:
        assert code == 1 and 'cancel' in err.lower(), (code, err)
        assert sql('int.db', 'PRAGMA integrity_check') == [('ok',)]
        run(command('check', catalog='int.db'), expect=(0, 3))
        assert count('int.db', 'frame') < MANY
        assert all(row['state'] != 'complete' for row in listing('sources', catalog='int.db'))
    quarry('import', HERE / 'many', catalog='int.db')
    assert quarry('frames', '--count', catalog='int.db').stdout == f'{MANY}\n'
    assert [row['state'] for row in listing('sources', catalog='int.db')] == ['complete']
    is_whole('int.db')


@case('SIGTERM does as Ctrl-C')
def terminate_import():
    sent, code, out, err = interrupted_import('term.db', signal.SIGTERM)
    assert not sent or code in (0, 1), (code, err)
    run(command('check', catalog='term.db'), expect=(0, 3))
    quarry('import', HERE / 'many', catalog='term.db')
    assert quarry('frames', '--count', catalog='term.db').stdout == f'{MANY}\n'


@case('interrupted again and again, an import comes to its end')
def interrupt_often():
    for i in range(6):
        process = start('import', HERE / 'many', catalog='often.db')
        time.sleep(0.02 + 0.03 * i)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode in (0, 1, -signal.SIGINT)
    quarry('import', HERE / 'many', catalog='often.db')
    assert quarry('frames', '--count', catalog='often.db').stdout == f'{MANY}\n'
    is_whole('often.db')


@case('Ctrl-C in a demo: the same command again makes the whole site, which is imported')
def interrupt_demo():
    words = ('demo', '--frames', 4, '--width', 320, HERE / 'torn-site')
    process = start(*words)
    sent = interrupt_when(process, lambda: (HERE / 'torn-site').exists() and any((HERE / 'torn-site').rglob('*.jpg')), signal.SIGINT)
    process.communicate(timeout=60)
    assert not sent or process.returncode in (0, 1)
    quarry(*words)
    quarry('demo', '--frames', 4, '--width', 320, HERE / 'whole-site')
    assert files(HERE / 'torn-site') == files(HERE / 'whole-site')


@case('Ctrl-C in an export: the same export again ends whole')
def interrupt_export():
    quarry('dataset', 'create', 'all', '--query', '', catalog='int.db')
    words = ('export', 'all', '--format', 'csv', '--copy', '--to', HERE / 'cut')
    process = start(*words, catalog='int.db')
    sent = interrupt_when(process, lambda: (HERE / 'cut').exists(), signal.SIGINT)
    process.communicate(timeout=60)
    assert not sent or process.returncode in (0, 1)
    quarry(*words, catalog='int.db', expect=(0, 3))
    assert sum(p.suffix == '.png' for p in (HERE / 'cut').rglob('*')) == MANY
    assert not [p for p in (HERE / 'cut').rglob('*') if p.name.endswith(('.tmp', '~', '.part'))]


@case('Ctrl-C in a training ends what it started, children too')
def interrupt_train():
    quarry('import', pictures('few', 4), catalog='few.db')
    quarry('dataset', 'create', 'd', '--query', '', catalog='few.db')
    quarry('dataset', 'split', 'd', '--part', 'train=1', catalog='few.db')
    note = HERE / 'pids'
    script = 'sleep 300 & echo $$ $! > "$1".new; mv "$1".new "$1"; wait'
    process = start('train', 'd', '--format', 'json', '--to', HERE / 'train', '--', 'sh', '-c', script, 'sh', note, catalog='few.db')
    wait_for(note.exists)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    pids = [int(word) for word in note.read_text().split()]

    def gone(pid):
        try:
            state = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[0]
        except FileNotFoundError:
            return True
        return state == 'Z'
    wait_for(lambda: all(gone(pid) for pid in pids))
    run(command('check', catalog='few.db'), expect=(0, 3))


@case('two imports of two folders at once: both are there, each once')
def two_imports():
    one, two = pictures('one', 400), pictures('two', 300)
    processes = [start('import', folder, catalog='both.db') for folder in (one, two)]
    outs = [process.communicate(timeout=120) for process in processes]
    for process, folder, (out, err) in zip(processes, (one, two), outs):
        if process.returncode != 0:     # the other one wrote for longer than one waits: said, and the same again works
            assert process.returncode == 1 and 'another program' in err, err
            quarry('import', folder, catalog='both.db')
    assert sorted(row['frames'] for row in listing('sources', catalog='both.db')) == [300, 400]
    is_whole('both.db')


@case('two imports of one folder at once: every frame once')
def same_import():
    folder = pictures('same', 500)
    processes = [start('import', folder, catalog='same.db') for _ in range(2)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1, 3), (process.returncode, err)
        assert process.returncode != 1 or err.startswith('quarry: '), err
    quarry('import', folder, catalog='same.db')
    assert quarry('frames', '--count', catalog='same.db').stdout == '500\n'
    keys = [row['key'] for row in listing('frames', catalog='same.db')]
    assert len(set(keys)) == 500 and len(listing('sources', catalog='same.db')) == 1
    is_whole('same.db')


@case('twenty taggers at once: every tag is there, every edit in the journal')
def many_taggers():
    quarry('import', pictures('tagged', 5), catalog='tags.db')
    processes = [start('tag', '', f'+t{i}', catalog='tags.db') for i in range(20)]
    codes = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    done = {f't{i}' for i, (err, code) in enumerate(codes) if code == 0}
    assert all(code == 0 or 'another program' in err for err, code in codes), codes
    assert all(set(row['tags']) == done for row in listing('frames', catalog='tags.db')) and len(done) >= 15
    assert len(listing('history', catalog='tags.db')) == len(done)
    for _ in done:
        quarry('undo', catalog='tags.db')
    assert all(row['tags'] == [] for row in listing('frames', catalog='tags.db'))
    is_whole('tags.db')


@case('reading goes on while an import writes, and sees whole frames only')
def read_while_writing():
    quarry('vendor', 'list', catalog='busy.db')       # it is there before the first look
    process = start('import', HERE / 'many', catalog='busy.db')
    seen = []
    while process.poll() is None:
        done = run(command('frames', '--count', catalog='busy.db'), expect=0)
        seen.append(int(done.stdout))
        rows = sql('busy.db', 'SELECT count(*) FROM frame WHERE id NOT IN (SELECT frame FROM media)') if seen[-1] > 0 else [(0,)]
        assert rows == [(0,)], 'a frame without its picture'
    process.communicate(timeout=60)
    assert process.returncode == 0 and seen == sorted(seen) and max(seen) <= MANY
    assert quarry('frames', '--count', catalog='busy.db').stdout == f'{MANY}\n'


@case('a new catalog made by ten programs at once is one catalog')
def made_at_once():
    folders = [pictures(f'part-{i}', 1) for i in range(10)]
    processes = [start('import', folder, catalog='new/made.db') for folder in folders]
    for process, folder in zip(processes, folders):
        _, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1), err
        if process.returncode == 1:
            assert 'another program' in err, err
            quarry('import', folder, catalog='new/made.db')
    assert len(listing('sources', catalog='new/made.db')) == 10
    is_whole('new/made.db')


@case('a reader of the output that goes away ends a listing quietly')
def closed_pipe():
    process = subprocess.Popen(command('frames', catalog='busy.db'), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert process.returncode in (0, 1, -signal.SIGPIPE) and b'CRITICAL' not in err and b'WARNING' not in err, (process.returncode, err)


@case('a progress bar is drawn on a terminal only')
def no_bar():
    done = quarry('import', pictures('quiet', 30), catalog='quiet.db')
    assert '\r' not in done.stderr and '\x1b' not in done.stderr and '\x1b' not in done.stdout
    try:
        import pty
        parent, child = pty.openpty()
    except OSError as why:
        raise Skip(str(why))
    process = subprocess.Popen(command('import', HERE / 'many', catalog='loud.db'), stdout=subprocess.DEVNULL, stderr=child)
    os.close(child)
    text = b''
    try:
        while part := os.read(parent, 65536):
            text += part
    except OSError:                     # the terminal's other end is closed
        pass
    os.close(parent)
    assert process.wait(timeout=60) == 0 and b'%' in text and text.count(b'\r') > 1, text[:200]


sys.exit(main())
