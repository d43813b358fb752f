#include "registry/contracts/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/families.h"
#include "registry/registry.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::SizeIs;

struct DoubleParams {  // a layer that doubles a flat input
  static void describe(Fields<DoubleParams>& f) { f.about("Doubles."); }
  Shape outline(const Shape& in, Outline& out) const {
    if (in.sizes.size() != 1)
      out.fail("expects [features], gets " + to_string(in), "put `flatten` before it");
    out.parameter("weight", {2 * in.sizes[0], in.sizes[0]});
    out.buffer("count", {}, Dtype::i64);
    return {{2 * in.sizes[0]}, in.dtype};
  }
};

struct StackParams {
  std::vector<Slot<Layer>> layers;
  static void describe(Fields<StackParams>& f) { f("layers", &StackParams::layers, "in order"); }
  Shape outline(Outline& out) const {
    Shape shape = out.facts().inputs.front().shape;
    out.scope("layers", [&] {
      for (std::size_t i = 0; i < layers.size(); ++i) shape = out.layer(std::to_string(i), layers[i], shape);
    });
    return shape;
  }
};

struct ShapelessParams {
  static void describe(Fields<ShapelessParams>& f) { f.about("Says nothing of shapes."); }
};

Registry registry_with_stack() {
  Registry registry;
  add_families(registry);
  registry.declare<DoubleParams>(family::layer, "double");
  registry.declare<StackParams>(family::model, "stack");
  registry.declare<ShapelessParams>(family::model, "shapeless");
  return registry;
}

Slot<Model> stack_of(const Registry& registry, int layers) {
  Value list = Value::list({}, {});
  for (int i = 0; i < layers; ++i) {
    list.items().push_back(
        Value::scalar("double", false, Where::file(std::make_shared<const std::string>("m.yaml"), i + 2, 5)));
  }
  Value model = Value::map({}, {});
  model.set("type", Value::scalar("stack", false, {}));
  model.set("layers", list);
  return registry.bind<Model>(model, "model");
}

ModelFacts facts_for(std::vector<std::int64_t> input, std::int64_t classes) {
  return {{Task::Kind::classification, classes, {}}, {{"x", {std::move(input), Dtype::f32}}}};
}

TEST(Outline, NamesTensorsByTheirPathAndCountsParameters) {
  const Registry registry = registry_with_stack();
  const ModelFacts facts = facts_for({3}, 12);
  Outline out(facts);

  const Shape shape = outline_model(stack_of(registry, 2), facts, out);

  EXPECT_EQ(shape.sizes, (std::vector<std::int64_t>{12}));
  ASSERT_THAT(out.tensors(), SizeIs(4));
  EXPECT_EQ(out.tensors()[2].name, "layers.1.weight");
  EXPECT_EQ(out.tensors()[2].shape, (std::vector<std::int64_t>{12, 6}));
  EXPECT_TRUE(out.tensors()[3].is_buffer);
  EXPECT_EQ(out.parameter_count(), 6 * 3 + 12 * 6);
  ASSERT_THAT(out.rows(), SizeIs(2));
  EXPECT_EQ(out.rows()[1].parameters, 72);
}

TEST(Outline, PartsThatAModelMakesByItselfAreRowsToo) {
  const ModelFacts facts = facts_for({3}, 12);
  Outline out(facts);

  const Shape shape = out.part("first", "linear", {{3}}, [&] {
    out.parameter("weight", {4, 3});
    return Shape{{4}};
  });

  EXPECT_EQ(shape, (Shape{{4}}));
  EXPECT_EQ(out.tensors()[0].name, "first.weight");
  ASSERT_THAT(out.rows(), SizeIs(1));
  EXPECT_EQ(out.rows()[0].name, "first");
  EXPECT_EQ(out.rows()[0].type, "linear");
  EXPECT_EQ(out.rows()[0].output, (Shape{{4}}));
  EXPECT_EQ(out.rows()[0].parameters, 12);
}

TEST(Outline, APartCountsWhatItsPartsHave) {
  const ModelFacts facts = facts_for({3}, 12);
  Outline out(facts);

  out.part("block", "residual", {{3}}, [&] {
    out.parameter("scale", {3});
    return out.part("inner", "linear", {{3}}, [&] {
      out.parameter("weight", {3, 3});
      return Shape{{3}};
    });
  });

  ASSERT_THAT(out.rows(), SizeIs(2));
  EXPECT_EQ(out.rows()[0].parameters, 12);
  EXPECT_EQ(out.rows()[1].name, "block.inner");
  EXPECT_EQ(out.rows()[1].parameters, 9);
  EXPECT_EQ(out.rows()[1].depth, 1U);
}

TEST(Outline, TensorsOutsideOfLayersAreARowOfTheirOwner) {
  const ModelFacts facts = facts_for({3}, 12);
  Outline out(facts);

  out.parameter("embedding.weight", {5, 2});
  out.parameter("embedding.bias", {2});
  out.buffer("count", {});

  ASSERT_THAT(out.rows(), SizeIs(2));
  EXPECT_EQ(out.rows()[0].name, "embedding");
  EXPECT_EQ(out.rows()[0].type, "");
  EXPECT_EQ(out.rows()[0].parameters, 12);
  EXPECT_EQ(out.rows()[1].name, "");
}

TEST(Outline, AMismatchPointsToTheLayer) {
  const Registry registry = registry_with_stack();
  const ModelFacts facts = facts_for({1, 8, 8}, 12);
  Outline out(facts);

  const auto problems = problems_of([&] { outline_model(stack_of(registry, 2), facts, out); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]),
            "m.yaml:2:5: error: model.layers.0 (double) expects [features], gets [1, 8, 8]\n"
            "  hint: put `flatten` before it");
}

TEST(Outline, AModelMustEndInWhatTheTaskAsksFor) {
  const Registry registry = registry_with_stack();
  const ModelFacts facts = facts_for({3}, 10);
  Outline out(facts);

  const auto problems = problems_of([&] { outline_model(stack_of(registry, 1), facts, out); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "(stack) ends in [6], but the task is classification with 10 classes");
}

TEST(Outline, AModelWithoutShapesSaysSo) {
  const Registry registry = registry_with_stack();
  const ModelFacts facts = facts_for({3}, 10);
  Outline out(facts);
  const auto model = registry.bind<Model>(Value::scalar("shapeless", false, {}), "model");

  EXPECT_THAT(problems_of([&] { outline_model(model, facts, out); }), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
