#!/usr/bin/env python3
# test-cli-edits.py: undo and redo in chains, datasets and versions, exports, training, pictures, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-edits.py QUARRY-BINARY

import csv
import json
import os
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
from quarry_cli import HERE, case, command, files, is_whole, listing, main, pictures, quarry, run, sql


def state():
    """What edits change, as one value"""
    return ([(row['id'], row['tags'], row['rating'], row['flag']) for row in listing('frames')],
            [{k: v for k, v in row.items() if k != 'created_ns'} for row in listing('dataset', 'list')],
            [(row['name'], row['color']) for row in listing('labels', 'list')])


def dataset(name):
    return next(row for row in listing('dataset', 'list') if row['name'] == name)


@case('a site of six frames in two scenes')
def make():
    for seed in (3, 4):
        quarry('demo', '--frames', 3, '--width', 160, '--seed', seed, HERE / f'site-{seed}')
        quarry('import', HERE / f'site-{seed}')
    assert len(listing('frames')) == 6


EDITS = [
    ('tag', '', '+dusk', '+wet'), ('tag', 'source:site-3', '-dusk'), ('dataset', 'create', 'd', '--query', 'tag:dusk'),
    ('dataset', 'add', 'd', ''), ('dataset', 'split', 'd', '--train', '1', '--val', '1'), ('dataset', 'remove', 'd', 'source:site-4'),
    ('dataset', 'rename', 'd', 'e'), ('labels', 'color', 'worker', '#123456'), ('tag', 'tag:wet', '-wet', '+dry'), ('dataset', 'delete', 'e'),
]


@case('ten edits of all kinds, undone one by one, pass through the same ten states; redone, too')
def chain():
    states = [state()]
    for words in EDITS:
        quarry(*words)
        states.append(state())
        assert states[-1] != states[-2], words
    for want in reversed(states[:-1]):
        assert quarry('undo').stdout.startswith('Undone: ')
        assert state() == want
    for want in states[1:]:
        assert quarry('redo').stdout.startswith('Redone: ')
        assert state() == want
    assert 'redo' in quarry('redo', expect=1).stderr
    is_whole()


@case('history tells who, what and the state of each edit')
def history():
    rows = listing('history')
    assert len(rows) == len(EDITS) and all(row['state'] == 'done' and row['who'] and row['what'] for row in rows)
    quarry('undo')
    quarry('undo')
    assert [row['state'] for row in listing('history')][:3] == ['undone', 'undone', 'done']
    quarry('tag', '', '+new')
    assert [row['state'] for row in listing('history')][:4] == ['done', 'dropped', 'dropped', 'done']
    quarry('redo', expect=1)


@case('an edit that changes nothing is none')
def nothing_changed():
    before = len(listing('history'))
    quarry('tag', '', '+new')
    quarry('tag', '', '-never-there')
    quarry('tag', 'tag:nothing-has-it', '+else')
    assert len(listing('history')) == before
    assert not sql('catalog.db', 'SELECT 1 FROM tag WHERE name = ?', 'never-there')


@case('undoing everything brings back the catalog as it was imported')
def undo_all():
    n = 0
    while run(command('undo'), expect=(0, 1)).returncode == 0:
        n += 1
    assert n > 5
    assert all(row['tags'] == [] for row in listing('frames')) and listing('dataset', 'list') == []
    is_whole()


@case('versions: numbers go up, frames and splits of each stay, diff is exact both ways')
def versions():
    quarry('dataset', 'create', 'v', '--query', 'source:site-3')
    quarry('dataset', 'split', 'v', '--part', 'all=1')
    quarry('dataset', 'freeze', 'v', '--note', 'half')
    quarry('dataset', 'add', 'v', '')
    quarry('dataset', 'split', 'v', '--train', '1', '--test', '1')
    quarry('dataset', 'freeze', 'v', '--note', 'whole')
    rows = {row['number']: row for row in listing('dataset', 'versions', 'v')}
    assert [rows[n]['frames'] for n in (1, 2)] == [3, 6] and [rows[n]['note'] for n in (1, 2)] == ['half', 'whole']
    assert rows[1]['hash'] != rows[2]['hash']
    there = {row['id']: row for row in listing('dataset', 'diff', 'v@1', 'v@2')}
    back = {row['id']: row for row in listing('dataset', 'diff', 'v@2', 'v@1')}
    assert set(there) == set(back) and len(there) == 6
    opposite = {'added': 'removed', 'removed': 'added', 'moved': 'moved'}
    for id, row in there.items():
        assert back[id]['change'] == opposite[row['change']] and (back[id]['from'], back[id]['to']) == (row['to'], row['from'])
    assert sorted(row['change'] for row in there.values()) == ['added'] * 3 + ['moved'] * 3
    assert listing('dataset', 'diff', 'v@2') == [] and listing('dataset', 'diff', 'v@1', 'v@1') == []
    assert quarry('dataset', 'diff', 'v@1', 'v@1').stdout == ''
    quarry('dataset', 'diff', 'v@1', 'v@3', expect=1)
    quarry('dataset', 'diff', 'v@x', expect=1)


@case('the same frames in the same splits have the same hash; another split another')
def hashes():
    def freeze():
        quarry('dataset', 'freeze', 'v')
        return listing('dataset', 'versions', 'v')
    newest = max(freeze(), key=lambda row: row['number'])
    old = next(row for row in listing('dataset', 'versions', 'v') if row['number'] == 2)
    assert newest['hash'] == old['hash']
    quarry('dataset', 'split', 'v', '--part', 'one=1')
    newer = max(freeze(), key=lambda row: row['number'])
    assert newer['hash'] != old['hash']


@case('split: every frame in one part, ratios near, the seed decides, note where scenes are too few')
def splits():
    quarry('dataset', 'create', 's', '--query', '')
    rows = {row['id']: row for row in listing('dataset', 'split', 's', '--train', '2', '--val', '1', '--by', 'frame', '--seed', '1')}
    assert {name: row['frames'] for name, row in rows.items()} == {'train': 4, 'val': 2}
    parts = [frame['id'] for name in rows for frame in listing('frames', f'dataset:s split:{name}')]
    assert sorted(parts) == sorted(frame['id'] for frame in listing('frames'))
    assert dataset('s')['splits'] == {'train': 4, 'val': 2} and dataset('s')['unsplit'] == 0
    quarry('dataset', 'split', 's', '--train', '0', '--val', '1', expect=1)
    quarry('dataset', 'split', 's', '--part', 'a=1', '--part', 'a=1', expect=1)
    quarry('dataset', 'split', 's', '--part', '=1', expect=1)
    quarry('dataset', 'split', 's', '--train', 'nan', expect=(1, 2))
    quarry('dataset', 'split', 's', '--train', 'inf', expect=(1, 2))
    assert dataset('s')['splits'] == {'train': 4, 'val': 2}
    quarry('dataset', 'create', 'none')
    quarry('dataset', 'split', 'none', '--train', '1', expect=1)


@case('export: all formats hold the same frames; what is told matches what is there')
def exports():
    want = {row['id'] for row in listing('frames')}
    for name in ('csv', 'json', 'coco', 'kitti'):
        folder = HERE / f'out-{name}'
        done = quarry('export', 's', '--format', name, '--to', folder, expect=(0, 3))
        report = json.loads((folder / 'report.json').read_text())
        assert (done.returncode == 3) == any(issue['level'] != 'note' for issue in report['issues']), name
        assert f'exported to {folder}' in done.stdout
    lines = [json.loads(line) for p in (HERE / 'out-json').rglob('frames.jsonl') for line in p.read_text().splitlines()]
    assert len(lines) == len(want)
    n = sum(row['annotations'] for row in listing('labels', 'sets'))
    assert sum(len(line['annotations']) for line in lines) == n
    tables = list((HERE / 'out-csv').rglob('*.csv'))
    assert tables
    for table in tables:
        rows = list(csv.reader(table.open(newline='')))
        assert rows and all(len(row) == len(rows[0]) for row in rows), table


@case('export --split twice takes both, --copy copies, links point at the sources')
def export_choices():
    quarry('dataset', 'split', 's', '--part', 'a=1', '--part', 'b=1', '--part', 'c=1', '--by', 'frame')
    both = HERE / 'both'
    quarry('export', 's', '--format', 'coco', '--to', both, '--split', 'a', '--split', 'c', expect=(0, 3))
    assert {'instances_a.json', 'instances_c.json'} <= {p.name for p in both.rglob('*.json')}
    assert not [p for p in both.rglob('*') if p.name in ('b', 'instances_b.json')]
    links = [p for p in both.rglob('*') if p.is_symlink()]
    assert links and all(str(p.resolve()).startswith(str(HERE / 'site-')) for p in links)
    copies = HERE / 'copies'
    quarry('export', 's', '--format', 'coco', '--to', copies, '--split', 'a', '--copy', expect=(0, 3))
    assert not [p for p in copies.rglob('*') if p.is_symlink()]
    assert [p for p in copies.rglob('*.jpg')]


@case('export again after frames left: nothing stale stays, and the rest is as before')
def export_again():
    to = HERE / 'again'
    quarry('export', 's', '--format', 'json', '--to', to, '--copy', expect=(0, 3))
    before = files(to)
    quarry('export', 's', '--format', 'json', '--to', to, '--copy', expect=(0, 3))
    changed = {k for k in before if before[k] != files(to).get(k)}
    assert changed <= {'report.json', '.quarry-export'}, changed
    quarry('dataset', 'remove', 's', 'source:site-4')
    quarry('export', 's', '--format', 'json', '--to', to, '--copy', expect=(0, 3))
    after = files(to)
    assert set(after) < set(before)
    assert sum(len(p.read_text().splitlines()) for p in to.rglob('frames.jsonl')) == 3
    quarry('export', 's', '--format', 'coco', '--to', to, expect=1)
    assert files(to) == after
    quarry('undo')


@case('labels map: a foreign name becomes our class in the next import; color and errors')
def labels():
    quarry('labels', 'map', 'Person', 'worker')
    site = HERE / 'kitti' / 'training'
    for folder, name, body in (('image_2', '000000.png', pictures('p', 1).joinpath('000000.png').read_bytes()),
                               ('label_2', '000000.txt', b'Person 0.00 0 -10 1 1 4 4 -1 -1 -1 -1000 -1000 -1000 -10\n'
                                                         b'Crane 0.00 0 -10 2 1 5 4 -1 -1 -1 -1000 -1000 -1000 -10\n')):
        (site / folder).mkdir(parents=True)
        (site / folder / name).write_bytes(body)
    quarry('import', HERE / 'kitti', expect=(0, 3))
    names = {row['name']: row for row in listing('labels', 'list')}
    assert 'Person' not in names and {n.lower() for n in names} >= {'worker', 'crane'}, names
    workers = listing('frames', 'class:worker source:kitti')
    assert len(workers) == 1
    quarry('labels', 'color', 'worker', '#0a0B0c')
    assert next(row for row in listing('labels', 'list') if row['name'] == 'worker')['color'].lower() == '#0a0b0c'
    for bad in ('#12345', '#1234567', '123456', '#gggggg', ''):
        quarry('labels', 'color', 'worker', bad, expect=1)


@case('evaluate: a set against itself is perfect in --json and text; a query narrows')
def evaluate():
    name = listing('labels', 'sets')[0]['name']
    done = quarry('evaluate', '--predictions', name, '--against', name, '--json')
    values = json.loads(done.stdout)['values']
    assert values['AP'] > 0.999 and values['AP50'] > 0.999
    text = quarry('evaluate', '--predictions', name, '--against', name).stdout
    assert 'AP' in text
    assert 'scnee' in quarry('evaluate', '--predictions', name, '--against', name, 'scnee:x', expect=(1, 2)).stderr


@case('train: paths are filled in, output and failure are kept, the exit status is told')
def train():
    quarry('dataset', 'split', 's', '--train', '1', '--val', '1')
    quarry('dataset', 'freeze', 's')
    to = HERE / 'train run'
    script = 'printf "%s|%s|%s" "$1" "$2" "$3" > "$2/seen"; echo learned; echo loud >&2'
    quarry('train', 's@1', '--format', 'json', '--to', to, '--', 'sh', '-c', script, 'sh', '{train}', '{output}', '{val}', expect=(0, 3))
    train_path, output, val = (to / 'output' / 'seen').read_text().split('|')
    assert train_path == str(to / 'export' / 'train') and val == str(to / 'export' / 'val') and output == str(to / 'output')
    log = (to / 'log.txt').read_text()
    assert 'learned' in log and 'loud' in log
    done = quarry('train', 's@1', '--format', 'json', '--to', HERE / 'fails', '--', 'sh', '-c', 'echo why; exit 7', expect=1)
    assert '7' in done.stderr and 'why' in (HERE / 'fails' / 'log.txt').read_text()
    assert 'no-such-program' in quarry('train', 's@1', '--format', 'json', '--to', HERE / 'none', '--', 'no-such-program', expect=1).stderr
    is_whole()


def png_size(path):
    body = path.read_bytes()
    assert body[:8] == b'\x89PNG\r\n\x1a\n'
    return struct.unpack('>II', body[16:24])


@case('render: --width scales, .jpg is a JPEG, every overlay and colour draws something else')
def render():
    frame = listing('frames', '-source:kitti')[0]['id']
    out = HERE / 'out.png'
    bare = {}
    for words in (('none',), ('lidar',), ('boxes',), ('cuboids',), ('lidar,boxes',), (' lidar , cuboids ',)):
        quarry('render', frame, '--sensor', 'cam_front', '--overlay', *words, '--to', out)
        bare[words] = out.read_bytes()
    assert bare['none',] != bare['lidar',] and bare['lidar',] != bare['cuboids',]
    colors = set()
    for name in ('depth', 'height', 'intensity'):
        quarry('render', frame, '-s', 'cam_front', '-o', 'lidar', '-c', name, '-t', out)
        colors.add(out.read_bytes())
    assert len(colors) == 3
    assert png_size(out)[0] == 160
    quarry('render', frame, '--sensor', 'cam_front', '--width', 320, '--to', out)
    wide, high = png_size(out)
    assert wide == 320
    quarry('render', frame, '--sensor', 'cam_front', '--width', 80, '--to', out)
    assert png_size(out)[0] == 80 and abs(png_size(out)[1] * 4 - high) <= 4
    quarry('render', frame, '--sensor', 'cam_front', '--to', HERE / 'out.jpg')
    assert (HERE / 'out.jpg').read_bytes()[:3] == b'\xff\xd8\xff'
    quarry('render', frame, '--sensor', 'cam_front', '--to', HERE / 'again.jpg')
    assert (HERE / 'again.jpg').read_bytes() == (HERE / 'out.jpg').read_bytes()


@case('render: a query takes its first frame and says so; what cannot be written is named')
def render_errors():
    done = quarry('render', 'source:site-3', '--sensor', 'cam_front', '--to', HERE / 'q.png')
    assert '3 frames' in done.stderr
    done = quarry('render', '1', '--sensor', 'lidar_top', '--to', HERE / 'x.png', expect=1)
    assert 'cam_front' in done.stderr and not (HERE / 'x.png').exists()
    done = quarry('render', '1', '--to', HERE / 'no' / 'folder' / 'x.png', expect=1)
    assert 'x.png' in done.stderr
    (HERE / 'folder.png').mkdir()
    quarry('render', '1', '--to', HERE / 'folder.png', expect=1)
    for width in ('1', '100000'):
        done = quarry('render', '1', '--width', width, '--to', HERE / 'w.png', expect=(0, 1))
        assert done.returncode == 0 or done.stderr


@case('render: a lidar file that is gone is named; the picture is drawn all the same; exit 3')
def render_missing():
    frame = listing('frames', 'source:site-4')[0]['id']
    row, = listing('show', frame)
    for media in row['media']:
        if media['kind'] == 'lidar':
            os.unlink(pathlib.Path(media['uri'].removeprefix('file://')))
    done = quarry('render', frame, '--sensor', 'cam_front', '--to', HERE / 'part.png', expect=3)
    assert 'lidar' in done.stderr and png_size(HERE / 'part.png')[0] == 160


sys.exit(main())
