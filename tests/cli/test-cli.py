#!/usr/bin/env python3
# test-cli.py: the whole chain on the command line, and how it fails, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli.py QUARRY-BINARY

import json
import re
import shutil
import sqlite3
import subprocess
import sys

from quarry_cli import HERE, QUARRY, Skip, case, listing, main, quarry


def mount_point():
    """A folder that commands under "unshare -m" can mount a file system of their own on"""
    small = HERE / 'small'
    small.mkdir(exist_ok=True)
    if subprocess.run(['unshare', '-m', 'mount', '-t', 'tmpfs', 'none', str(small)], capture_output=True).returncode != 0:
        raise Skip('no mount name space here')
    return small


@case('demo, import, and the same import again adds nothing')
def chain_import():
    quarry('demo', '--frames', 4, '--width', 320, HERE / 'site')
    quarry('import', HERE / 'site')
    frames = listing('frames')
    assert len(frames) == 4 and all('id' in row for row in frames)
    quarry('import', HERE / 'site')
    assert listing('frames') == frames
    assert len(listing('sources')) == 1 and len(listing('scenes')) >= 1


@case('same seed, same bytes')
def same_bytes():
    quarry('demo', '--frames', 2, '--width', 160, '--seed', 3, HERE / 'a')
    quarry('demo', '--frames', 2, '--width', 160, '--seed', 3, HERE / 'b')
    a = sorted(p.relative_to(HERE / 'a') for p in (HERE / 'a').rglob('*') if p.is_file())
    assert a == sorted(p.relative_to(HERE / 'b') for p in (HERE / 'b').rglob('*') if p.is_file()) and a
    for path in a:
        assert (HERE / 'a' / path).read_bytes() == (HERE / 'b' / path).read_bytes(), path


@case('a query narrows; a wrong one names the character; exit codes')
def queries():
    workers = listing('frames', 'class:worker')
    others = listing('frames', '-class:worker')
    assert len(workers) + len(others) == 4
    assert 'character' in quarry('frames', 'scnee:x', expect=1).stderr
    quarry('frames', 'a', 'b', expect=2)
    quarry('nonsense', expect=2)
    quarry('show', '99999', expect=1)


@case('listings have the keys that their help names')
def listing_keys():
    for command in ('sources', 'scenes', 'frames'):
        rows = listing(command)
        text = quarry(command, '--help').stdout
        assert rows, command
        for key in rows[0]:
            assert re.search(rf'\b{key}\b', text), f'{command}: {key} is not in its help'
        assert len(quarry(command).stdout.splitlines()) == len(rows), command
    frame = listing('frames', '--limit', 1)
    assert len(frame) == 1
    assert quarry('frames', '--count').stdout == '4\n'
    shown = listing('show', frame[0]['id'])
    text = quarry('show', '--help').stdout
    assert len(shown) == 1
    for part in (shown[0], shown[0]['media'][0], shown[0]['annotations'][0]):
        for key in part:
            assert re.search(rf'\b{key}\b', text), f'show: {key} is not in its help'
    assert {media['sensor'] for media in shown[0]['media']} == {'cam_front', 'cam_left', 'cam_right', 'lidar_top'}
    words = quarry('show', f'frame:{frame[0]["key"]}').stdout
    assert 'lidar_top' in words and 'cuboid' in words and f'frame {frame[0]["id"]}:' in words
    assert 'not one' in quarry('show', '', expect=1).stderr


@case('an import tells what it left out, and goes on with the next path')
def import_issues():
    folder = HERE / 'pictures'
    folder.mkdir()
    shutil.copy(HERE / 'site' / 'cam_front' / '000000.jpg', folder / 'a.jpg')
    (folder / 'b.jpg').write_bytes((folder / 'a.jpg').read_bytes()[:-100])
    done = quarry('import', folder, catalog='pictures.db', expect=3)
    assert 'b.jpg: byte' in done.stderr and '1 frames' in done.stdout, done
    rows = listing('import', folder, catalog='pictures.db', expect=3)
    assert rows[0]['counts'] == {'known frames': 1} and rows[0]['issues'][0]['path'].endswith('b.jpg')
    assert 'b.jpg' in quarry('sources', '--issues', catalog='pictures.db').stdout
    assert listing('sources', catalog='pictures.db')[0]['issues'][0]['level'] == 'skipped'
    done = quarry('import', HERE / 'nowhere', folder / 'a.jpg', catalog='pictures.db', expect=1)
    assert 'No such file' in done.stderr and '1 frames' in done.stdout
    assert len(listing('sources', catalog='pictures.db')) == 2
    (folder / 'b.jpg').unlink()
    done = quarry('import', folder, catalog='pictures.db', expect=3)
    assert '1 of its images and clouds are also in another source' in done.stderr, done


@case('formats are listed; an unknown one is wrong usage')
def formats():
    assert {'demo', 'images', 'kitti-object', 'kitti-raw'} <= {row['id'] for row in listing('import', '--list-formats')}
    assert 'images' in quarry('import', '--list-formats').stdout
    assert 'list-formats' in quarry('import', HERE / 'site', '--format', 'nonsense', expect=2).stderr
    quarry('import', expect=2)
    bare = HERE / 'bare'
    bare.mkdir()
    assert '--list-formats' in quarry('import', bare, expect=1).stderr


@case('tags, undo and redo work across calls')
def tags():
    quarry('tag', '', '+night', '+site 7')
    assert len(listing('frames', 'tag:night')) == 4
    quarry('tag', '', '-night')
    assert not listing('frames', 'tag:night')
    quarry('undo')
    assert len(listing('frames', 'tag:"site 7" tag:night')) == 4
    quarry('undo')
    assert not listing('frames', 'tag:night')
    quarry('redo')
    assert len(listing('frames', 'tag:night')) == 4
    assert any(row['what'] for row in listing('history'))


@case('dataset, split, freeze, export in every format')
def datasets():
    quarry('dataset', 'create', 'd', '--query', 'tag:night')
    quarry('dataset', 'create', 'd', expect=1)
    quarry('dataset', 'split', 'd', '--train', '0.5', '--val', '0.5', '--by', 'frame')
    quarry('dataset', 'freeze', 'd')
    quarry('dataset', 'remove', 'd', '')
    for name, exits in (('coco', (0, 3)), ('kitti', (0, 3)), ('csv', (0, 3)), ('json', (0, 3))):
        folder = HERE / f'export-{name}'
        done = subprocess.run([QUARRY, '--catalog', str(HERE / 'catalog.db'), 'export', 'd@1', '--format', name, '--to', str(folder)],
                              capture_output=True, text=True)
        assert done.returncode in exits, done.stderr
        assert (folder / 'report.json').exists()
    coco = [json.loads(p.read_text()) for p in (HERE / 'export-coco').rglob('instances_*.json')]
    assert sum(len(split['images']) for split in coco) == 4 * 3
    for split in coco:
        images = {image['id'] for image in split['images']}
        assert all(a['image_id'] in images and a['id'] > 0 for a in split['annotations'])
    labels = list((HERE / 'export-kitti').rglob('label_2/*.txt'))
    assert len(labels) == 4
    assert all(len(line.split()) == 15 for p in labels for line in p.read_text().splitlines())


@case('stats count what is there')
def stats():
    text = quarry('stats').stdout
    assert 'worker' in text
    numbers = json.loads(quarry('stats', '--json').stdout)
    assert numbers


@case('render draws without a display')
def render():
    frame = listing('frames')[0]['id']
    env = {k: '' for k in ('DISPLAY', 'WAYLAND_DISPLAY')}
    quarry('render', frame, '--sensor', 'cam_front', '--overlay', 'lidar,cuboids', '--to', HERE / 'over.png', env=env)
    quarry('render', frame, '--sensor', 'cam_front', '--overlay', 'none', '--to', HERE / 'bare.png', env=env)
    assert (HERE / 'over.png').read_bytes()[:8] == b'\x89PNG\r\n\x1a\n'
    assert (HERE / 'over.png').read_bytes() != (HERE / 'bare.png').read_bytes()
    assert 'cam_nowhere' in quarry('render', frame, '--sensor', 'cam_nowhere', '--to', HERE / 'x.png', expect=1).stderr


@case('a corrupt image, a truncated cloud and a missing one are named; the rest is imported; exit 3')
def broken():
    site = HERE / 'broken'
    shutil.copytree(HERE / 'site', site)
    (site / 'cam_front' / '000001.jpg').write_bytes(b'not a picture')
    cloud = site / 'lidar_top' / '000002.pcd'
    cloud.write_bytes(cloud.read_bytes()[:5000])
    (site / 'cam_left' / '000000.jpg').unlink()
    before = {p: p.read_bytes() for p in site.rglob('*') if p.is_file()}
    done = quarry('import', site, catalog='broken.db', expect=3)
    for name in ('cam_front/000001.jpg', 'lidar_top/000002.pcd', 'cam_left/000000.jpg'):
        assert name in done.stderr, f'{name} is not named:\n{done.stderr}'
    assert len(listing('frames', catalog='broken.db')) == 4
    assert before == {p: p.read_bytes() for p in site.rglob('*') if p.is_file()}, 'the source was written'


@case('a path that is not there, and one that no reader knows')
def nothing_there():
    assert 'nowhere' in quarry('import', HERE / 'nowhere', expect=1).stderr
    (HERE / 'empty').mkdir()
    assert 'empty' in quarry('import', HERE / 'empty', expect=1).stderr


@case('a catalog made by a newer version, and a file that is no catalog')
def wrong_catalogs():
    shutil.copy(HERE / 'catalog.db', HERE / 'newer.db')
    db = sqlite3.connect(HERE / 'newer.db')
    db.execute('PRAGMA user_version = 999')
    db.commit()
    db.close()
    assert 'newer' in quarry('frames', catalog='newer.db', expect=1).stderr
    (HERE / 'text.db').write_text('this is a text file, and quite long enough to be looked at\n' * 100)
    assert 'text.db' in quarry('frames', catalog='text.db', expect=1).stderr
    assert (HERE / 'text.db').read_text().startswith('this is a text')


@case('a catalog locked by another program: said, nothing lost')
def locked():
    db = sqlite3.connect(HERE / 'catalog.db', isolation_level=None)
    db.execute('BEGIN IMMEDIATE')
    done = quarry('tag', '', '+late', expect=1)
    assert 'another program' in done.stderr, done.stderr
    assert len(listing('frames')) == 4, 'reading must go on'
    db.execute('ROLLBACK')
    db.close()
    quarry('tag', '', '+late')
    assert len(listing('frames', 'tag:late')) == 4


@case('a full disk: said, the catalog stays whole')
def full_disk():
    small = mount_point()
    script = (f'mount -t tmpfs -o size=600k none {small} && {{ {QUARRY} --catalog {small}/c.db import {HERE}/site; echo exit $?; '
              f'{QUARRY} --catalog {small}/c.db check; echo check $?; }}')
    site = HERE / 'many'
    site.mkdir()
    picture = next((HERE / 'site' / 'cam_front').glob('*.jpg')).read_bytes()
    for i in range(3000):
        (site / f'{i:05}-{"x" * 150}.jpg').write_bytes(picture)
    done = subprocess.run(['unshare', '-m', 'sh', '-c', script.replace(f'{HERE}/site', str(site))], capture_output=True, text=True)
    assert 'exit 1' in done.stdout, done.stdout + done.stderr
    assert 'full' in done.stderr or 'space' in done.stderr, done.stderr
    shutil.rmtree(site)


@case('a read-only folder: said')
def read_only():
    small = mount_point()
    script = f'mount -t tmpfs none {small} && mount -o remount,ro {small} && {QUARRY} --catalog {small}/c.db import {HERE}/site'
    done = subprocess.run(['unshare', '-m', 'sh', '-c', script], capture_output=True, text=True)
    assert done.returncode == 1 and 'c.db' in done.stderr, (done.returncode, done.stderr)
    assert 'read-only' in done.stderr.lower(), done.stderr
    script = f'mount -t tmpfs none {small} && mount -o remount,ro {small} && {QUARRY} --catalog {HERE}/catalog.db export d@1 --format csv --to {small}/x'
    done = subprocess.run(['unshare', '-m', 'sh', '-c', script], capture_output=True, text=True)
    assert done.returncode == 1 and 'small' in done.stderr, (done.returncode, done.stderr)


@case('check finds the catalog whole, and names missing media')
def check():
    quarry('check')
    site = HERE / 'gone'
    shutil.copytree(HERE / 'site', site)
    quarry('import', site, catalog='gone.db')
    (site / 'cam_right' / '000003.jpg').unlink()
    done = quarry('check', catalog='gone.db', expect=3)
    assert 'cam_right/000003.jpg' in done.stderr + done.stdout


@case('every command has help')
def helps():
    commands = [line.split()[0] for line in quarry('--help').stdout.splitlines() if line.startswith('  ')]
    assert len(commands) > 15, commands
    for command in commands:
        assert f'quarry {command}' in quarry(command, '--help').stdout, command


sys.exit(main())
