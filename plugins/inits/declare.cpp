#include "plugins/inits/constant.h"
#include "plugins/inits/normal.h"
#include "plugins/inits/orthogonal.h"
#include "plugins/inits/scaled.h"
#include "plugins/inits/uniform.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(inits, "1.0.0", r) {
  r.declare<inits::ConstantParams>(family::init, "constant");
  r.declare<inits::HeParams<inits::Draw::normal>>(family::init, "he_normal");
  r.declare<inits::HeParams<inits::Draw::uniform>>(family::init, "he_uniform");
  r.declare<inits::NormalParams>(family::init, "normal");
  r.declare<inits::OrthogonalParams>(family::init, "orthogonal");
  r.declare<inits::StandardNormalParams>(family::init, "standard_normal");
  r.declare<inits::TruncNormalParams>(family::init, "trunc_normal");
  r.declare<inits::UniformParams>(family::init, "uniform");
  r.declare<inits::UniformFanParams>(family::init, "uniform_fan");
  r.declare<inits::UniformFanOutParams>(family::init, "uniform_fan_out");
  r.declare<inits::XavierParams<inits::Draw::normal>>(family::init, "xavier_normal");
  r.declare<inits::XavierParams<inits::Draw::uniform>>(family::init, "xavier_uniform");
}
