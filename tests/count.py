#!/usr/bin/env python3
# count.py: counts the results of meson test logs, case by case, and prints the last line of a run
#
# SPDX-License-Identifier: Apache-2.0
#
# A program that died, timed out or failed without a "not ok" counts as one failure more.

import json
import re
import sys


def count_tap(text):
    passed = failed = skipped = 0
    for line in text.splitlines():
        match = re.match(r'\s*(not )?ok\b(.*)', line)
        if not match or re.match(r'\s+', line):
            continue                                   # indented: a subtest of the line that sums it up
        if re.search(r'# *SKIP', match.group(2), re.I):
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    plan = re.search(r'^1\.\.0\b.*SKIP', text, re.M | re.I)
    return passed, failed, skipped + (1 if plan else 0)


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        with open(path, encoding='utf-8', errors='replace') as log:
            for line in log:
                test = json.loads(line)
                ok, bad, skip = count_tap(test.get('stdout') or '')
                if test['result'] in ('FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT') and bad == 0:
                    bad = 1
                    print(f"died: {test['name']}: {test['result']}")
                elif test['result'] == 'SKIP' and skip == 0:
                    skip = 1
                elif test['result'] == 'OK' and ok + bad + skip == 0:
                    ok = 1                             # a test by exit status
                passed, failed, skipped = passed + ok, failed + bad, skipped + skip
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
