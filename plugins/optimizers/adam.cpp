#include "plugins/optimizers/adam.h"

#include "plugins/optimizers/adam_step.h"
#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

template <class P>
class AdamFamily final : public GroupedOptimizer<P> {
 public:
  AdamFamily(const P& params, const Optimizer::Needs& needs)
      : GroupedOptimizer<P>(params, trained_groups(params, needs.parameters), adam_states<P>) {
    this->count_steps(needs);
  }

 private:
  void update(const P& params, const ActiveLists& lists, const StepContext& context) const override {
    step_adam(params, lists, this->steps(lists.parameters.size()), context);
  }
};

}  // namespace

void implement_adam(Implementations& parts) {
  parts.add<AdamFamily<AdamParams>>("adam");
  parts.add<AdamFamily<AdamWParams>>("adamw");
}

}  // namespace assay::optimizers
