// The base of everything with weights. Parameters and buffers have dotted, stable, PyTorch-style names
// ("layers.0.weight"), which checkpoints and globs use. LibTorch's own torch::nn::Module is not used: it
// initialises from a global generator, and its header costs ten seconds a file.
//
//   class Linear final : public Layer {
//    public:
//     Linear(const LinearParams& params, const LayerNeeds& needs) {
//       weight_ = parameter("weight", {units, features}, params.init.weight, needs);
//     }
//   };
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/state.h"

namespace assay {

class Module {
 public:
  Module() = default;
  virtual ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  struct Named {
    std::string name;    // dotted, from the root
    at::Tensor* tensor;  // the member itself
  };
  /// Parameters (they require gradients) in order of registration, depth first.
  std::vector<Named> parameters();
  /// Buffers: kept, not trained (running means).
  std::vector<Named> buffers();

  /// Gives every module its dotted path and lets it find tensors of others; called once on the root, after
  /// construction. Random layers key their streams by their path.
  void name_tree(const std::string& path = {});
  const std::string& path() const { return path_; }

  /// Moves parameters and buffers, in place.
  void to(at::Device device);

  /// "layers.0.weight" and so on, straight under the writer's scope.
  void save(StateWriter& out);
  /// Throws Kind::store, naming all that is missing, unexpected or of another shape.
  void load(const StateReader& in);

 protected:
  /// Members that hold the tensors; registering does not copy them. The module must outlive the registration.
  void add_parameter(std::string name, at::Tensor& tensor);
  void add_buffer(std::string name, at::Tensor& tensor);
  /// An empty name makes the child's tensors the module's own.
  void add_child(std::string name, Module& child);
  /// Called by name_tree when the path is known.
  virtual void on_named() {}
  /// Called by name_tree when all paths are known, with all parameters of the tree: what uses a tensor of
  /// another part keeps its address, which stays the same.
  virtual void on_tree(const std::vector<Named>&) {}

 private:
  struct Member {
    std::string name;
    at::Tensor* tensor;
  };
  struct Child {
    std::string name;
    Module* module;
  };
  void collect(const std::string& prefix, bool is_buffer, std::vector<Named>& out);
  void set_paths(const std::string& path);
  void show(const std::vector<Named>& parameters);

  std::vector<Member> parameters_;
  std::vector<Member> buffers_;
  std::vector<Child> children_;
  std::string path_;
};

}  // namespace assay
