#!/bin/bash
# Three programs, one machine: weft-hostmon measures, weft-alerts derives alerts, weft-hostview shows both.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./dev demo [SECONDS]

Starts weft-hostmon (measures this machine), weft-alerts (derives alerts) and weft-hostview (shows both live, for
SECONDS, default 10), prints what flowed, and ends all three.
TEXT
}

seconds=${1:-10}
[[ $seconds == -h || $seconds == --help ]] && { usage; exit 0; }
[[ $seconds =~ ^[0-9]+(\.[0-9]+)?$ && $seconds != 0 ]] || { usage >&2; exit 2; }

bin=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../build/bin" && pwd)
WEFT_RUNTIME_DIR=$(mktemp -d /tmp/weft-demo.XXXXXX)  # its own: a demo disturbs nobody and leaves nothing
export WEFT_RUNTIME_DIR
programs=()
cleanup() {
  if ((${#programs[@]})); then
    kill -TERM "${programs[@]}" 2>/dev/null || true
    wait "${programs[@]}" 2>/dev/null || true
  fi
  rm -f "$WEFT_RUNTIME_DIR"/*.log
  rmdir "$WEFT_RUNTIME_DIR"  # fails, loudly, if anything was left behind
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

"$bin/weft-hostmon" --rate 10 2>"$WEFT_RUNTIME_DIR/hostmon.log" &
programs+=($!)
"$bin/weft-alerts" --rule cpu_busy=0.5:0.3:1s 2>"$WEFT_RUNTIME_DIR/alerts.log" &
programs+=($!)
"$bin/weft-hostview" --duration "$seconds" &
programs+=($!)

failed=0
wait "${programs[2]}" || failed=$?
unset 'programs[2]'
if ((failed)); then
  cat "$WEFT_RUNTIME_DIR"/*.log >&2
elif [[ -t 1 ]]; then
  echo $'\nNext: build/bin/weft-hostmon & build/bin/weft topic echo host/load --connect ipc://hostmon-load'
fi
exit "$failed"
