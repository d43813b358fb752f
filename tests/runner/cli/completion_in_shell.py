#!/usr/bin/env python3
"""Presses Tab in a real shell that has read the script of `assay completion`.

    completion_in_shell.py SHELL ASSAY SOURCE      bash, zsh or fish; the program; the source tree

The shell runs in a terminal of its own. A key prints the line being edited, so that what is compared is what a user
would see after Tab. Exits with 77 (skipped) where the shell is not installed or there are no terminals.
"""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import termios
import time

SHELL, ASSAY, SOURCE = sys.argv[1:4]
TIMEOUT_S = 60
SHOW_LINE, CLEAR_LINE = "\x18", "\x15"  # Ctrl-X is bound below; Ctrl-U is the shells' own

# What is typed and what it becomes. A word that is whole ends in a blank, a key that wants a value does not.
CASES = {
    "assay comple": "assay completion ",
    "assay new c": "assay new config ",
    "assay show configs/digits.yaml --sou": "assay show configs/digits.yaml --sources ",
    "assay run configs/digits.yaml optimizer.weight": "assay run configs/digits.yaml optimizer.weight_decay=",
    "assay run configs/digits.yaml checkp": "assay run configs/digits.yaml checkpoint.",
    "assay run configs/digits.yaml model=ml": "assay run configs/digits.yaml model=mlp ",
    "assay run configs/digits.yaml evaluate.test=nev": "assay run configs/digits.yaml evaluate.test=never ",
    "assay describe adamw": "assay describe adamw ",
    "assay list opti": "assay list optimizer ",
    "assay check configs/digits.ya": "assay check configs/digits.yaml ",
}

SETUP = {
    "bash": ["bind -x '\"\\C-x\": printf \"<<%s>>\" \"$READLINE_LINE\"'", "source <(assay completion bash)"],
    "zsh": ["autoload -Uz compinit", "compinit -D -u", "source <(assay completion zsh)",
            "show_line() { printf '<<%s>>' \"$BUFFER\" }", "zle -N show_line", "bindkey '^X' show_line"],
    "fish": ["assay completion fish | source", "bind \\cx 'printf \"<<%s>>\" (commandline)'"],
}
COMMAND = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


class Terminal:
    """A shell in a pseudo-terminal."""

    def __init__(self, home):
        environment = {
            "PATH": os.path.dirname(ASSAY) + ":/usr/local/bin:/usr/bin:/bin",
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
            "TERM": "dumb" if SHELL == "bash" else "xterm",
            "LC_ALL": "C.UTF-8",
        }
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(SOURCE)
            os.execvpe(COMMAND[SHELL][0], COMMAND[SHELL], environment)
        termios.tcsetwinsize(self.fd, (50, 200))
        self.seen = ""

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def wait_for(self, pattern):
        """The first match of `pattern` in what the shell prints from here on."""
        end = time.monotonic() + TIMEOUT_S
        while not (found := re.search(pattern, self.seen)):
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                sys.exit(f"{SHELL}: no {pattern!r} within {TIMEOUT_S} s; it printed:\n{self.seen!r}")
            self.seen += os.read(self.fd, 65536).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def run(self, line, number):
        self.type(f"{line}; echo rea''dy{number}\r")
        self.wait_for(f"ready{number}\r?\n")


def completed(terminal, typed):
    terminal.type(typed + "\t" + SHOW_LINE)
    line = terminal.wait_for(r"<<([^<>]*)>>").group(1)
    terminal.type(CLEAR_LINE)
    return line


def has_terminals():
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        return False
    return True


def main():
    if shutil.which(SHELL) is None:
        print(f"skipped: {SHELL} is not installed")
        sys.exit(77)
    if not has_terminals():
        print("skipped: this system has no pseudo-terminals (is /dev/pts mounted?)")
        sys.exit(77)
    wrong = []
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(home)
        for number, line in enumerate(SETUP[SHELL]):
            terminal.run(line, number)
        for typed, expected in CASES.items():
            line = completed(terminal, typed)
            if line != expected:
                wrong.append(f"{typed!r} became {line!r}, not {expected!r}")
        os.close(terminal.fd)
    print("\n".join(wrong) or f"{SHELL}: {len(CASES)} lines completed")
    sys.exit(1 if wrong else 0)


main()
