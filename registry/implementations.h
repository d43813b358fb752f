// The second table: what components do. Kept apart from declarations (registry/registry.h) so that whatever
// only names or checks components never loads LibTorch.
//
//   Implementations parts;
//   parts.add<Mlp>("mlp");                                     // Mlp::Params, Mlp::Contract, Mlp(params,
//   needs) std::unique_ptr<Model> model = parts.build(slot, needs);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "registry/registry.h"

namespace assay {

class Implementations {
 public:
  /// C names its contract (`using Contract = Model`), its parameters (`using Params = MlpParams`) and is
  /// constructed from (const Params&, const Contract::Needs&).
  template <class C>
  void add(std::string_view name) {
    using Contract = typename C::Contract;
    using Needs = typename Contract::Needs;
    auto builder = std::make_shared<Builder<Contract>>();
    builder->build = [](const void* params, const Needs& needs) -> std::unique_ptr<Contract> {
      return std::make_unique<C>(*static_cast<const typename C::Params*>(params), needs);
    };
    add_builder(FamilyOf<Contract>::type::name, name, std::move(builder));
  }

  /// Constructs the component in a bound slot. An exception that is not an Error becomes one of Kind::run
  /// with the slot's name and place.
  template <class T>
  std::unique_ptr<T> build(const Slot<T>& slot, const typename T::Needs& needs) const {
    const auto* builder = static_cast<const Builder<T>*>(find_builder(FamilyOf<T>::type::name, slot));
    try {
      return builder->build(slot.params(), needs);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail_with_place(slot, error.what());
    } catch (...) {
      fail_with_place(slot, "an exception that is no std::exception");
    }
  }

  /// What is added from here on has this before its name: `my_plugin/` for a plugin from outside.
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

  bool has(std::string_view family, std::string_view name) const;
  /// {family, name} of everything that can be built, sorted.
  std::vector<std::pair<std::string, std::string>> list() const;

 private:
  struct BuilderBase {
    virtual ~BuilderBase() = default;
  };
  template <class T>
  struct Builder final : BuilderBase {
    std::function<std::unique_ptr<T>(const void*, const typename T::Needs&)> build;
  };

  void add_builder(std::string_view family, std::string_view name,
                   std::shared_ptr<const BuilderBase> builder);
  /// Throws Kind::registry if the component is declared but not implemented here.
  const BuilderBase* find_builder(std::string_view family, const SlotBase& slot) const;
  [[noreturn]] static void fail_with_place(const SlotBase& slot, std::string_view what);

  std::map<std::pair<std::string, std::string>, std::shared_ptr<const BuilderBase>> builders_;
  std::string prefix_;
};

}  // namespace assay
