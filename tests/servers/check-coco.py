# check-coco.py: loads a COCO export in pycocotools and measures it against itself
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: check-coco.py EXPORT-FOLDER STATS.json

import contextlib
import io
import json
import pathlib
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder = pathlib.Path(sys.argv[1])
totals = next(part for part in json.loads(pathlib.Path(sys.argv[2]).read_text()) if part['id'] == 'totals')
quiet = io.StringIO()
n_images = 0
categories = []
for path in sorted(folder.glob('annotations/instances_*.json')):
    split = path.stem.removeprefix('instances_')
    with contextlib.redirect_stdout(quiet):
        coco = COCO(str(path))
    n_images += len(coco.imgs)
    categories.append(coco.cats)
    assert coco.anns, f'{split}: no annotations'
    for image in coco.imgs.values():
        assert (folder / split / 'images' / image['file_name']).is_file(), image['file_name']
    for annotation in coco.anns.values():
        x, y, width, height = annotation['bbox']
        image = coco.imgs[annotation['image_id']]
        assert annotation['id'] > 0 and annotation['category_id'] in coco.cats
        assert x >= -0.5 and y >= -0.5 and x + width <= image['width'] + 0.5 and y + height <= image['height'] + 0.5, annotation
        if annotation['segmentation']:
            assert coco.annToMask(annotation).shape == (image['height'], image['width'])
    perfect = [{'image_id': a['image_id'], 'category_id': a['category_id'], 'bbox': a['bbox'], 'score': 0.9} for a in coco.anns.values()]
    with contextlib.redirect_stdout(quiet):
        measured = COCOeval(coco, coco.loadRes(perfect), 'bbox')
        measured.evaluate()
        measured.accumulate()
        measured.summarize()
    assert measured.stats[0] > 0.999, f'{split}: labels against themselves: AP {measured.stats[0]}'
    print(f'{split}: {len(coco.imgs)} images, {len(coco.anns)} annotations, {len(coco.cats)} categories')
assert n_images == totals['images'], f'{n_images} images instead of {totals["images"]}'
assert all(one == categories[0] for one in categories), 'the splits have different categories'
