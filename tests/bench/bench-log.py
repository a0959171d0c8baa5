#!/usr/bin/env python3
# bench-log.py: MCAP against the mcap package, bag summary against rosbags
#
# SPDX-License-Identifier: Apache-2.0
#
# Usage: bench-log.py BENCH-LOG FOLDER [MIB]. Needs the packages mcap, rosbags, zstandard and lz4 (PyPI). Makes the files in FOLDER,
# compares counts and bytes first, then times both in turn and prints the best of three and the ratio.

import pathlib
import random
import subprocess
import sys
import time

from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer

BENCH, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
MIB = int(sys.argv[3]) if len(sys.argv) > 3 else 512
TURNS = 3


def make_mcap(path):
    """Camera 10 Hz of 1 MB (as JPEG: does not compress), lidar 10 Hz of 0.5 MB (half of it does), IMU 100 Hz, status every 2 s"""
    noise = random.Random(7)
    lidar = bytearray(1 << 19)
    with path.open('wb') as out:
        writer = Writer(out, chunk_size=4 << 20, compression=CompressionType.ZSTD)
        writer.start(profile='ros2', library='bench')
        schema = writer.register_schema('std_msgs/msg/String', 'ros2msg', b'string data')
        topics = {n: writer.register_channel(n, 'cdr', schema) for n in ('/camera', '/lidar', '/imu', '/status')}
        put = lambda topic, ns, data: writer.add_message(topics[topic], ns, data, ns)
        for i in range(MIB * 10 // 15):
            ns = i * 100_000_000
            put('/camera', ns, noise.randbytes(1 << 20))
            lidar[::2] = noise.randbytes(1 << 18)
            put('/lidar', ns + 1, bytes(lidar))
            for k in range(10):
                put('/imu', ns + 2 + k * 10_000_000, noise.randbytes(300))
            if i % 20 == 0:
                put('/status', ns + 3, b'fine' * 20)
        writer.finish()


def quarry(path, *words):
    words = subprocess.run([BENCH, str(path), *words], check=True, capture_output=True, text=True).stdout.split()
    return {'open': float(words[0]), 'known': int(words[1]), 'n': int(words[2]), 'bytes': int(words[3]), 'scan': float(words[4])}


def package(path, topic=None):
    start, n, size = time.perf_counter(), 0, 0
    with path.open('rb') as file:
        for _, _, message in make_reader(file).iter_messages(topics=[topic] if topic else None, log_time_order=False):
            n += 1
            size += len(message.data)
    return {'n': n, 'bytes': size, 'scan': time.perf_counter() - start}


def compare(name, ours, theirs):
    first, other = ours(), theirs()
    assert (first['n'], first['bytes']) == (other['n'], other['bytes']), (first, other)
    ours_s = min(r['open'] + r['scan'] for r in (ours() for _ in range(TURNS)))
    theirs_s = min(r['scan'] for r in (theirs() for _ in range(TURNS)))
    print(f"{name}: {first['n']} messages, {first['bytes'] / 1e6:.0f} MB: {ours_s:.3f} s, package {theirs_s:.3f} s, ratio {theirs_s / ours_s:.2f}")
    return ours_s


def make_bag(path):
    from rosbags.rosbag1 import Writer as BagWriter
    data = random.Random(5).randbytes(1000)
    with BagWriter(path) as writer:
        connections = [writer.add_connection(f'/topic{i}', 'std_msgs/msg/String', msgdef='string data', md5sum='*') for i in range(8)]
        for i in range(300000):
            writer.write(connections[i % 8], i * 1000000, data)


def summary(path):
    from rosbags.rosbag1 import Reader
    start = time.perf_counter()
    with Reader(path) as reader:
        n = reader.message_count
    return {'n': n, 'scan': time.perf_counter() - start}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    log, bag = FOLDER / f'log-{MIB}.mcap', FOLDER / 'log.bag'
    if not log.exists():
        make_mcap(log)
    print(f'{log}: {log.stat().st_size / 1e6:.0f} MB')
    whole = compare('full scan', lambda: quarry(log), lambda: package(log))
    for topic in ('/lidar', '/imu', '/status'):
        one = compare(f'only {topic}', lambda: quarry(log, topic), lambda: package(log, topic))
        print(f'  {whole / one:.1f} × the full scan')
    print(f"open by index: {min(quarry(log, '--open')['open'] for _ in range(TURNS)) * 1000:.2f} ms")
    if not bag.exists():
        make_bag(bag)
    ours, theirs = quarry(bag, '--open'), summary(bag)
    assert ours['known'] == theirs['n'], (ours, theirs)
    ours_s = min(quarry(bag, '--open')['open'] for _ in range(TURNS))
    theirs_s = min(summary(bag)['scan'] for _ in range(TURNS))
    print(f"bag summary, {bag.stat().st_size / 1e6:.0f} MB, {theirs['n']} messages: {ours_s * 1000:.2f} ms, rosbags {theirs_s * 1000:.1f} ms, "
          f'ratio {theirs_s / ours_s:.0f}')


main()
