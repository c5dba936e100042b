# The stages of `./dev test`; sourced by ./dev, whose functions and variables it uses.
#
# A stage runs in a folder of build/test/, which gets its log, and the results that sandbox.py and meson write
# there. tally.py turns them into counts; a stage that breaks without a result counts as one failure.

results=$build/test
sandbox=$root/tests/kit/sandbox.py
tally=$root/tests/kit/tally.py

running=  # the stage's process, and process group

# A stage runs beside us, so that Ctrl-C reaches us at once; meson then ends its tests, and they their processes.
interrupted() {
  trap '' INT TERM
  echo $'\ninterrupted'
  if [[ $running ]]; then
    kill -TERM -- "-$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
  fi
  exit 130
}

# stage NAME COMMAND [ARGUMENT...]: runs it with its output in a log, then prints time and counts.
stage() {
  local name=$1 begin=$SECONDS code=0
  shift
  mkdir -p "$results/$name"
  printf '%-26s' "$name"
  set -m
  WEFT_TEST_RESULTS=$results/$name/results.jsonl "$@" >"$results/$name/log" 2>&1 </dev/null &
  running=$!
  set +m
  wait "$running" || code=$?
  running=
  echo "$code" >"$results/$name/code"
  printf '%4d s   ' $((SECONDS - begin))
  python3 "$tally" stage "$results/$name"
}

# meson_tests DIRECTORY STAGE [SUITE...]: builds and runs its tests, without those suites, and what these alone need.
meson_tests() {
  local directory=$1 stage=$2 code=0
  shift 2
  meson test -C "$directory" --num-processes "$jobs" "${@/#/--no-suite=}" || code=$?
  cp "$directory"/meson-logs/testlog.{json,txt} "$results/$stage/"
  return "$code"
}

plain() {
  configure "$build" g++ && ninja -C "$build" && meson_tests "$build" "$1" && link_programs
}

# With line numbers alone, since all builds must fit the time. Warnings are the plain build's.
sanitizer() {
  local sanitizers=$1 optimization=$2 stage=$3 arguments='-g1 -fno-omit-frame-pointer'
  shift 3
  [[ $sanitizers != thread ]] || arguments+=' -Werror=tsan'
  configure "$root/build-$stage" g++ -Doptimization="$optimization" -Ddebug=false -Db_ndebug=false -Dwerror=false \
    -Db_sanitize="$sanitizers" -Dcpp_args="$arguments" && meson_tests "$root/build-$stage" "$stage" "$@"
}

# What runs no code of weft is not run again, and the fuzz corpora have a build of their own. Without optimisation, which
# takes half as long to compile.
address() { sanitizer address,undefined 0 "$1" compile_fail rules cost fuzz; }

# The programs' threads are the library's, which the other suites make race; they would double the build.
thread() { sanitizer thread 1 "$1" compile_fail rules cost fuzz docs apps; }

fuzz() {
  local stage=$1
  configure "$root/build-$stage" clang++-16 -Doptimization=1 -Ddebug=false -Db_ndebug=false -Dwerror=false \
    -Db_sanitize=address,undefined -Db_lundef=false -Dcpp_args='-g1 -fno-sanitize-recover=undefined' \
    -Dfuzz=true && meson_tests "$root/build-$stage" "$stage"
}

# Counted as one test: under the sandbox, which writes the result.
one_test() { "$sandbox" "$@"; }

# Prepared outside the sandbox: what a compiler cache leaves in its runtime directory is not the test's.
lint() { prepare_lint && one_test python3 "$root/tests/kit/lint.py" "$root/build-lint"; }

run_stages() {
  trap interrupted INT TERM
  rm -rf "$results"
  stage plain plain plain
  if [[ ${1:-} != --quick ]]; then
    stage format one_test "$root/dev" format --check
    stage lint lint
    stage address address address
    stage thread thread thread
    stage fuzz fuzz fuzz
  fi
  exec python3 "$tally" total "$results"
}
