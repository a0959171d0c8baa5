#!/usr/bin/env python3
# test-cli-curation.py: tags, datasets, splits, exports, training on the command line, and how they fail, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-curation.py QUARRY-BINARY

import array
import json
import math
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from quarry_cli import HERE, QUARRY, Skip, case, listing, main, quarry


def dataset(name):
    return next(row for row in listing('dataset', 'list') if row['name'] == name)


def tree(folder):
    """Every file of an export, links by what they point at"""
    return {str(p.relative_to(folder)): ('link', os.readlink(p)) if p.is_symlink() else ('file', p.read_bytes())
            for p in folder.rglob('*') if p.is_symlink() or p.is_file()}


@case('a site with two scenes')
def make_site():
    for seed in (1, 2):
        quarry('demo', '--frames', 3, '--width', 160, '--seed', seed, HERE / f'site-{seed}')
        quarry('import', HERE / f'site-{seed}')
    assert len(listing('frames')) == 6 and len(listing('scenes')) == 2


@case('tag takes words that look like options, and refuses those that are neither plus nor minus')
def tag_words():
    quarry('tag', '', '+-h', '+--json')
    assert len(listing('frames', 'tag:-h')) == 6
    quarry('tag', '-tag:-h', '+never')
    assert not listing('frames', 'tag:never')
    quarry('tag', '', '--h', '---json')
    assert not listing('frames', 'tag:-h')
    assert 'night' in quarry('tag', '', 'night', expect=2).stderr
    quarry('tag', '', '+', expect=2)
    quarry('tag', '', expect=2)
    assert 'character' in quarry('tag', 'scnee:x', '+a', expect=1).stderr
    assert 'Usage: quarry tag' in quarry('tag', '--help').stdout


@case('datasets are made, changed, renamed, deleted and brought back')
def dataset_life():
    quarry('dataset', 'create', 'small site', '--notes', 'a try', '--query', 'source:site-1')
    assert dataset('small site')['frames'] == 3 and dataset('small site')['notes'] == 'a try'
    quarry('dataset', 'add', 'small site', '')
    quarry('dataset', 'remove', 'small site', 'source:site-1')
    assert dataset('small site')['frames'] == 3
    quarry('dataset', 'rename', 'small site', 's')
    quarry('dataset', 'delete', 's')
    assert not listing('dataset', 'list')
    quarry('undo')
    assert dataset('s')['frames'] == 3
    quarry('dataset', 'delete', 's')


@case('dataset says what is wrong')
def dataset_errors():
    quarry('dataset', 'create', 'd', '--query', '')
    assert 'nowhere' in quarry('dataset', 'add', 'nowhere', '', expect=1).stderr
    quarry('dataset', 'create', expect=2)
    quarry('dataset', 'add', 'd', expect=2)
    quarry('dataset', 'list', 'd', expect=2)
    assert 'explode' in quarry('dataset', 'explode', 'd', expect=2).stderr
    assert 'half' in quarry('dataset', 'split', 'd', '--train', 'half', expect=2).stderr
    assert 'NAME=RATIO' in quarry('dataset', 'split', 'd', '--part', 'train', expect=2).stderr
    assert 'moon' in quarry('dataset', 'split', 'd', '--train', 1, '--by', 'moon', expect=2).stderr
    quarry('dataset', 'split', 'd', expect=1)
    quarry('dataset', 'split', 'd', '--train', '-1', '--val', '1', expect=1)
    quarry('dataset', 'freeze', 'd@7', expect=1)


@case('a split by scene tears no scene, is the same again, and is undone as one edit')
def split_by_scene():
    rows = {row['id']: row for row in listing('dataset', 'split', 'd', '--train', '0.5', '--val', '0.5', '--seed', 3)}
    assert [rows[name]['frames'] for name in ('train', 'val')] == [3, 3]
    assert all(row['scenes'] == 1 and row['note'] is None and row['annotations'] == sum(row['classes'].values()) for row in rows.values())
    first = [frame['id'] for frame in listing('frames', 'dataset:d split:train')]
    quarry('dataset', 'split', 'd', '--train', '0.5', '--val', '0.5', '--seed', 3)
    assert first == [frame['id'] for frame in listing('frames', 'dataset:d split:train')]
    quarry('undo')                  # the second split changed nothing, and is no edit
    assert dataset('d')['unsplit'] == 6
    note = quarry('dataset', 'split', 'd', '--part', 'a=1', '--part', 'b=1', '--part', 'c=1').stdout
    assert "empty" in note, note


@case('versions keep frames and splits; differences are named')
def versions():
    quarry('dataset', 'split', 'd', '--train', '0.5', '--val', '0.5')
    assert quarry('dataset', 'freeze', 'd', '--note', 'first').stdout == 'd@1\n'
    quarry('dataset', 'remove', 'd', 'source:site-2')
    changes = listing('dataset', 'diff', 'd@1')
    assert len(changes) == 3 and all(row['change'] == 'removed' and row['from'] for row in changes)
    assert quarry('dataset', 'diff', 'd@1').stdout.count('\n') == 3
    assert not listing('dataset', 'diff', 'd@1', 'd@1')
    assert all(row['change'] == 'added' for row in listing('dataset', 'diff', 'd', 'd@1'))
    assert [row['note'] for row in listing('dataset', 'versions', 'd')] == ['first']
    assert 'version does not change' in quarry('dataset', 'add', 'd@1', '', expect=2).stderr
    assert 'no version 9' in quarry('export', 'd@9', '--format', 'csv', '--to', HERE / 'x', expect=1).stderr


@case('export says what is wrong, and writes nothing then')
def export_errors():
    to = HERE / 'refused'
    assert 'coco' in quarry('export', 'd', '--to', to, expect=2).stderr
    assert 'nonsense' in quarry('export', 'd', '--format', 'nonsense', '--to', to, expect=2).stderr
    quarry('export', 'd', '--format', 'csv', expect=2)
    quarry('export', 'd', '--format', 'csv', '--to', to, '--split', 'moon', expect=1)
    quarry('export', 'd', '--format', 'csv', '--to', to, '--set', 'moon', expect=1)
    quarry('export', 'nowhere', '--format', 'csv', '--to', to, expect=1)
    assert 'never written' in quarry('export', 'd', '--format', 'csv', '--to', HERE / 'site-1' / 'out', expect=1).stderr
    assert not to.exists() and not (HERE / 'site-1' / 'out').exists()
    to.mkdir()
    (to / 'thesis.txt').write_text('mine')
    assert 'not empty' in quarry('export', 'd', '--format', 'csv', '--to', to, expect=1).stderr
    assert [p.name for p in to.iterdir()] == ['thesis.txt']


@case('one split, one set, copies')
def export_choices():
    to = HERE / 'choice'
    sets = [row['name'] for row in listing('labels', 'sets')]
    assert len(sets) == 2
    quarry('export', 'd@1', '--format', 'json', '--to', to, '--split', 'val', '--set', sets[0], '--copy')
    assert not (to / 'train').exists()
    frames = [json.loads(line) for line in (to / 'val' / 'frames.jsonl').read_text().splitlines()]
    assert len(frames) == 3
    assert {a['set'] for frame in frames for a in frame['annotations']} <= {sets[0]}
    for frame in frames:
        for media in frame['media']:
            copy = to / 'val' / media['file']
            assert not copy.is_symlink() and copy.read_bytes() == pathlib.Path(media['uri']).read_bytes()


@case('killed at any moment, the same export again ends as if nothing had been')
def export_killed():
    whole = HERE / 'whole'
    quarry('export', 'd@1', '--format', 'coco', '--to', whole, expect=3)
    wanted = tree(whole)
    torn = HERE / 'torn'
    dice = random.Random(5)
    command = [QUARRY, '--catalog', str(HERE / 'catalog.db'), 'export', 'd@1', '--format', 'coco', '--to', str(torn)]
    for _ in range(8):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
    quarry('export', 'd@1', '--format', 'coco', '--to', torn, expect=3)
    got = tree(torn)
    for name in ('report.json', '.quarry-export'):
        wanted.pop(name)
        got.pop(name)
    assert got == wanted, sorted(set(got) ^ set(wanted))


def read_kitti(folder, name):
    calib = {line.split(':')[0]: [float(x) for x in line.split(':')[1].split()] for line in (folder / 'calib' / f'{name}.txt').read_text().splitlines()}
    points = array.array('f')
    points.frombytes((folder / 'velodyne' / f'{name}.bin').read_bytes())
    labels = [line.split() for line in (folder / 'label_2' / f'{name}.txt').read_text().splitlines()]
    return calib, points, labels


def in_camera(tr, x, y, z):
    return [tr[4 * r] * x + tr[4 * r + 1] * y + tr[4 * r + 2] * z + tr[4 * r + 3] for r in range(3)]


@case("kitti: by KITTI's own formulas boxes lie around cuboids, and points lie in cuboids")
def kitti_formulas():
    to = HERE / 'kitti'
    quarry('export', 'd@1', '--format', 'kitti', '--to', to, expect=3)
    n_boxes = n_full = 0
    for split in ('train', 'val'):
        calib, points, labels = read_kitti(to / split, '000000')
        p, tr = calib['P2'], calib['Tr_velo_to_cam']
        assert calib['R0_rect'] == [1, 0, 0, 0, 1, 0, 0, 0, 1]
        cloud = [in_camera(tr, *points[i:i + 3]) for i in range(0, len(points), 4)]
        for label in labels:
            truncated, occluded = float(label[1]), int(label[2])
            x1, y1, x2, y2, h, w, l, x, y, z, turn = map(float, label[4:15])
            c, s = math.cos(turn), math.sin(turn)
            if occluded == 0 and truncated < 0.01 and 4 < z < 40:
                corners = [(x + c * a + s * b, y - up, z - s * a + c * b) for a in (-l / 2, l / 2) for b in (-w / 2, w / 2) for up in (0, h)]
                u = [(p[0] * a + p[2] * d) / d for a, b, d in corners]
                v = [(p[5] * b + p[6] * d) / d for a, b, d in corners]
                middle = ((min(u) + max(u)) / 2, (min(v) + max(v)) / 2)
                assert x1 - 4 < middle[0] < x2 + 4 and y1 - 4 < middle[1] < y2 + 4, (label, middle)
                n_boxes += 1
                inside = sum(1 for q in cloud if abs(c * (q[0] - x) - s * (q[2] - z)) < l / 2 and abs(s * (q[0] - x) + c * (q[2] - z)) < w / 2
                             and y - h < q[1] < y)
                n_full += inside > 0
    assert n_boxes >= 4 and n_full >= 0.8 * n_boxes, (n_boxes, n_full)


@case('a full disk: said with the file; the same export again goes on')
def full_disk():
    small = HERE / 'small'
    small.mkdir()
    if subprocess.run(['unshare', '-m', 'mount', '-t', 'tmpfs', 'none', str(small)], capture_output=True).returncode != 0:
        raise Skip('no mount name space here')
    export = f'{QUARRY} --catalog {HERE}/catalog.db export d@1 --format csv --copy --to {small}/out'
    script = f'mount -t tmpfs -o size=300k none {small}; {export}; echo exit $?; mount -o remount,size=64m {small}; {export}; echo exit $?'
    done = subprocess.run(['unshare', '-m', 'sh', '-c', script], capture_output=True, text=True)
    assert 'exit 1' in done.stdout and 'exit 0' in done.stdout, done.stdout + done.stderr
    assert 'No space left' in done.stderr and f'{small}/out' in done.stderr, done.stderr


@case('labels: a foreign name is mapped, a colour is set')
def labels():
    classes = {row['name'] for row in listing('labels', 'list')}
    assert 'worker' in classes
    quarry('labels', 'map', 'Bauarbeiter', 'worker', '--origin', 'coco')
    quarry('labels', 'color', 'worker', '#ff8800')
    assert next(row for row in listing('labels', 'list') if row['name'] == 'worker')['color'] == '#ff8800'
    quarry('labels', 'map', 'one', expect=2)
    quarry('labels', 'paint', expect=2)
    quarry('labels', 'color', 'worker', 'orange', expect=1)


@case('stats narrow with the query')
def stats():
    def totals(*words):
        return next(row for row in listing('stats', *words) if row['id'] == 'totals')
    assert totals()['frames'] == 6 and totals('source:site-1')['frames'] == 3
    assert totals('-source:site-1')['query'] == '-source:site-1'
    assert totals('')['annotations'] == sum(row['annotations'] for row in listing('labels', 'list'))
    quarry('stats', 'scnee:x', expect=1)


@case('evaluate: labels against themselves are perfect')
def evaluate():
    name = listing('labels', 'sets')[0]['name']
    done = subprocess.run([QUARRY, '--catalog', str(HERE / 'catalog.db'), 'evaluate', '--predictions', name, '--against', name, '--json'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 'no score' in done.stderr
    assert json.loads(done.stdout)['values']['AP'] > 0.999
    quarry('evaluate', '--predictions', name, expect=2)
    quarry('evaluate', '--predictions', name, '--against', 'moon', expect=1)
    quarry('evaluate', '--predictions', name, '--against', name, '--metric', 'moon', expect=2)


@case('train runs a command over the splits')
def train():
    to = HERE / 'run'
    quarry('train', 'd@1', '--format', 'coco', '--to', to, '--name', 'first', '--', 'sh', '-c',
           'ls "$1/images" > "$2/model" && echo --format is not for you', 'sh', '{train}', '{output}', expect=3)
    assert (to / 'output' / 'model').read_text() and 'is not for you' in (to / 'log.txt').read_text()
    assert 'status 4' in quarry('train', 'd@1', '--format', 'coco', '--to', to, '--', 'sh', '-c', 'exit 4', expect=1).stderr
    assert 'moon' in quarry('train', 'd@1', '--format', 'coco', '--to', to, '--', 'echo', '{moon}', expect=1).stderr
    quarry('train', 'd@1', '--format', 'coco', '--to', to, expect=2)


sys.exit(main())
