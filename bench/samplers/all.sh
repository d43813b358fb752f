#!/bin/sh
# The samplers of assay against their namesakes in Optuna, on all functions, 100 seeds, 100 trials:
#
#   bench/samplers/all.sh build/dev/bench/bench_samplers PYTHON FOLDER
#
# PYTHON: one that has optuna and scipy. FOLDER: where the regrets go; what it holds of Optuna's is kept, so that a run
# that was stopped goes on. About 14 minutes of one core, all but 12 seconds of it in Optuna. Exit status 8 if a bound
# is not met.
set -eu
bench=$1 python=$2 out=$3
here=$(dirname "$0")
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p "$out"
verdict=0
for sampler in random sobol tpe; do
  "$bench" run "$sampler" --seeds 100 > "$out/$sampler.ours"
  "$python" "$here/optuna_peer.py" "$bench" "$sampler" "$out/$sampler.theirs" --seeds 100
  echo "== $sampler"
  "$python" "$here/compare.py" "$out/$sampler.ours" "$out/$sampler.theirs" || verdict=$?
done
exit "$verdict"
