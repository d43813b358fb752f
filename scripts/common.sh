# Sourced by the scripts of this folder: the root of the tree, messages, and how long each phase took.
# Messages go to stderr, like those of the program itself: stdout carries results.

shopt -s inherit_errexit
# shellcheck disable=SC2034  # used by those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'assay: %s\n' "$*" >&2; }
note() { printf '       %s\n' "$*" >&2; }

# fail MESSAGE [HINT ...]: the fact, then what to do about it.
fail() {
  printf 'assay: error: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '  hint: %s\n' "$@" >&2
  exit 1
}

now_us() { printf '%s' "${EPOCHREALTIME//[!0-9]/}"; }

# seconds_since START_US: with one decimal.
seconds_since() {
  local tenths=$((($(now_us) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# took PHASE START_US: says how long it took.
took() { say "$1 took $(seconds_since "$2") s"; }

# print_usage SCRIPT: the comment that the script opens with.
print_usage() {
  awk 'NR > 1 && !/^#/ {exit} NR > 1 {sub(/^# ?/, ""); print}' "$1"
  exit 0
}

# Parallel compilations: one a core, and not more than memory holds (a file that sees LibTorch takes up to 1 GB).
compile_jobs() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || true)
  memory_gb=${memory_gb:-$cores}
  ((memory_gb >= 1)) || memory_gb=1
  echo $((cores < memory_gb ? cores : memory_gb))
}

# build_folder PRESET: where CMakePresets.json puts it.
build_folder() { if [[ $1 == release ]]; then echo build; else echo "build-$1"; fi; }

# is_configured FOLDER LIBTORCH [tests]: with what CMakePresets.json says now, with this LibTorch and, where asked for,
# with the tests. CMakeLists.txt files are watched by the build itself.
is_configured() {
  local cache=$1/CMakeCache.txt
  [[ -f $cache && $1/build.ninja -nt CMakePresets.json ]] || return 1
  grep -qx "LIBTORCH:PATH=$2" "$cache" || return 1
  [[ ${3:-} != tests ]] || ! grep -q '^GTest_DIR:PATH=.*NOTFOUND$' "$cache"
}

# configure PRESET [tests]: unless that is done. Anew, for CMake remembers what it found before.
configure() {
  local preset=$1 folder libtorch start
  folder=$(build_folder "$preset")
  libtorch=$(realpath build/libtorch)
  ! is_configured "$folder" "$libtorch" "${2:-}" || return 0

  start=$(now_us)
  mkdir -p "$folder"
  cmake --fresh --preset "$preset" -DLIBTORCH="$libtorch" >"$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log" >&2
    fail "CMake could not configure $folder" "the lines above say what it did not find"
  }
  took "configuration of $folder" "$start"
}

# build PRESET TARGET
build() {
  local start
  start=$(now_us)
  cmake --build "$(build_folder "$1")" --target "$2" --parallel "$(compile_jobs)" >&2
  took "compilation of '$2'" "$start"
}

# run_tests PRESET: those without a label first (under a second each), then the others but for experiments, which take
# minutes each; both are run whatever comes out. (A label filter in the preset would win over these.)
run_tests() {
  local ctest=(ctest --preset "$1" --parallel "$(nproc)") failed=false
  "${ctest[@]}" --label-exclude '.' || failed=true
  "${ctest[@]}" --label-regex '.' --label-exclude experiments --no-tests=ignore || failed=true
  ! $failed || fail "tests failed" "one of them again: ${ctest[*]} -R NAME"
}
