#!/usr/bin/env python3
# test-cli-usage.py: exit codes, which catalog is meant, paths of all kinds, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-usage.py QUARRY-BINARY

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True
from quarry_cli import HERE, Skip, case, command, files, is_whole, listing, main, pictures, png, quarry, run

# Words that a command cannot be meant by: exit 2, with the command's own usage on stderr
WRONG = [
    ['demo'], ['demo', 'a', 'b'], ['demo', '--frames', '0', 'x'], ['demo', '--frames', '-3', 'x'], ['demo', '--frames', 'many', 'x'],
    ['demo', '--width', '100', 'x'], ['demo', '--width', '32', 'x'], ['demo', '--width', '8192', 'x'], ['demo', '--seed', 'x', 'x'],
    ['import'], ['import', '--format', 'moon', '.'], ['import', '--moon', '.'], ['import', '--format'],
    ['sources', 'a'], ['scenes', 'a'], ['frames', 'a', 'b'], ['frames', '--limit'], ['show'], ['show', '1', '2'],
    ['render'], ['render', '1'], ['render', '1', '--to', 'x.png', '--overlay', 'moon'],
    ['render', '1', '--to', 'x.png', '--color-by', 'moon'], ['render', '1', '--to', 'x.png', '--width', '-1'],
    ['render', '1', '--to', 'x.png', '--width', 'wide'],
    ['tag'], ['tag', ''], ['tag', '', 'plain'], ['tag', '', '+'], ['tag', '', '-'],
    ['dataset'], ['dataset', 'moon'], ['dataset', 'create'], ['dataset', 'create', 'a', 'b'], ['dataset', 'add', 'a'],
    ['dataset', 'remove', 'a'], ['dataset', 'split'], ['dataset', 'freeze'], ['dataset', 'versions'], ['dataset', 'diff'],
    ['dataset', 'diff', 'a', 'b', 'c'], ['dataset', 'rename', 'a'], ['dataset', 'delete'], ['dataset', 'list', 'a'],
    ['labels'], ['labels', 'moon'], ['labels', 'map', 'a'], ['labels', 'color', 'a'], ['labels', 'list', 'a'], ['labels', 'sets', 'a'],
    ['export'], ['export', 'd'], ['export', 'd', '--format', 'csv'], ['export', 'd', '--to', 'x'],
    ['export', 'd', '--format', 'moon', '--to', 'x'],
    ['stats', 'a', 'b'], ['vendor'], ['vendor', 'moon'], ['vendor', 'list', 'a'], ['vendor', 'add', 'a'],
    ['vendor', 'add', 'a', 'label-studio'], ['vendor', 'add', 'a', 'moon', 'http://localhost'],
    ['vendor', 'add', 'a', 'label-studio', 'ftp://localhost'], ['vendor', 'test'], ['vendor', 'remove'],
    ['push'], ['push', 'd'], ['jobs', 'a'], ['pull', 'a', 'b'],
    ['evaluate'], ['evaluate', '--predictions', 'a'], ['evaluate', '--against', 'a'],
    ['evaluate', '--predictions', 'a', '--against', 'b', '--metric', 'moon'],
    ['train'], ['train', 'd'], ['train', 'd', '--to', 'x', '--format', 'csv'],
    ['check', 'a'], ['history', 'a'], ['history', '--limit', 'x'], ['undo', 'a'], ['redo', 'a'],
]

# What is well said but cannot be: exit 1, and stderr names it
MISSING = [
    (['import', 'nowhere-at-all'], 'nowhere-at-all'),
    (['frames', 'scnee:x'], 'scnee'), (['frames', 'rating:x'], 'rating'),
    (['show', '4711'], '4711'), (['show', 'tag:moon'], 'tag:moon'),
    (['render', '4711', '--to', 'x.png'], '4711'), (['render', 'tag:moon', '--to', 'x.png'], 'tag:moon'),
    (['tag', 'scnee:x', '+a'], 'scnee'),
    (['dataset', 'add', 'moon', ''], 'moon'), (['dataset', 'remove', 'moon', ''], 'moon'), (['dataset', 'split', 'moon', '--train', '1'], 'moon'),
    (['dataset', 'freeze', 'moon'], 'moon'), (['dataset', 'versions', 'moon'], 'moon'), (['dataset', 'diff', 'moon@1'], 'moon'),
    (['dataset', 'rename', 'moon', 'sun'], 'moon'), (['dataset', 'delete', 'moon'], 'moon'),
    (['dataset', 'create', 'bad', '--query', 'scnee:x'], 'scnee'),
    (['labels', 'color', 'moon', '#ff0000'], 'moon'),
    (['export', 'moon', '--format', 'csv', '--to', 'x'], 'moon'),
    (['stats', 'scnee:x'], 'scnee'),
    (['vendor', 'test', 'moon'], 'moon'), (['vendor', 'remove', 'moon'], 'moon'),
    (['push', 'tag:moon', '--vendor', 'a'], 'tag:moon'), (['pull', '4711'], '4711'),
    (['evaluate', '--predictions', 'moon', '--against', 'moon'], 'moon'),
    (['train', 'moon', '--format', 'csv', '--to', 'x', '--', 'true'], 'moon'),
    (['undo'], 'undo'), (['redo'], 'redo'),
]


@case('wrong usage: exit 2, the usage on stderr, nothing on stdout, no catalog made')
def wrong_usage():
    bad = []
    for words in WRONG:
        catalog = 'vendor.db' if words[:2] == ['vendor', 'add'] else 'unused.db'
        done = subprocess.run(command(*words, catalog=catalog), capture_output=True, text=True, cwd=HERE, stdin=subprocess.DEVNULL)
        if done.returncode != 2 or done.stdout or f'Usage: quarry {words[0]}' not in done.stderr:
            bad.append((words, done.returncode, done.stdout[:80], done.stderr[:200]))
    assert not bad, bad
    assert not (HERE / 'unused.db').exists()


@case('every command refuses an option that it does not have')
def unknown_options():
    names = [line.split()[0] for line in quarry('--help').stdout.splitlines() if line.startswith('  ')]
    for name in names:
        if name == 'tag':
            continue                    # --moon takes the tag "-moon" away
        done = quarry(name, '--moon', catalog='unused.db', expect=2)
        assert 'moon' in done.stderr and f'Usage: quarry {name}' in done.stderr, (name, done.stderr)
    quarry('--moon', expect=2, catalog=None)
    quarry('moon', expect=2)
    quarry('--catalog', expect=2, catalog=None)


@case('every command has -h as --help, also after other words')
def helps():
    for line in quarry('--help', catalog=None).stdout.splitlines():
        if line.startswith('  '):
            name, summary = line.split(maxsplit=1)
            text = quarry(name, '--help', catalog='unused.db').stdout
            assert text == quarry(name, '-h', catalog='unused.db').stdout
            assert text.startswith(f'Usage: quarry {name}') and summary.strip() in text, name
    assert not (HERE / 'unused.db').exists()
    assert quarry('--version', catalog=None).stdout.startswith('quarry ')


@case('what is not there: exit 1, named on stderr, nothing on stdout')
def missing():
    bad = []
    for words, name in MISSING:
        done = subprocess.run(command(*words, catalog='missing.db'), capture_output=True, text=True, cwd=HERE, stdin=subprocess.DEVNULL)
        if done.returncode != 1 or done.stdout or name not in done.stderr or not done.stderr.startswith('quarry'):
            bad.append((words, done.returncode, done.stdout[:80], done.stderr[:200]))
    assert not bad, bad
    is_whole('missing.db')


@case('errors are one line and end with no full stop')
def one_line():
    for words in (['show', '4711'], ['frames', 'scnee:x'], ['dataset', 'delete', 'moon'], ['undo']):
        text = quarry(*words, catalog='missing.db', expect=1).stderr
        assert text.count('\n') == 1 and not text.rstrip('\n').endswith('.'), (words, text)


@case('--catalog goes before QUARRY_CATALOG, and that before XDG_DATA_HOME')
def which_catalog():
    for name in ('option', 'variable', 'home'):
        pictures(name, 1)
    env = {'QUARRY_CATALOG': str(HERE / 'v.db'), 'XDG_DATA_HOME': str(HERE / 'data home')}
    quarry('import', HERE / 'option', catalog='o.db', env=env)
    quarry('import', HERE / 'variable', catalog=None, env=env)
    quarry('import', HERE / 'home', catalog=None, env={**env, 'QUARRY_CATALOG': None})

    def name(**more):
        return [row['name'] for row in listing('sources', **more)]
    assert name(catalog='o.db', env=env) == ['option']
    assert name(catalog=None, env=env) == ['variable'] and (HERE / 'v.db').exists()
    assert name(catalog=None, env={**env, 'QUARRY_CATALOG': None}) == ['home']
    assert (HERE / 'data home' / 'quarry' / 'catalog.db').exists()
    assert name(catalog=None, env={**env, 'QUARRY_CATALOG': ''}) == ['home'], 'an empty variable is none'
    done = run([os.path.realpath(command()[0]), f'--catalog={HERE}/o.db', 'sources', '--json'], env=env)
    assert json.loads(done.stdout)[0]['name'] == 'option'


@case('a relative --catalog is below the current folder; an import makes its folder, a listing does not')
def relative_catalog():
    (HERE / 'here').mkdir()
    done = run([command()[0], '--catalog', 'sub/dir/c.db', 'frames'], cwd=HERE / 'here', expect=1)
    assert "there is no catalog" in done.stderr and not (HERE / 'here' / 'sub').exists(), done
    run([command()[0], '--catalog', 'sub/dir/c.db', 'vendor', 'list'], cwd=HERE / 'here')
    assert (HERE / 'here' / 'sub' / 'dir' / 'c.db').exists()


@case('a catalog that is a folder, a FIFO or a device is refused')
def odd_catalogs():
    (HERE / 'folder.db').mkdir()
    assert 'folder.db' in quarry('frames', catalog='folder.db', expect=1).stderr
    assert 'null' in run([command()[0], '--catalog', '/dev/null', 'frames'], expect=1).stderr


ODD = ['plain', 'with space', 'Baustelle Süd', '現場', 'new\nline', "it's", 'per%20cent', 'hash#mark', 'q?mark', '-dash', '+plus', 'a:b', 'tab\there',
       'back\\slash', '"quoted"', '~tilde', '$HOME', '*', ' lead', 'trail ']


@case('folders and pictures of any name are imported, found again, and drawn')
def odd_names():
    for name in ODD:
        folder = pictures(f'odd/{name}', 1)
        (folder / f'{name}.png').write_bytes(png(20, 10))
    run(command('import', *[f'./{name}' for name in ODD], catalog='odd.db'), cwd=HERE / 'odd')
    sources = {row['name']: row for row in listing('sources', catalog='odd.db')}
    assert set(sources) == set(ODD), set(ODD) ^ set(sources)
    for name in ODD:
        assert sources[name]['frames'] == 2, name
        uri = sources[name]['uri']
        path = urllib.parse.unquote(uri[len('file://'):]) if uri.startswith('file://') else uri
        assert path == str(HERE / 'odd' / name), (uri, name)
    keys = {row['key']: row['id'] for row in listing('frames', catalog='odd.db')}
    for name in ODD:
        quarry('render', keys[f'{name}.png'], '--to', HERE / 'odd.png', catalog='odd.db')
        assert (HERE / 'odd.png').read_bytes()[:4] == b'\x89PNG'
    run(command('import', *[f'./{name}' for name in ODD], catalog='odd.db'), cwd=HERE / 'odd')
    assert len(listing('frames', catalog='odd.db')) == 2 * len(ODD)
    is_whole('odd.db')


@case('tags and datasets may have any printable name; tags that cannot be typed back are refused')
def odd_words():
    good = [name for name in ODD if name == name.strip() and name.isprintable()]
    for name in good:
        quarry('tag', '', '+' + name, catalog='odd.db')
        quarry('dataset', 'create', 'set ' + name, '--notes', name, catalog='odd.db')
    frame = listing('frames', '--limit', 1, catalog='odd.db')[0]
    assert set(frame['tags']) == set(good)
    notes = {row['name']: row['notes'] for row in listing('dataset', 'list', catalog='odd.db')}
    assert notes == {'set ' + name: name for name in good}
    for name in set(ODD) - set(good):
        quarry('tag', '', '+' + name, catalog='odd.db', expect=1)
    assert len(listing('dataset', 'list', catalog='odd.db')) == len(good)


@case('the same folder by another spelling of its path is the same source')
def same_folder():
    folder = pictures('same', 2)
    for spelling in (folder, f'{folder}/', f'{folder}/.', f'{folder}/../same', f'{HERE}//same'):
        quarry('import', spelling, catalog='same.db')
    run(command('import', '.', catalog='same.db'), cwd=folder)
    assert len(listing('sources', catalog='same.db')) == 1 and len(listing('frames', catalog='same.db')) == 2


@case('links that go in circles end; what is behind a FIFO, a socket or a dead link is left out')
def odd_entries():
    folder = pictures('entries', 2)
    (folder / 'loop').symlink_to('.')
    (folder / 'up').symlink_to('..')
    (folder / 'dead.png').symlink_to('nowhere.png')
    (folder / 'self.png').symlink_to('self.png')
    os.mkfifo(folder / 'pipe.png')
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / 'sock.png'))
    try:
        done = quarry('import', folder, catalog='entries.db', expect=(0, 3))
        assert listing('scenes', catalog='entries.db')
        keys = [row['key'] for row in listing('frames', catalog='entries.db')]
        assert not {'pipe.png', 'sock.png', 'dead.png', 'self.png'} & set(keys), keys
        assert len(keys) < 200, f'{len(keys)} frames of 2 pictures'
        assert 'pipe.png' in done.stderr or done.returncode == 0
        is_whole('entries.db')
    finally:
        server.close()
    done = quarry('import', folder / 'pipe.png', catalog='entries.db', expect=1)
    assert 'pipe.png' in done.stderr


@case('a folder and a picture without permission are named; the rest is imported')
def unreadable():
    if os.geteuid() == 0 and shutil.which('setpriv') is None:
        raise Skip('root may read everything')
    folder = pictures('locked', 3)
    pictures('locked/inner', 2)
    (folder / '000001.png').chmod(0)
    (folder / 'inner').chmod(0)
    try:
        catalog = HERE / 'open'
        catalog.mkdir(mode=0o777)
        catalog.chmod(0o777)
        HERE.chmod(0o755)
        call = [command()[0], '--catalog', str(catalog / 'c.db'), 'import', str(folder)]
        if os.geteuid() == 0:
            call = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', *call]
        probe = subprocess.run([*call[:-4], '--version'] if os.geteuid() == 0 else [call[0], '--version'], capture_output=True)
        if probe.returncode != 0:
            raise Skip('the program is where another user cannot run it')
        done = run(call, expect=3, env={'HOME': str(catalog)})
        assert '000001.png' in done.stderr and 'inner' in done.stderr, done.stderr
        assert len(listing('frames', catalog='open/c.db')) == 2
    finally:
        (folder / '000001.png').chmod(0o644)
        (folder / 'inner').chmod(0o755)


@case('names that are not UTF-8 are told, not imported, and break nothing')
def not_utf8():
    folder = pictures('bytes', 1)
    with open(os.fsencode(folder) + b'/caf\xe9.png', 'wb') as file:
        file.write(png())
    done = subprocess.run(command('import', folder, catalog='bytes.db'), capture_output=True)
    assert done.returncode == 3 and b'UTF-8' in done.stderr, done.stderr
    assert len(listing('frames', catalog='bytes.db')) == 1
    assert len(listing('sources', catalog='bytes.db')[0]['issues']) == 1


@case('pictures that only look like some are left out, each told once')
def not_pictures():
    folder = pictures('fakes', 1)
    whole = png(30, 20)
    fakes = {'empty.png': b'', 'text.png': b'hello there', 'cut.png': whole[:-6], 'head.png': whole[:20], 'jpeg.jpg': b'\xff\xd8\xff\xe0', 'zero.jpg': bytes(200)}
    for name, body in fakes.items():
        (folder / name).write_bytes(body)
    before = files(folder)
    quarry('import', folder, catalog='fakes.db', expect=3)
    row, = listing('sources', catalog='fakes.db')
    assert row['frames'] == 1 and row['state'] in ('complete', 'partial')
    told = sorted(os.path.basename(issue['path']) for issue in row['issues'] if issue['level'] != 'note')
    assert told == sorted(fakes), told
    assert files(folder) == before
    quarry('import', folder, catalog='fakes.db', expect=3)
    assert len(listing('sources', catalog='fakes.db')[0]['issues']) == len(row['issues'])


@case('new pictures in a known folder are added; the others stay as they were')
def grows():
    folder = pictures('grows', 2)
    quarry('import', folder, catalog='grows.db')
    quarry('tag', '', '+seen', catalog='grows.db')
    pictures('grows', 2, first=2)
    pictures('grows/later', 1)
    quarry('import', folder, catalog='grows.db')
    assert len(listing('frames', catalog='grows.db')) == 5
    assert len(listing('frames', 'tag:seen', catalog='grows.db')) == 2
    (folder / '000000.png').unlink()
    quarry('check', catalog='grows.db', expect=3)


@case('a picture is a source by itself')
def one_picture():
    folder = pictures('one', 2)
    quarry('import', folder / '000001.png', catalog='one.db')
    row, = listing('frames', catalog='one.db')
    assert row['key'] == '000001.png'
    done = quarry('import', folder, catalog='one.db', expect=3)
    assert '1 of its images and clouds are also in another source' in done.stderr, done
    assert len(listing('sources', catalog='one.db')) == 2


@case('what cannot be written to standard output is a failure')
def full_output():
    pictures('out', 1)
    quarry('import', HERE / 'out', catalog='out.db')
    with open('/dev/full', 'w') as full:
        done = subprocess.run(command('frames', catalog='out.db'), stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and 'No space left' in done.stderr, done


@case('names of datasets that a version or a folder would be mistaken for are refused')
def dataset_names():
    for name in ('a@1', '../x', 'a/b', '.hidden', 'two\nlines', ''):
        assert quarry('dataset', 'create', name, catalog='out.db', expect=1).stderr, name
    assert listing('dataset', 'list', catalog='out.db') == []


@case('contradictions are wrong usage, and nothing is done')
def contradictions():
    quarry('tag', '', '+x', '-x', catalog='out.db', expect=2)
    quarry('render', '1', '--to', HERE / 'x.bmp', catalog='out.db', expect=2)
    assert not (HERE / 'x.bmp').exists()
    quarry('dataset', 'create', 'd', '--query', '', catalog='out.db')
    assert 'add up to 1.3' in quarry('dataset', 'split', 'd', '--train', '0.8', '--val', '0.5', catalog='out.db', expect=2).stderr
    quarry('export', 'd', '--format', 'kitti', '--to', HERE / 'k', '--camera', 'nosuch', catalog='out.db', expect=1)
    assert listing('history', catalog='out.db')[0]['what'].startswith('Make dataset')


@case('a job of which nothing was sent can be removed, then its account')
def dead_end():
    quarry('vendor', 'add', 'v', 'label-studio', 'http://127.0.0.1:9', catalog='out.db')
    quarry('push', '', '--vendor', 'v', catalog='out.db', env={'QUARRY_SECRET_V': 'x'}, expect=1)
    assert 'has 1 job and stays' in quarry('vendor', 'remove', 'v', catalog='out.db', expect=1).stderr
    quarry('vendor', 'move', 'v', 'http://127.0.0.1:10', catalog='out.db')
    assert listing('vendor', 'list', catalog='out.db')[0]['url'] == 'http://127.0.0.1:10'
    quarry('vendor', 'move', 'nobody', 'http://127.0.0.1:10', catalog='out.db', expect=1)
    job, = listing('jobs', catalog='out.db')
    quarry('jobs', 'remove', job['id'] + 1, catalog='out.db', expect=1)
    quarry('jobs', 'remove', job['id'], catalog='out.db')
    quarry('vendor', 'remove', 'v', catalog='out.db')
    assert listing('jobs', catalog='out.db') == []


@case('a deleted folder is a few lines of check, with the count')
def check_folds():
    folder = pictures('many', 20)
    quarry('import', folder, catalog='many.db')
    shutil.rmtree(folder)
    done = quarry('check', catalog='many.db', expect=3)
    assert '17 more of its files are not there' in done.stderr and len(done.stderr.splitlines()) == 4, done.stderr


@case('a demo whose making was cut off is not taken for a folder of pictures')
def half_demo():
    folder = pictures('half', 2)
    (folder / 'demo.json').write_text(json.dumps({'format': 'quarry-demo'}))
    done = quarry('import', folder, catalog='half.db', expect=1)
    assert 'frames' not in done.stdout, done


@case('a folder of several recordings: what another format would read is told')
def several():
    folder = HERE / 'several'
    (folder / 'shots').mkdir(parents=True)
    for name in ('image_2', 'label_2', 'calib'):
        (folder / 'other' / 'training' / name).mkdir(parents=True)
    picture = next(pictures('more', 1).iterdir())
    shutil.copy(picture, folder / 'shots' / 'a.png')
    shutil.copy(picture, folder / 'other' / 'training' / 'image_2' / '000000.png')
    (folder / 'other' / 'training' / 'label_2' / '000000.txt').write_text('')
    done = quarry('import', folder, '--format', 'images', catalog='several.db', expect=3)
    assert 'looks like KITTI object' in done.stderr, done


sys.exit(main())
