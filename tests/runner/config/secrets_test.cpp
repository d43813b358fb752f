// A secret is a reference wherever a config goes: bound, resolved, shown, explained, canonical, recorded.
#include "runner/config/secrets.h"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/secret.h"
#include "runner/config/canonical.h"
#include "runner/config/explain.h"
#include "runner/config/json_schema.h"
#include "runner/config/minimal.h"
#include "runner/config/to_yaml.h"
#include "tests/runner/config/fakes.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// A component with secrets; none that ships has any.
struct PagerParams {
  Secret token;
  std::map<std::string, Secret> headers;
  static void describe(Fields<PagerParams>& f) {
    f("token", &PagerParams::token, "of the service that is told");
    f("headers", &PagerParams::headers, "sent along");
  }
};

class SecretTest : public ::testing::Test {
 protected:
  SecretTest() {
    registry_.declare<PagerParams>(family::observer, "pager");
    setenv("ASSAY_TEST_TOKEN", value_, 1);
  }

  LoadedConfig load(const std::string& observer, std::vector<std::string> overrides = {}) {
    const std::string file = folder_.write("c.yaml", text(five_lines, "observers: [", observer, "]\n"));
    return load_config({.file = file, .overrides = std::move(overrides)}, registry_);
  }

  static constexpr const char* value_ = "hunter2";
  TemporaryFolder folder_;
  Registry registry_ = fake_registry();
};

TEST_F(SecretTest, NeverLeavesAsItsValue) {
  const LoadedConfig config =
      load("{type: pager, token: !secret ASSAY_TEST_TOKEN, headers: {auth: !secret ASSAY_TEST_TOKEN}}");

  for (const std::string& shown :
       {to_yaml(config.resolved), to_text(config.resolved), to_yaml(minimal_config(config, registry_)),
        canonical_json(config.identity), canonical_json(config.provenance)})
    EXPECT_THAT(shown, Not(HasSubstr(value_)));
  EXPECT_THAT(to_yaml(config.resolved), HasSubstr("token: !secret ASSAY_TEST_TOKEN"));
  EXPECT_THAT(canonical_json(config.identity), HasSubstr("\"token\":\"!secret ASSAY_TEST_TOKEN\""));
  const auto* params = static_cast<const PagerParams*>(config.experiment.observers[0].params());
  EXPECT_EQ(params->token.read(), value_);
  EXPECT_THAT(missing_secrets(config, registry_), IsEmpty());
}

TEST_F(SecretTest, IsExplainedAsAReference) {
  const LoadedConfig config = load("{type: pager, token: !secret ASSAY_TEST_TOKEN}");

  const std::vector<Explanation> all = explain(config, registry_);
  const auto token = std::find_if(all.begin(), all.end(),
                                  [](const Explanation& each) { return each.path == "observers.0.token"; });

  ASSERT_NE(token, all.end());
  EXPECT_EQ(token->value, Json("!secret ASSAY_TEST_TOKEN"));
  EXPECT_EQ(token->where.line, 6);
}

TEST_F(SecretTest, WhatIsShownReadsBack) {
  const LoadedConfig config = load("{type: pager, headers: {auth: !secret ASSAY_TEST_TOKEN}}");

  for (const std::string& copy : {folder_.write("copy.yaml", to_yaml(config.resolved)),
                                  folder_.write("copy.json.yaml", to_text(config.resolved))})
    EXPECT_EQ(load_config({.file = copy}, registry_).identity, config.identity);
}

TEST_F(SecretTest, ComesFromTheCommandLineAndFromVariablesToo) {
  const LoadedConfig config =
      load("pager", {"observers.0.token=!secret ASSAY_TEST_TOKEN", "vars={key: !secret ASSAY_TEST_TOKEN}",
                     "observers.0.headers={auth: $(vars.key)}"});

  const Json* pager = config.resolved.find_path("observers.0");
  EXPECT_EQ(pager->find("token")->text(), "!secret ASSAY_TEST_TOKEN");
  EXPECT_EQ(pager->find_path("headers.auth")->text(), "!secret ASSAY_TEST_TOKEN");
}

TEST_F(SecretTest, IsNoPartOfATextOrOfArithmetic) {
  for (const char* written : {"bearer $(vars.key)", "$(vars.key + 1)"}) {
    const auto problems = problems_of([&] {
      load("pager",
           {"vars={key: !secret ASSAY_TEST_TOKEN}", text("observers.0.headers.auth='", written, "'")});
    });
    ASSERT_THAT(problems, SizeIs(1)) << written;
    EXPECT_THAT(to_string(problems[0]), HasSubstr("secret"));
  }
}

TEST_F(SecretTest, ThatIsNotSetIsAProblemWithItsPlace) {
  const LoadedConfig config =
      load("{type: pager, token: !secret ASSAY_TEST_NOWHERE, headers: {auth: !secret ASSAY_TEST_NOWHERE}}");

  const std::vector<Problem> problems = missing_secrets(config, registry_);

  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].path, "observers.0.token");
  EXPECT_EQ(problems[0].where.line, 6);
  EXPECT_EQ(problems[0].message, "is `!secret ASSAY_TEST_NOWHERE`, but the environment variable is not set");
  EXPECT_EQ(problems[1].path, "observers.0.headers.auth");
}

TEST_F(SecretTest, InPlainTextIsRefusedWithTheWayOut) {
  setenv("ASSAY_TEST_PLAIN", "hunter3", 1);
  for (const char* written : {"hunter3", "$(env.ASSAY_TEST_PLAIN)"}) {
    const auto problems = problems_of([&] { load(text("{type: pager, token: ", written, "}")); });
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_THAT(to_string(problems[0]), Not(HasSubstr("hunter3")));
    EXPECT_THAT(problems[0].hint, HasSubstr("!secret TOKEN"));
  }
}

TEST_F(SecretTest, HasASchemaThatAdmitsTheNameAndTheReference) {
  const Json schema = json_schema(registry_);

  const std::string token =
      to_text(*schema.find_path("$defs")->find("observer.pager")->find_path("properties.token"));

  EXPECT_THAT(token, HasSubstr("^(!secret )?[A-Za-z_][A-Za-z0-9_]*$"));
}

}  // namespace
}  // namespace assay::testing
