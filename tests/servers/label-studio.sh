#!/usr/bin/env bash
# label-studio.sh: a real Label Studio server on loopback, a command against it, and no server again
#
# SPDX-License-Identifier: Apache-2.0
#
#   label-studio.sh FOLDER COMMAND…      FOLDER keeps the installed server between runs
#
# COMMAND finds QUARRY_LABEL_STUDIO_URL and QUARRY_LABEL_STUDIO_TOKEN. Its standard output is ours: nothing else is printed there.
set -eu -o pipefail
version=1.23.2
folder=$1
shift
venv=$folder/label-studio-$version
data=$(mktemp -d)
pid=
finish ()
{
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null || true; }
  rm -rf "$data"
}
trap finish EXIT

if [ ! -e "$venv/complete" ]; then
  echo "installing label-studio $version into $venv" >&2
  rm -rf "$venv"
  mkdir -p "$folder"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "label-studio==$version" >&2 || { echo "Bail out! label-studio $version cannot be installed"; exit 1; }
  touch "$venv/complete"
fi

# Nothing is asked of the internet: no newer version, no analytics, no error reports, no feature flags
export LATEST_VERSION_CHECK=0 COLLECT_ANALYTICS=false SENTRY_DSN= FRONTEND_SENTRY_DSN= SENTRY_RATE=0 FEATURE_FLAGS_OFFLINE=true
export LABEL_STUDIO_BASE_DATA_DIR=$data LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN=true DISABLE_SIGNUP_WITHOUT_LINK=true
export QUARRY_LABEL_STUDIO_TOKEN=0123456789abcdef0123456789abcdef01234567
# A sanitizer's or a test's environment is none of the server's business
start ()
{
  env -u ASAN_OPTIONS -u UBSAN_OPTIONS -u LSAN_OPTIONS -u G_DEBUG HOME="$data" "$venv/bin/label-studio" start --no-browser --internal-host 127.0.0.1 \
    --port "$1" --data-dir "$data" --username ann@example.com --password long-enough --user-token $QUARRY_LABEL_STUDIO_TOKEN \
    --enable-legacy-api-token --agree-fix-sqlite > "$data/server.log" 2>&1 &
  pid=$!
}
# The first start makes the database by hundreds of migrations; later ones begin with a copy of it as it was when new
[ ! -e "$venv/new.sqlite3" ] || cp "$venv/new.sqlite3" "$data/label_studio.sqlite3"
port=$(python3 -c 'import socket; s = socket.socket (); s.bind (("127.0.0.1", 0)); print (s.getsockname ()[1])')
start "$port"
export QUARRY_LABEL_STUDIO_URL=http://127.0.0.1:$port no_proxy=127.0.0.1
for second in $(seq 300); do
  if ! kill -0 "$pid" 2>/dev/null || [ "$second" = 300 ]; then
    tail -20 "$data/server.log" >&2
    echo "Bail out! the server did not come up"
    exit 1
  fi
  curl -sf -o /dev/null --max-time 5 "$QUARRY_LABEL_STUDIO_URL/health" && break
  sleep 1
done
echo "label-studio $version answers at $QUARRY_LABEL_STUDIO_URL after $second s" >&2
if [ ! -e "$venv/new.sqlite3" ]; then
  python3 -c 'import sqlite3, sys; sqlite3.connect (sys.argv[1]).backup (sqlite3.connect (sys.argv[2]))' "$data/label_studio.sqlite3" "$venv/new.part"
  mv "$venv/new.part" "$venv/new.sqlite3"
fi

status=0
"$@" || status=$?
[ "$status" = 0 ] || tail -40 "$data/server.log" >&2
exit "$status"
