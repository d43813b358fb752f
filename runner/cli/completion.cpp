// `assay completion`: scripts for shells, all of which ask `assay complete`.
#include "core/error.h"
#include "runner/cli/command.h"

namespace assay::cli {
namespace {

// bash breaks words at '=' and ':', which belong to overrides: the line is broken at blanks instead, and what
// bash holds fixed is taken off the candidates again.
constexpr std::string_view bash_script = R"(# Completion of assay for bash:  source <(assay completion bash)
_assay() {
  local -a words
  local word doc fixed=''
  read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  word=${words[${#words[@]}-1]}
  [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && fixed=${word%"${word##*=}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word doc; do
    COMPREPLY+=("${word#"$fixed"}")
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[=.] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _assay assay
)";

constexpr std::string_view zsh_script = R"(#compdef assay
# Completion of assay for zsh:  source <(assay completion zsh), or a file _assay in a folder of $fpath
_assay() {
  local -a whole open
  local word doc
  while IFS=$'\t' read -r word doc; do
    if [[ $word == *[=.] ]]; then
      open+=("${word//:/\\:}:$doc")
    else
      whole+=("${word//:/\\:}:$doc")
    fi
  done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#whole} + ${#open} == 0 )); then
    _files
    return
  fi
  (( ${#whole} )) && _describe 'assay' whole
  (( ${#open} )) && _describe 'key' open -S ''
}
compdef _assay assay
)";

constexpr std::string_view fish_script = R"(# Completion of assay for fish:  assay completion fish | source
function __assay_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] "$last" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$last"
    end
end
complete -c assay -f -a '(__assay_complete)'
)";

class CompletionCommand final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Prints a script that teaches a shell to complete assay's commands, options, config keys, component "
        "names and "
        "values, from this build's own declarations.";
    syntax.positional("SHELL", shell_, "bash, zsh or fish");
    syntax.arguments.back().choices = {"bash", "zsh", "fish"};
    syntax.example("source <(assay completion bash)", "in this shell; in ~/.bashrc: in every one");
    syntax.example("assay completion fish > ~/.config/fish/completions/assay.fish", "for fish");
  }

  int run(Session& session) override {
    session.out.write(shell_ == "bash" ? bash_script : shell_ == "zsh" ? zsh_script : fish_script);
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<CompletionCommand>(); }

}  // namespace assay::cli
