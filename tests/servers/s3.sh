#!/usr/bin/env bash
# s3.sh: a real S3 server on loopback, a command against it, and no server again
#
# SPDX-License-Identifier: Apache-2.0
#
#   s3.sh versitygw|moto FOLDER COMMAND…      FOLDER keeps the installed server between runs
#
# versitygw checks signatures. moto could, too, but computes them over decoded slashes and pluses: it refuses boto3's own listings with a
# delimiter; so it does not here. COMMAND finds AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, an empty bucket named
# "quarry", and QUARRY_S3_SERVER=KIND. Its standard output is ours: nothing else is printed there.
set -eu -o pipefail
kind=$1
folder=$2
shift 2
versitygw_version=v1.8.0
moto_version=5.2.1
data=$(mktemp -d)
pid=
finish ()
{
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null || true; }
  rm -rf "$data"
}
trap finish EXIT
give_up ()
{
  tail -20 "$data/server.log" >&2 || true
  echo "Bail out! $1"
  exit 1
}
# Whatever login the person who runs this has is none of the test's business
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_S3 AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI || true
export AWS_EC2_METADATA_DISABLED=true AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null XDG_CACHE_HOME=$data/cache
export no_proxy=127.0.0.1 QUARRY_S3_SERVER=$kind
mkdir -p "$folder" "$data/buckets"
port=$(python3 -c 'import socket; s = socket.socket (); s.bind (("127.0.0.1", 0)); print (s.getsockname ()[1])')
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
# A sanitizer's or a test's environment is none of the server's business
clean="env -u ASAN_OPTIONS -u UBSAN_OPTIONS -u LSAN_OPTIONS -u G_DEBUG"

case $kind in
versitygw)
  binary=$folder/versitygw-$versitygw_version
  if [ ! -x "$binary" ]; then
    command -v go > /dev/null || { echo "1..0 # SKIP there is no Go to build versitygw with"; exit 0; }
    echo "building versitygw $versitygw_version" >&2
    GOBIN=$folder/go-bin GOFLAGS=-buildvcs=false go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version" >&2 ||
      give_up "versitygw $versitygw_version cannot be built"
    mv "$folder/go-bin/versitygw" "$binary"
  fi
  export AWS_ACCESS_KEY_ID=quarry-test AWS_SECRET_ACCESS_KEY=quarry-test-secret-key
  mkdir "$data/buckets/quarry"
  $clean ROOT_ACCESS_KEY=$AWS_ACCESS_KEY_ID ROOT_SECRET_KEY=$AWS_SECRET_ACCESS_KEY "$binary" --port "127.0.0.1:$port" --quiet posix "$data/buckets" \
    > "$data/server.log" 2>&1 &
  pid=$!
  ;;
moto)
  venv=$folder/moto-$moto_version
  if [ ! -e "$venv/complete" ]; then
    echo "installing moto $moto_version into $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$moto_version" "boto3>=1.35" >&2 || give_up "moto $moto_version cannot be installed"
    touch "$venv/complete"
  fi
  export AWS_ACCESS_KEY_ID=quarry-test AWS_SECRET_ACCESS_KEY=quarry-test-secret-key
  $clean "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" > "$data/server.log" 2>&1 &
  pid=$!
  ;;
*)
  give_up "'$kind' is no server known here"
  ;;
esac
for try in $(seq 120); do
  kill -0 "$pid" 2>/dev/null && [ "$try" -lt 120 ] || give_up "the server did not come up"
  python3 -c "import socket; socket.create_connection (('127.0.0.1', $port), 1)" 2>/dev/null && break
  sleep 0.5
done
if [ "$kind" = moto ]; then
  "$venv/bin/python" -c "import boto3; boto3.client ('s3').create_bucket (Bucket='quarry')" >&2 || give_up "no bucket could be made"
fi
status=0
"$@" || status=$?
[ "$status" = 0 ] || tail -40 "$data/server.log" >&2
exit "$status"
