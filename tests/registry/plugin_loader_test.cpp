// Plugins from outside: what is opened, and what is refused in one sentence. The plugins are versions of
// plugins/probe.cpp.
#include "registry/plugin_loader.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/schedule.h"
#include "registry/plugin.h"
#include "registry/plugin_stamp.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string probe(const std::string& name) { return text(PROBES, '/', name, "/probe.so"); }

Problem refusal_of(const std::string& file) {
  Registry registry = builtin_registry();
  try {
    load_plugin({file}, registry);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::plugin);
    EXPECT_THAT(error.problems(), SizeIs(1));
    return error.problems().front();
  }
  ADD_FAILURE() << file << " was loaded";
  return {};
}

/// A copy of the good probe in which `from` is replaced by `to`, which is as long.
std::string changed_probe(const TemporaryFolder& folder, std::string_view from, std::string_view to) {
  std::string bytes = read_text(probe("good"));
  for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1))
    bytes.replace(at, from.size(), to);
  return folder.write("probe.so", bytes);
}

TEST(PluginLoader, DeclaresComponentsUnderThePluginsName) {
  Registry registry = builtin_registry();

  load_plugin({probe("good")}, registry);

  const ComponentInfo* half = registry.find("schedule", "probe/half");
  ASSERT_NE(half, nullptr);
  EXPECT_EQ(half->plugin, "probe");
  EXPECT_EQ(half->plugin_version, "1.2.0");
  ASSERT_THAT(registry.plugins(), SizeIs(1));
  EXPECT_EQ(registry.plugins()[0].file, probe("good"));
}

TEST(PluginLoader, WhatItDeclaresCanBeBuilt) {
  Registry registry = builtin_registry();
  load_plugin({probe("good")}, registry);
  Implementations parts = builtin_implementations();

  load_plugin_parts(registry.plugins(), parts);

  const auto slot = registry.bind<Schedule>(to_value(Json("probe/half"), {}), "schedule");
  EXPECT_EQ(parts.build(slot, {})->factor(0), 0.5);
}

TEST(PluginLoader, TheSameFileTwiceIsLoadedOnce) {
  const TemporaryFolder folder;
  fs::create_symlink(probe("good"), folder / "link.so");
  Registry registry = builtin_registry();

  load_plugin({probe("good")}, registry);
  load_plugin({folder / "link.so"}, registry);

  EXPECT_THAT(registry.plugins(), SizeIs(1));
}

TEST(PluginLoader, RefusesASecondPluginOfTheSameName) {
  const TemporaryFolder folder;
  Registry registry = builtin_registry();
  load_plugin({probe("good")}, registry);
  fs::copy_file(probe("good"), folder / "other.so");

  const auto problems = problems_of([&] { load_plugin({folder / "other.so"}, registry); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message,
            text("plugin ", folder / "other.so", " is called probe, as ", probe("good"), " is"));
}

TEST(PluginLoader, RefusesAnotherBuildBeforeItsCodeRuns) {
  const TemporaryFolder folder;
  std::string bytes = read_text(probe("throws_when_opened"));
  for (std::size_t at = bytes.find("LibTorch 2"); at != std::string::npos; at = bytes.find("LibTorch 2", at))
    bytes.replace(at, 10, "LibTorch 1");
  const std::string file = folder.write("probe.so", bytes);

  const Problem problem = refusal_of(file);

  EXPECT_THAT(problem.message, HasSubstr(text("plugin ", file, " was built for assay ")));
  EXPECT_THAT(problem.message, HasSubstr("LibTorch 1."));
  EXPECT_THAT(problem.message, HasSubstr(text("but this is ", build_id())));
  EXPECT_EQ(problem.hint, "build it again against this assay");
}

TEST(PluginLoader, RefusesAnotherAbi) {
  const TemporaryFolder folder;
  const Problem problem = refusal_of(changed_probe(folder, text("abi=", plugin_abi), "abi=9"));
  EXPECT_THAT(problem.message, HasSubstr("(ABI 9)"));
}

TEST(PluginLoader, RefusesWhatIsNotThere) {
  EXPECT_EQ(refusal_of("/nowhere/my.so").message, "plugin /nowhere/my.so does not exist");
}

TEST(PluginLoader, RefusesAFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(refusal_of(folder.path()).message, text("plugin ", folder.path(), " is a folder"));
}

TEST(PluginLoader, RefusesWhatIsNoLibrary) {
  const TemporaryFolder folder;
  const std::string file = folder.write("my.so", "INPUT(libelsewhere.so)\n" + std::string(100, ' '));
  EXPECT_EQ(refusal_of(file).message, text("plugin ", file, " is no shared library"));
}

TEST(PluginLoader, RefusesAnEmptyFile) {
  const TemporaryFolder folder;
  const std::string file = folder.write("my.so", "");
  EXPECT_EQ(refusal_of(file).message, text("plugin ", file, " is no shared library"));
}

TEST(PluginLoader, RefusesALibraryForAnotherMachine) {
  const TemporaryFolder folder;
  std::string bytes = read_text(probe("good"));
  bytes[18] = '\xf3';  // e_machine: RISC-V
  const std::string file = folder.write("my.so", bytes);
  EXPECT_THAT(refusal_of(file).message, HasSubstr(" was built for ELF machine 243, but this is "));
}

TEST(PluginLoader, RefusesALibraryThatIsCutOff) {
  const TemporaryFolder folder;
  const std::string bytes = read_text(probe("good"));
  const std::string file = folder.write("my.so", bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(refusal_of(file).message, text("plugin ", file, " is cut off or damaged"));
}

TEST(PluginLoader, RefusesALibraryThatIsNoPlugin) {
  const std::string file = library_folder() + "/libassay.so";
  EXPECT_EQ(refusal_of(file).message, text("plugin ", file, " is a library, but no plugin of assay"));
}

TEST(PluginLoader, RefusesAPluginThatDeclaresNothing) {
  EXPECT_THAT(refusal_of(probe("declares_nothing")).message, HasSubstr("it has no function assay_plugin"));
}

TEST(PluginLoader, NamesAPluginThatThrowsWhenItDeclares) {
  const std::string file = probe("throws_when_declared");
  EXPECT_EQ(refusal_of(file).message,
            text("plugin ", file, " failed to declare its components: no licence found"));
}

TEST(PluginLoader, NamesAPluginThatDeclaresANameTwice) {
  const std::string file = probe("declares_twice");
  EXPECT_EQ(refusal_of(file).message,
            text("plugin ", file,
                 " failed to declare its components: plugin probe declares schedule "
                 "probe/half, which plugin probe declared before"));
}

TEST(PluginLoader, NamesAComponentThatThrowsInItsConstructor) {
  Registry registry = builtin_registry();
  load_plugin({probe("throws_when_built")}, registry);
  Implementations parts = builtin_implementations();
  load_plugin_parts(registry.plugins(), parts);
  const auto slot = registry.bind<Schedule>(to_value(Json("probe/half"), {}), "schedule");

  const auto problems = problems_of([&] { parts.build(slot, {}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("schedule: building probe/half failed: no licence found"));
}

TEST(PluginLoaderDeathTest, NamesAPluginWhoseStaticInitialiserThrows) {
  const std::string file = probe("throws_when_opened");
  EXPECT_EXIT(refusal_of(file), ::testing::ExitedWithCode(7),
              "probe.so threw while it was opened: no licence found");
}

TEST(PluginsOnPath, TakesFilesAndThePluginsOfFolders) {
  const TemporaryFolder folder;
  fs::copy_file(probe("good"), folder / "a.so");
  fs::copy_file(probe("good"), folder / "a.impl.so");
  fs::copy_file(library_folder() + "/libassay.so", folder / "no_plugin.so");
  folder.write("script.so", "INPUT(x)");
  folder.write("notes.txt", "");

  std::vector<std::string> files;
  for (const PluginFile& plugin : plugins_on_path("/elsewhere/b.so::" + folder.path()))
    files.push_back(plugin.file);

  EXPECT_THAT(files, ElementsAre("/elsewhere/b.so", folder / "a.so"));
}

TEST(PluginsOnPath, AnEmptyPathHasNone) { EXPECT_THAT(plugins_on_path(""), IsEmpty()); }

TEST(PluginStamp, SaysWhoThePluginIs) {
  const auto stamp = find_stamp(probe("good"));

  ASSERT_TRUE(stamp.has_value());
  EXPECT_EQ(stamp->name, "probe");
  EXPECT_EQ(stamp->version, "1.2.0");
  EXPECT_EQ(stamp->build, build_id());
}

}  // namespace
}  // namespace assay::testing
