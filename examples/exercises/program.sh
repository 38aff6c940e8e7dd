# shellcheck shell=bash
# Sourced by workloads that have a C program beside them. It is kept in a cache, so that a trace sees the program run
# and not the compiler.
programs=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/faultline/exercises

# build SOURCE    compiles it where it has not been since it changed. With frame pointers, so that stacks are
# whole; gcc leaves them out of small functions, whatever it is told, unless it does not optimize.
build() {
  local program
  program=$programs/$(basename "$1" .c)
  if [[ ! $program -nt $1 ]]; then
    if ! command -v gcc >/dev/null; then
      echo 'this needs gcc' >&2
      exit 3
    fi
    mkdir -p "$programs"
    gcc -O0 -g -fno-omit-frame-pointer -o "$program" "$1"
  fi
}

# clean SOURCE
clean() {
  rm -f "$programs/$(basename "$1" .c)"
  rmdir "$programs" "${programs%/*}" 2>/dev/null || true
}
