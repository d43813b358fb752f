// `assay new plugin`: a folder that builds into a plugin. What is written is the plugin that comes with
// assay, plugins/example, under another name, so that what is written is what is built and trained with in
// the tests.
#include <algorithm>
#include <array>
#include <cctype>

#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/plugin.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/shipped_data.h"

namespace assay::cli {
namespace {

constexpr std::string_view example = "example";

/// `wide_mlp` -> `WideMlp`.
std::string type_name(const std::string& name) {
  std::string out;
  for (const std::string& word : split(name, '_')) {
    if (word.empty()) continue;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    out += word.substr(1);
  }
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string renamed(std::string text, const std::string& name) {
  return replaced(replaced(std::move(text), type_name(std::string(example)), type_name(name)), example, name);
}

bool is_snake_case(const std::string& name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.back() != '_' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

/// The name becomes a namespace and a target as well.
void require_free_name(const std::string& name) {
  if (!is_snake_case(name)) {
    throw Error(Kind::usage, text("new plugin: '", printable(name), "' is no name of a plugin"),
                "take a-z, 0-9 and _, as my_layers");
  }
  constexpr std::array words{"assay", "at", "std", "test", "install", "all", "clean", "help"};
  if (std::find(words.begin(), words.end(), name) != words.end())
    throw Error(Kind::usage, text("new plugin: '", name, "' has another meaning in C++ or CMake"),
                "take another name");
  const Registry registry = builtin_registry();
  for (const FamilyInfo* family : registry.families()) {
    for (const ComponentInfo* component : registry.list(family->name)) {
      if (component->plugin == name)
        throw Error(Kind::usage, text("new plugin: '", name, "' is a name of assay's own"),
                    "take another name");
    }
  }
}

/// Where assay was installed; empty if this is its build folder.
std::string prefix() {
  const std::string folder = library_folder();
  return exists(join_path(folder, "cmake/assay")) ? parent_folder(folder) : std::string();
}

class NewPlugin final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Writes a plugin to begin with, in a folder of its name: a layer in C++, the CMake file that builds "
        "it "
        "against this assay, a test that runs the suites of its family on it, and an experiment that trains "
        "with it.";
    syntax.positional("NAME", name_, "of the plugin and of the layer in it, as my_layers");
    syntax.option("-o", "DIR", folder_, "the folder to write (default: NAME); never one that exists");
    syntax.example("assay new plugin my_layers", "then the four commands that it prints");
  }

  int run(Session& session) override {
    require_free_name(name_);
    const std::string folder = folder_.empty() ? name_ : folder_;
    if (exists(folder)) {
      throw Error(Kind::usage, text("new plugin: ", printable(folder), " is there already"),
                  "choose another folder with -o; nothing was written");
    }
    make_folders(folder);
    for (const std::string& file : list_folder(shipped_plugin())) {
      const std::string from = join_path(shipped_plugin(), file);
      if (is_folder(from)) continue;  // where somebody built it
      publish(join_path(folder, renamed(file, name_)), renamed(read_file(from), name_));
    }
    session.out.write(next_commands(folder));
    if (prefix().empty()) {
      session.err.write(
          "this assay is not installed: `cmake --install BUILD --prefix PREFIX` first, which is where "
          "plugins find "
          "what they are built with\n");
    }
    return 0;
  }

 private:
  std::string next_commands(const std::string& folder) const {
    const std::string build = shell_quoted(join_path(folder, "build"));
    const std::string where = prefix().empty() ? "PREFIX" : shell_quoted(prefix());
    return text("cmake -G Ninja -S ", shell_quoted(folder), " -B ", build, " -DCMAKE_PREFIX_PATH=", where, '\n',
                "cmake --build ", build, '\n', "ctest --test-dir ", build, " --output-on-failure\n",
                "assay run ", shell_quoted(join_path(folder, name_ + ".yaml")), '\n');
  }

  std::string name_;
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> make_new_plugin() { return std::make_unique<NewPlugin>(); }

}  // namespace assay::cli
