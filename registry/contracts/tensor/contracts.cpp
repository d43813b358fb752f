// Destructors of the contracts: one object file holds each class's virtual table, so that exceptions and
// casts agree across shared libraries.
#include "registry/contracts/tensor/augmentation.h"
#include "registry/contracts/tensor/init.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "registry/contracts/tensor/penalty.h"

namespace assay {

Augmentation::~Augmentation() = default;
Init::~Init() = default;
Loss::~Loss() = default;
Metric::~Metric() = default;
std::vector<NamedArray> Metric::arrays() const { return {}; }
Observer::~Observer() = default;
Optimizer::~Optimizer() = default;
Penalty::~Penalty() = default;

}  // namespace assay
