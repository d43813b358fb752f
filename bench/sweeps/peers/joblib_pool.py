"""64 trials by joblib, with its default processes."""
import sys

import joblib

import trial

if __name__ == "__main__":
    results = joblib.Parallel(n_jobs=int(sys.argv[1]))(joblib.delayed(trial.train)(*point) for point in trial.POINTS)
    print(len(results))
