"""What signals a process of a job gets: probe.py LOG NAME SECONDS [SIGNAL]

Writes `start RESTARTS`, then each signal, then `end`, into LOG as `TIME NAME WORD`; ends with 0 on SIGNAL. It is handed
on to a child, as NAME-child, where NAME ends in `+`.
"""
import os
import signal
import subprocess
import sys
import time


def main():
    log, name, seconds, *last = sys.argv[1:]
    with open(log, "a", buffering=1) as file:
        if name.endswith("+"):
            name = name[:-1]
            subprocess.Popen([sys.executable, __file__, log, f"{name}-child", seconds])

        def say(word):
            file.write(f"{time.time():.2f} {name} {word}\n")

        watched = {signal.SIGTERM, signal.SIGCONT, signal.SIGUSR1, signal.SIGUSR2}
        signal.pthread_sigmask(signal.SIG_BLOCK, watched)
        say(f"start {os.environ.get('SLURM_RESTART_COUNT', '0')}")
        deadline = time.monotonic() + float(seconds)
        while time.monotonic() < deadline:
            info = signal.sigtimedwait(watched, 0.05)
            if info is None:
                continue
            word = signal.Signals(info.si_signo).name[3:]
            say(word)
            if word in last:
                break
        say("end")


if __name__ == "__main__":
    main()
