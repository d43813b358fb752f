// Augmentation: samples that differ from epoch to epoch. It works on whole batches, on the device where they
// lie.
//
//   dataset: {type: cifar10, augment: [{type: random_crop, size: 32, padding: 4}, horizontal_flip]}
#pragma once

#include <ATen/core/Tensor.h>

#include "core/random.h"
#include "registry/contracts/families.h"
#include "registry/contracts/tensor/batch.h"

namespace assay {

/// Has no state: what it draws is a pure function of seed, place in the config, epoch and sample. Its
/// parameters declare `Shape outline(const Shape&) const` (AugmentationFacet).
class Augmentation {
 public:
  using Contract = Augmentation;
  struct Needs {
    Shape input;    // of one sample, as the augmentations before it leave it
    Stream stream;  // keyed by the seed and its place: "augment/0"
  };
  virtual ~Augmentation();
  /// x [batch, ...input] f32 -> [batch, ...outline], on the same device; x stays as it is. In training row i
  /// draws from stream.at(context.draw, context.ids[i]) and from nothing else. Otherwise nothing is drawn:
  /// the deterministic counterpart, as the crop of the centre for a random one, or x itself.
  virtual at::Tensor operator()(const at::Tensor& x, const Context& context) const = 0;
};

}  // namespace assay
