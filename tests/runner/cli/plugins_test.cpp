// Plugins from outside, as the commands show them: with one of a single schedule
// (tests/registry/plugins/probe.cpp).
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

const std::string probe = PROBES "/good/probe.so";

ProcessOptions with_path(const std::string& path) {
  ProcessOptions options;
  options.variables["ASSAY_PLUGIN_PATH"] = path;
  return options;
}

/// A config that names plugins and a schedule.
std::string config_text(const std::string& plugins, const std::string& schedule = "probe/half") {
  return text("assay: 1\nplugins: ", plugins,
              "\ndataset: iris\nmodel: mlp\noptimizer: adamw\nschedule: ", schedule,
              "\ntrain: {until: 2 epochs}\n");
}

TEST(Plugins, OfThePathAreListedAndDescribedLikeWhatShips) {
  EXPECT_THAT(
      run_assay({"list", "schedule"}, with_path(probe)).out,
      AllOf(HasSubstr("probe/half"), HasSubstr("A part of the learning rate"), HasSubstr("constant")));
  const Finished page = run_assay({"describe", "probe/half"}, with_path(PROBES "/good"));
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(page.out, AllOf(HasSubstr("schedule, probe 1.2.0"), HasSubstr("which part"),
                              HasSubstr("schedule: {type: probe/half, factor: 0.5}")));
  EXPECT_EQ(run_assay({"describe", "half"}, with_path(probe)).out, page.out);
}

TEST(Plugins, AreInTheSchema) {
  EXPECT_THAT(run_assay({"schema"}, with_path(probe)).out, HasSubstr("\"probe/half\""));
}

TEST(Plugins, AreCompleted) {
  const Finished name = run_assay({"complete", "--", "describe", "probe"}, with_path(probe));
  EXPECT_THAT(name.out, HasSubstr("probe/half\tschedule: A part of the learning rate"));

  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[" + probe + "]"));
  EXPECT_THAT(run_assay({"complete", "--", "run", file, "schedule.f"}).out, HasSubstr("schedule.factor="));
  EXPECT_THAT(run_assay({"complete", "--", "run", file, "schedule=pr"}).out,
              HasSubstr("schedule=probe/half"));
}

TEST(Plugins, ThatDoNotLoadDoNotKeepCompletionFromWorking) {
  const Finished name = run_assay({"complete", "--", "describe", "adam"}, with_path("/nowhere/x.so"));
  EXPECT_EQ(name.exit_code, 0);
  EXPECT_THAT(name.out, HasSubstr("adamw\t"));
}

TEST(Plugins, OfAConfigArePathsBesideIt) {
  const TemporaryFolder folder;
  fs::copy_file(probe, folder / "probe.so");
  const std::string file = folder.write("a.yaml", config_text("[probe.so]"));

  const Finished check = run_assay({"check", file});

  EXPECT_EQ(check.exit_code, 0) << check.err;
}

TEST(Plugins, OfABaseAreBesideTheBase) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "base");
  fs::copy_file(probe, folder / "base/probe.so");
  folder.write("base/base.yaml", config_text("[probe.so]"));
  const std::string file = folder.write("a.yaml", "extends: base/base.yaml\nseed: 3\n");

  EXPECT_EQ(run_assay({"check", file}).exit_code, 0);
}

TEST(Plugins, MayBeNamedOnTheCommandLineAndByTheEnvironment) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[]"));
  EXPECT_EQ(run_assay({"check", file, "plugins+=" + probe}).exit_code, 0);
  EXPECT_EQ(run_assay({"check", file, "plugins=[" + probe + "]"}).exit_code, 0);

  const std::string by_variable = folder.write("b.yaml", config_text("[$(env.PROBE)]"));
  ProcessOptions options;
  options.variables["PROBE"] = probe;
  const Finished check = run_assay({"check", by_variable}, options);
  EXPECT_EQ(check.exit_code, 0) << check.err;
}

TEST(Plugins, AreShownResolvedAndChangeNoIdentity) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[" + probe + "]", "constant"));
  const std::string without = folder.write("b.yaml", config_text("[]", "constant"));

  EXPECT_THAT(run_assay({"show", file}).out, HasSubstr(probe));
  const auto id = [](const std::string& config) {
    const std::string out = run_assay({"run", config, "name=same", "--dry-run", "--quiet"}).out;
    return out;
  };
  EXPECT_EQ(id(file), id(without));
}

TEST(Plugins, ThatCannotBeLoadedEndWithSevenAndTheirPlace) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[gone.so]"));

  const Finished check = run_assay({"check", file});

  EXPECT_EQ(check.exit_code, 7);
  EXPECT_THAT(check.err,
              HasSubstr(text(file, ":2:11: error: plugin ", folder / "gone.so", " does not exist")));
}

TEST(Plugins, OfThePathThatCannotBeLoadedEndWithSeven) {
  const Finished list = run_assay({"list"}, with_path(PROBES "/throws_when_declared/probe.so"));

  EXPECT_EQ(list.exit_code, 7);
  EXPECT_THAT(list.err, HasSubstr("failed to declare its components: no licence found"));
}

TEST(Plugins, AThrowingConstructorIsNamedWithItsPlace) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[" PROBES "/throws_when_built/probe.so]"));

  const Finished check = run_assay({"check", file});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err,
              HasSubstr(text(file, ":6:11: error: schedule: building probe/half failed: no licence found")));
}

TEST(Plugins, ABareNameOfAPluginsComponentIsSuggestedInFull) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", config_text("[" + probe + "]", "half"));

  const Finished check = run_assay({"check", file});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, HasSubstr("did you mean 'probe/half'?"));
}

TEST(NewPlugin, WritesTheExample) {
  const TemporaryFolder folder;
  ProcessOptions options;
  options.folder = folder.path();

  const Finished made = run_assay({"new", "plugin", "example"}, options);

  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("cmake -G Ninja -S example -B example/build -DCMAKE_PREFIX_PATH="));
  std::vector<std::string> written, committed;
  for (const auto& each : fs::directory_iterator(folder / "example"))
    written.push_back(each.path().filename());
  for (const auto& each : fs::directory_iterator(source_folder() + "/plugins/example")) {
    if (each.is_regular_file()) committed.push_back(each.path().filename());
  }
  EXPECT_THAT(written, UnorderedElementsAreArray(committed));
  for (const std::string& file : written)
    EXPECT_EQ(read_text(folder / "example/" + file), read_text(source_folder() + "/plugins/example/" + file))
        << file;
}

TEST(NewPlugin, HasTheNameThatIsAskedForEverywhere) {
  const TemporaryFolder folder;
  ProcessOptions options;
  options.folder = folder.path();

  ASSERT_EQ(run_assay({"new", "plugin", "wide_layers", "-o", "src"}, options).exit_code, 0);

  for (const char* file : {"CMakeLists.txt", "README.md", "declare.cpp", "samples.yaml", "wide_layers.cpp",
                           "wide_layers.h", "wide_layers.yaml"}) {
    const std::string content = read_text(folder / "src/" + file);
    EXPECT_THAT(content, HasSubstr("wide_layers")) << file;
    EXPECT_THAT(content, Not(HasSubstr("xample"))) << file;
  }
  EXPECT_THAT(read_text(folder / "src/wide_layers.cpp"), HasSubstr("class WideLayers final"));
}

TEST(NewPlugin, RefusesWhatIsThereAndWhatIsNoName) {
  const TemporaryFolder folder;
  ProcessOptions options;
  options.folder = folder.path();
  fs::create_directory(folder / "there");

  EXPECT_THAT(run_assay({"new", "plugin", "there"}, options).err, HasSubstr("there is there already"));
  EXPECT_THAT(run_assay({"new", "plugin", "My-Layers"}, options).err, HasSubstr("is no name of a plugin"));
  EXPECT_THAT(run_assay({"new", "plugin", "layers"}, options).err, HasSubstr("is a name of assay's own"));
  EXPECT_EQ(run_assay({"new", "plugin", "layers"}, options).exit_code, 2);
}

}  // namespace
}  // namespace assay::testing
