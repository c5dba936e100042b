#!/bin/bash
# What weft promises, on one screen: programs that find each other with nothing configured, a mismatch that explains
# itself, and deaths that are noticed at once and leave nothing.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./dev demo [SECONDS]

Starts weft-hostmon (measures this machine), weft-alerts (derives alerts) and weft-hostview (shows both live, for
SECONDS, default 10), which find each other, and prints what flowed. Then lets `weft why` explain why a subscriber of
another type gets nothing, kills a publisher and the daemon with kill -9, prints when each was noticed, ends all that it
started, and counts what was left behind.
TEXT
}

seconds=${1:-10}
[[ $seconds == -h || $seconds == --help ]] && { usage; exit 0; }
[[ $seconds =~ ^[0-9]+(\.[0-9]+)?$ && $seconds != 0 ]] || { usage >&2; exit 2; }

bin=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../build/bin" && pwd)
demo=$bin/../apps/demo/weft-demo
logs=
WEFT_RUNTIME_DIR=

# Ends all that this shell started. Again and again: one that has just been forked is this shell still, whose trap takes
# the signal.
stop_programs() {
  local programs
  while programs=($(jobs -pr)); ((${#programs[@]})); do
    kill -TERM "${programs[@]}" 2>/dev/null || true
    sleep 0.02
  done
}

# Who lives in the demo's directory, started by whomever; but not those who look.
inhabitants() (
  home=$WEFT_RUNTIME_DIR
  unset WEFT_RUNTIME_DIR
  grep -lsFxz "WEFT_RUNTIME_DIR=$home" /proc/[0-9]*/environ | cut -d / -f 3
)

# Also one that is just being started: its parent may have gone before its child was seen, so twice nobody is nobody.
stop_daemon() {
  local found nobody=0
  while ((nobody < 2)); do
    found=$(inhabitants) || true
    [[ $found ]] || { ((++nobody)); continue; }
    nobody=0
    kill -TERM $found 2>/dev/null || true
    sleep 0.02
  done
}

cleanup() {
  trap '' INT TERM HUP  # one is enough
  if [[ $WEFT_RUNTIME_DIR ]]; then
    stop_programs
    stop_daemon
    "$bin/weft" doctor &>/dev/null || true  # removes what programs left that were killed when Ctrl-C came
    rmdir "$WEFT_RUNTIME_DIR"  # fails, loudly, if anything was left behind
  fi
  rm -rf "$logs"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# A directory of its own: what is made is also known, whenever Ctrl-C comes.
directory() (trap '' INT TERM HUP; mktemp -d -t "$1.XXXXXX")
logs=$(directory weft-demo-logs)
WEFT_RUNTIME_DIR=$(directory weft-demo)  # a demo disturbs nobody and leaves nothing
export WEFT_RUNTIME_DIR
unset WEFT_DOMAIN WEFT_DISCOVERY

failed() {
  cat "$logs"/* >&2
  exit 1
}

title() { printf '\n%s\n' "$1"; }

"$bin/weft-hostmon" --rate 10 2>"$logs/hostmon" &
"$bin/weft-alerts" --rule cpu_busy=0.5:0.3:1s 2>"$logs/alerts" &
"$bin/weft-hostview" --duration "$seconds" || failed

title "A subscriber takes host/load for another type. weft why host/load:"
"$demo" mismatched 2>"$logs/mismatched" &
for ((tries = 0; tries < 100; ++tries)); do
  why=$("$bin/weft" why host/load 2>&1) || true  # 1: something does not flow
  [[ $why != *' type: '* ]] || break
  sleep 0.05
done
sed 's/^/  /' <<<"$why"

title "kill -9:"
"$demo" || failed

stop_programs
stop_daemon
left=("$WEFT_RUNTIME_DIR"/*)
[[ -e ${left[0]} ]] || left=()
title "leftovers: ${#left[@]}"
((${#left[@]} == 0)) || { printf '%s\n' "${left[@]}" >&2; exit 1; }
if [[ -t 1 ]]; then
  echo $'\nNext: build/bin/weft-hostmon & build/bin/weft topic echo host/load'
fi
