#!/usr/bin/env bash
# check-coco.sh: a COCO export of the demo is what COCO's own tools read
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: check-coco.sh QUARRY-BINARY BUILD-FOLDER    (installs pycocotools into BUILD-FOLDER/venv-coco)
set -eu -o pipefail
quarry=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -x "$build/venv-coco/bin/python" ] || ! "$build/venv-coco/bin/python" -c 'import pycocotools' 2>/dev/null; then
  python3 -m venv "$build/venv-coco"
  "$build/venv-coco/bin/pip" install --quiet --disable-pip-version-check pycocotools
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export QUARRY_CATALOG=$work/catalog.db
"$quarry" demo --frames 6 --width 320 "$work/site" >/dev/null
"$quarry" import "$work/site" >/dev/null
"$quarry" dataset create demo --query '' >/dev/null
"$quarry" dataset split demo --train 0.5 --val 0.5 --by frame >/dev/null
code=0
"$quarry" export demo --format coco --to "$work/coco" >/dev/null 2>"$work/losses" || code=$?
[ "$code" = 3 ] || { cat "$work/losses"; echo "export: exit $code instead of 3 (cuboids cannot be carried)"; exit 1; }
"$quarry" stats --json >"$work/stats.json"
"$build/venv-coco/bin/python" "$here/check-coco.py" "$work/coco" "$work/stats.json"
