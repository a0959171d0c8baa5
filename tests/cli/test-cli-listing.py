#!/usr/bin/env python3
# test-cli-listing.py: what listing commands print: documented keys, stable order, types, nulls, as TAP
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: test-cli-listing.py QUARRY-BINARY

import re
import sys

sys.dont_write_bytecode = True
from quarry_cli import HERE, case, listing, main, pictures, quarry, run, command

# Keys of each listing's objects, as scripts may rely on them. A new key is added here and in the help.
KEYS = {
    ('sources',): 'id uri name format state imported_ns scenes frames issues',
    ('scenes',): 'id source key name start_ns end_ns frames site machine sensors streams',
    ('frames',): 'id scene scene_name key stamp_ns rating flag tags annotations cover',
    ('show', '1'): 'id scene scene_name key stamp_ns rating flag tags media annotations',
    ('labels', 'list'): 'id name color annotations',
    ('labels', 'sets'): 'id name origin created_ns annotations',
    ('dataset', 'list'): 'id name notes created_ns frames splits unsplit last_version',
    ('dataset', 'versions', 'd'): 'id number hash note who created_ns frames',
    ('dataset', 'diff', 'd@1'): 'id change from to',
    ('history',): 'id who made_ns what state',
    ('vendor', 'list'): 'id name vendor url',
    ('health',): 'id sensor kind scene scene_name measures',
}


@case('a catalog with a bit of everything')
def make():
    quarry('demo', '--frames', 3, '--width', 160, HERE / 'site')
    quarry('import', HERE / 'site')
    quarry('import', pictures('bare', 2))
    quarry('tag', '', '+night')
    quarry('dataset', 'create', 'd', '--query', '')
    quarry('dataset', 'freeze', 'd')
    quarry('dataset', 'remove', 'd', 'source:bare')
    quarry('vendor', 'add', 'team', 'label-studio', 'http://localhost:1')


@case('every listing has exactly its keys, in every row')
def keys():
    for words, names in KEYS.items():
        rows = listing(*words)
        assert rows, words
        for row in rows:
            missing, more = set(names.split()) - set(row), set(row) - set(names.split())
            assert not missing and not (more and words[:2] != ('dataset', 'diff')), (words, missing, more)


@case("every key of a listing stands in its command's help")
def documented():
    for words, names in KEYS.items():
        text = quarry(words[0], '--help').stdout
        if 'keys' not in text.lower() and words[0] in ('dataset',):
            continue                    # one table for each of its verbs would not fit
        for name in names.split():
            assert re.search(rf'\b{re.escape(name)}\b', text), f'{words}: {name} is not in the help'


@case('ids are whole numbers above 0, each once')
def ids():
    for words in KEYS:
        if words[:2] == ('dataset', 'diff'):
            continue
        numbers = [row['id'] for row in listing(*words)]
        assert all(isinstance(n, int) and n > 0 for n in numbers) and len(set(numbers)) == len(numbers), words


@case('the same call prints the same bytes')
def stable():
    for words in KEYS:
        assert quarry(*words, '--json').stdout == quarry(*words, '--json').stdout, words


@case('JSON does not depend on the locale, and is nothing but JSON')
def locale():
    quarry('tag', 'source:bare', '+Gräben', '+夜')
    plain = quarry('frames', '--json', env={'LC_ALL': 'C.UTF-8'}).stdout
    for name in ('C', 'POSIX', 'de_DE.UTF-8', ''):
        assert quarry('frames', '--json', env={'LC_ALL': name}, encoding='utf-8').stdout == plain, name
    assert 'Gräben' in {tag for row in listing('frames') for tag in row['tags']}
    quarry('undo')


@case('an empty catalog: every listing is an empty array, and its text is empty')
def empty():
    quarry('vendor', 'list', catalog='empty.db')
    for words in KEYS:
        if words[0] in ('show',) or 'd' in words or 'd@1' in words:
            continue
        if words == ('labels', 'list'):
            continue
        assert listing(*words, catalog='empty.db') == [], words
        assert quarry(*words, catalog='empty.db').stdout == '' or words == ('health',), words
    assert listing('jobs', catalog='empty.db') == []
    assert quarry('frames', '--count', catalog='empty.db').stdout == '0\n'


@case('text listings name what JSON names')
def text_and_json():
    for words, name in ((('sources',), 'uri'), (('scenes',), 'name'), (('frames',), 'key'), (('labels', 'list'), 'name'),
                        (('labels', 'sets'), 'name'), (('dataset', 'list'), 'name'), (('history',), 'what'), (('vendor', 'list'), 'url')):
        text = quarry(*words).stdout
        rows = listing(*words)
        assert len(text.splitlines()) == len(rows), words
        for row in rows:
            assert row[name] in text, (words, row[name])


@case('unknown times are null, known ones whole nanoseconds')
def times():
    frames = listing('frames')
    assert all(row['stamp_ns'] is None for row in frames if row['key'].endswith('.png'))
    known = [row['stamp_ns'] for row in frames if not row['key'].endswith('.png')]
    assert len(known) == 3 and all(isinstance(ns, int) for ns in known) and known == sorted(known)
    scenes = {row['name']: row for row in listing('scenes')}
    assert scenes['bare']['start_ns'] is None and scenes['bare']['end_ns'] is None
    site = next(row for row in scenes.values() if row['start_ns'] is not None)
    assert site['start_ns'] <= min(known) and site['end_ns'] >= max(known)


@case('counts of sources, scenes and frames agree')
def counts():
    sources, scenes, frames = listing('sources'), listing('scenes'), listing('frames')
    for source in sources:
        own = [row for row in scenes if row['source'] == source['id']]
        assert source['scenes'] == len(own) and source['frames'] == sum(row['frames'] for row in own)
        assert source['state'] == 'complete' and source['imported_ns'] > 0 and source['issues'] == []
    for scene in scenes:
        assert scene['frames'] == sum(row['scene'] == scene['id'] for row in frames)
    assert quarry('frames', '--count').stdout == f'{len(frames)}\n'
    assert sum(row['annotations'] for row in frames) == sum(row['annotations'] for row in listing('labels', 'sets'))
    assert sum(row['annotations'] for row in frames) == sum(row['annotations'] for row in listing('labels', 'list'))


@case('--limit takes the first; 0 and more than there are take all; less is wrong usage')
def limit():
    every = listing('frames')
    assert listing('frames', '--limit', 2) == every[:2] and listing('frames', '-n', 2) == every[:2]
    assert listing('frames', '--limit', 0) == every and listing('frames', '--limit', 1000) == every
    quarry('frames', '--limit', -1, expect=2)
    quarry('frames', '--limit', 'two', expect=2)
    quarry('frames', '--limit', '99999999999999999999', expect=2)
    edits = listing('history')
    assert listing('history', '-n', 1) == edits[:1]
    assert [row['id'] for row in edits] == sorted((row['id'] for row in edits), reverse=True)


@case('show tells the calibration of what has one, and null of what has none')
def show():
    frame = next(row['id'] for row in listing('frames') if not row['key'].endswith('.png'))
    row, = listing('show', frame)
    cameras = [media for media in row['media'] if media['kind'] == 'camera']
    lidars = [media for media in row['media'] if media['kind'] == 'lidar']
    assert len(cameras) == 3 and lidars
    for media in cameras:
        camera = media['calibration']['camera']
        assert camera['width'] == media['width'] == 160 and camera['fx'] > 0 and len(camera['k']) == 12
        assert media['calibration']['body_from_sensor']['q'] != [0, 0, 0, 0]
        assert abs(sum(q * q for q in media['calibration']['body_from_sensor']['q']) - 1) < 1e-9
    assert all('camera' not in media['calibration'] and media['points'] > 0 for media in lidars)
    bare = next(row['id'] for row in listing('frames') if row['key'].endswith('.png'))
    assert listing('show', bare)[0]['media'][0]['calibration'] is None


@case("show's labels point at its own media and sets, with geometry of their kind")
def show_labels():
    sets = {row['name'] for row in listing('labels', 'sets')}
    classes = {row['name'] for row in listing('labels', 'list')}
    lengths = {'box2d': 5, 'cuboid': 10}
    n = 0
    for frame in listing('frames', '-source:bare'):
        row, = listing('show', frame['id'])
        media = {m['id'] for m in row['media']}
        assert len(row['annotations']) == frame['annotations']
        for label in row['annotations']:
            n += 1
            assert label['set'] in sets and label['class'] in classes
            assert label['media'] is None or label['media'] in media
            assert (label['media'] is None) == (label['kind'] == 'cuboid')
            assert len(label['geometry']) == lengths.get(label['kind'], len(label['geometry']))
            assert label['score'] is None and isinstance(label['attributes'], dict)
    assert n > 0


@case('show takes an id, a query of one frame, and nothing else')
def show_words():
    one = listing('frames', '-source:bare')[1]
    assert listing('show', f'frame:{one["key"]} -source:bare')[0]['id'] == one['id']
    assert '5 frames' in quarry('show', '', expect=1).stderr
    assert '0 frames' in quarry('show', 'tag:nothing', expect=1).stderr
    quarry('show', '0', expect=1)
    quarry('show', '-1', expect=1)
    quarry('show', '99999999999999999999', expect=1)
    quarry('show', expect=2)
    quarry('show', '1', '2', expect=2)


@case('sources keep what the last import left out; --issues prints it')
def issues():
    folder = pictures('torn', 2)
    (folder / '000001.png').write_bytes(b'\x89PNG\r\n\x1a\nand then nothing')
    quarry('import', folder, expect=3)
    row = next(row for row in listing('sources') if row['name'] == 'torn')
    issue, = row['issues']
    assert set(issue) == {'level', 'path', 'place', 'message'}
    assert '000001.png' in issue['path'] and issue['level'] == 'skipped' and issue['message'], issue
    assert '000001.png' not in quarry('sources').stdout
    assert '000001.png' in quarry('sources', '--issues').stdout and '000001.png' in quarry('sources', '-i').stdout
    (folder / '000001.png').write_bytes((folder / '000000.png').read_bytes())
    quarry('import', folder)
    assert next(row for row in listing('sources') if row['name'] == 'torn')['issues'] == []


@case('import --json: an object for each path, with what failed')
def import_json():
    good = pictures('good', 2)
    import json
    done = run(command('import', '--json', good, HERE / 'nowhere', HERE / 'torn'), expect=1)
    rows = json.loads(done.stdout)
    assert [row['path'] for row in rows] == [str(good), str(HERE / 'nowhere'), str(HERE / 'torn')]
    assert [row['error'] is None for row in rows] == [True, False, True]
    assert rows[0]['id'] > 0 and rows[1]['id'] == 0 and 'nowhere' in rows[1]['error']
    assert rows[2]['id'] == next(row['id'] for row in listing('sources') if row['name'] == 'torn')


@case('the formats are listed, each with what it reads')
def formats():
    import json
    rows = json.loads(quarry('import', '--list-formats', '--json').stdout)
    names = [row['id'] for row in rows]
    assert {'images', 'kitti-object', 'kitti-raw'} <= set(names) and len(set(names)) == len(names)
    assert all(row['reads'] for row in rows)
    assert [line.split()[0] for line in quarry('import', '--list-formats').stdout.splitlines()] == names


@case('stats: an object a facet, whose rows add up')
def stats():
    rows = {row['id']: row for row in listing('stats')}
    frames = len(listing('frames'))
    assert rows['totals']['frames'] == frames
    for facet in ('scene', 'source'):
        assert sum(row['frames'] for row in rows[facet]['rows']) == frames, facet
    assert sum(row['annotations'] for row in rows['class']['rows']) == rows['totals']['annotations']
    empty = next(row for row in listing('stats', 'tag:nothing') if row['id'] == 'totals')
    assert empty['frames'] == 0 and empty['annotations'] == 0
    quarry('stats', catalog='empty.db')


sys.exit(main())
