#include "plugins/layers/attention.h"
#include "plugins/layers/declarations.h"
#include "plugins/layers/embedding.h"
#include "plugins/layers/recurrent.h"
#include "registry/contracts/computation.h"

namespace assay::layers {

void declare_sequences(Registry& r) {
  r.declare<EmbeddingParams>(family::layer, "embedding");
  r.declare<RecurrentParams<Cell::gru>>(family::layer, "gru");
  r.declare<LearnedPositionsParams>(family::layer, "learned_positions");
  r.declare<RecurrentParams<Cell::lstm>>(family::layer, "lstm");
  r.declare<MultiHeadAttentionParams>(family::layer, "multi_head_attention");
  r.declare<RecurrentParams<Cell::rnn>>(family::layer, "rnn");
  r.declare<SinusoidalPositionsParams>(family::layer, "sinusoidal_positions");
  r.declare<TransformerBlockParams>(family::layer, "transformer_block");
}

}  // namespace assay::layers
