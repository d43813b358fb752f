#include "registry/contracts/tensor/module.h"

#include <string>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Leaf : Module {
  explicit Leaf(std::int64_t size, float value = 0) {
    weight = at::full({size}, value, at::kFloat).requires_grad_(true);
    count = at::zeros({}, at::kLong);
    add_parameter("weight", weight);
    add_buffer("count", count);
  }
  void on_named() override { heard = path(); }

  at::Tensor weight, count;
  std::string heard;
};

struct Tree : Module {
  explicit Tree(std::int64_t size, float value = 0) : first(size, value), second(2, value), own(1, value) {
    add_child("layers.0", first);
    add_child("layers.1", second);
    add_child("", own);
  }
  Leaf first, second, own;
};

std::vector<std::string> names(const std::vector<Module::Named>& tensors) {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : tensors) out.push_back(name);
  return out;
}

TEST(Module, NamesAreDottedAndInOrder) {
  Tree tree(3);

  EXPECT_THAT(names(tree.parameters()), ElementsAre("layers.0.weight", "layers.1.weight", "weight"));
  EXPECT_THAT(names(tree.buffers()), ElementsAre("layers.0.count", "layers.1.count", "count"));
}

TEST(Module, EveryModuleLearnsItsPath) {
  Tree tree(3);
  tree.name_tree("model");

  EXPECT_EQ(tree.first.heard, "model.layers.0");
  EXPECT_EQ(tree.own.heard, "model");
}

TEST(Module, SavedAndLoadedItIsTheSame) {
  Tree saved(3, 7), loaded(3);
  State state;
  StateWriter out(state);
  StateWriter scope = out.scope("model");
  saved.save(scope);

  loaded.load(StateReader(state).scope("model"));

  EXPECT_TRUE(loaded.first.weight.equal(saved.first.weight));
  EXPECT_TRUE(loaded.first.weight.requires_grad());
}

TEST(Module, LoadingNamesEverythingThatDoesNotFitAtOnce) {
  Tree saved(3), other(4);
  State state;
  StateWriter out(state);
  saved.save(out);
  state.erase(state.begin() + 1);  // layers.1.weight
  out.real("extra", 1);

  try {
    other.load(StateReader(state));
    FAIL() << "should throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::store);
    ASSERT_THAT(error.problems(), SizeIs(3));
    EXPECT_EQ(error.problems()[0].message,
              "the checkpoint's layers.0.weight is f32 [3], the model's is f32 [4]");
    EXPECT_EQ(error.problems()[1].message, "the checkpoint has no layers.1.weight");
    EXPECT_EQ(error.problems()[2].message, "the checkpoint's extra is not in the model");
  }
}

TEST(Module, WhatDoesNotFitChangesNothing) {
  Tree saved(3, 7), other(3);
  State state;
  StateWriter out(state);
  saved.save(out);
  out.real("extra", 1);

  EXPECT_THROW(other.load(StateReader(state)), Error);
  EXPECT_EQ(other.first.weight.sum().item<float>(), 0);
}

}  // namespace
}  // namespace assay
