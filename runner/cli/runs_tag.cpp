// `assay runs tag`: words by which runs are found again.
#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_choice.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

constexpr std::size_t longest_tag = 100;

void check_tag(const std::string& tag) {
  const bool has_odd = std::any_of(tag.begin(), tag.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == ',';
  });
  if (!tag.empty() && tag.size() <= longest_tag && !has_odd) return;
  throw Error(Kind::usage, text("runs tag: '", printable(tag), "' cannot be a tag"),
              "a tag has no blanks, commas and control characters, and at most 100 bytes");
}

class RunsTag final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Adds tags to runs, or takes them away, whether they are running or finished; without --add and "
        "--remove it "
        "prints the tags of each. The record stays as it is: tags lie beside it, in tags.json.";
    choice_.describe(syntax, "to tag");
    syntax.repeatable("--add", "TAG", added_, "a tag to add; may be given more than once");
    syntax.repeatable("--remove", "TAG", removed_, "a tag to take away; may be given more than once");
    syntax.example("assay runs tag 3f2a --add baseline",
                   "found again by `assay runs --where \"'baseline' in tags\"`");
    syntax.example("assay runs tag --where 'name ~ debug*' --add throwaway", "all of some name");
  }

  int run(Session& session) override {
    for (const std::string& tag : added_) check_tag(tag);
    for (const store::RunSummary& run : choice_.runs("runs tag")) {
      const std::vector<std::string> tags = changed(run.tags);
      if (tags != run.tags) store::set_tags(run.folder, tags);
      session.out.write(
          text(run_name(run), ": ", tags.empty() ? "no tags" : printable(join(tags, " ")), '\n'));
    }
    return 0;
  }

 private:
  std::vector<std::string> changed(std::vector<std::string> tags) const {
    const auto has = [](const std::vector<std::string>& all, const std::string& tag) {
      return std::find(all.begin(), all.end(), tag) != all.end();
    };
    std::erase_if(tags, [&](const std::string& tag) { return has(removed_, tag); });
    for (const std::string& tag : added_) {
      if (!has(tags, tag)) tags.push_back(tag);
    }
    return tags;
  }

  RunsChoice choice_;
  std::vector<std::string> added_;
  std::vector<std::string> removed_;
};

}  // namespace

std::unique_ptr<Command> make_runs_tag() { return std::make_unique<RunsTag>(); }

}  // namespace assay::cli
