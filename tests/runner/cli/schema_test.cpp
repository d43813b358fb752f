#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

TEST(SchemaCommand, PrintsTheLanguage) {
  const Finished printed = run_assay({"schema"});
  const Json schema = parse_json(printed.out, "schema");

  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(schema.find("$schema")->text(), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_NE(schema.find("properties")->find("optimizer"), nullptr);
}

TEST(SchemaCommand, WritesAFileInsteadAndKnowsPresets) {
  const TemporaryFolder folder;
  folder.write("model/small.yaml", "type: mlp\n");

  const Finished written = run_assay({"schema", "-o", folder / "s.json", "--config-path", folder.path()});
  const Json schema = parse_json(read_text(folder / "s.json"), "schema");

  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_THAT(written.out, IsEmpty());
  EXPECT_THAT(schema.find("$defs")->find("model")->find_path("anyOf.0.enum")->items(),
              Contains(Json("small")));
}

}  // namespace
}  // namespace assay::testing
