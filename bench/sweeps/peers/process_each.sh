#!/bin/sh
# A process for each of the first N trials, JOBS at a time: PYTHON JOBS N
set -eu
python=$1 jobs=$2 n=$3
cd "$(dirname "$0")"
"$python" -c "import trial; [print(*point) for point in trial.POINTS[:$n]]" |
  xargs -P "$jobs" -L 1 "$python" -c "import sys, trial; trial.train(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
echo "$n"
