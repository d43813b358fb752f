#include "registry/contracts/weights.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"

namespace assay {

Weights::~Weights() = default;

void Weights::write(const std::string& path, const WeightFile& /*file*/) const {
  throw Error(Kind::usage, Problem{Where::path(path), {}, "is of a format that is only read", {}});
}

Array read(const NamedTensor& tensor) {
  Array values(tensor.dtype, tensor.shape);
  std::size_t at = 0;
  tensor.stream([&](std::string_view bytes) {
    ASSAY_ASSERT(bytes.size() <= values.bytes() - at);
    if (!bytes.empty()) std::memcpy(values.data() + at, bytes.data(), bytes.size());
    at += bytes.size();
  });
  ASSAY_ASSERT(at == values.bytes());
  return values;
}

NamedTensor tensor_of(std::string name, const Array& values) {
  return {std::move(name), values.dtype(), values.shape(), [values](const ByteSink& sink) {
            sink({reinterpret_cast<const char*>(values.data()), values.bytes()});
          }};
}

void WeightsCommon::describe(Fields<WeightsCommon>& f) {
  f.about("What every file of weights takes.");
  f("file", &WeightsCommon::file, "the file; of `run` a run's folder or a checkpoint", required);
  f("map", &WeightsCommon::map,
    "names in the file to names in the model, by glob: what `*` stands for goes over; `none` leaves out, "
    "`^T` "
    "transposes, `[0/3]` is the first of three parts along the first axis");
  f("prefix", &WeightsCommon::prefix,
    "taken off the names in the file first, and others are left out, as `encoder.` (`module.` in front of "
    "all "
    "goes by itself)");
  f("strict", &WeightsCommon::strict,
    "every tensor of the model is in the file and every one of the file is used; false: what is left over "
    "starts as it would, with a warning");
  f("freeze", &WeightsCommon::freeze,
    "names of parameters of the model that are not trained, as `layers.0.*`");
  f("freeze_until", &WeightsCommon::freeze_until,
    "when they begin to be trained, as `2 epochs` (default: never)");
  f("probe", &WeightsCommon::probe,
    "a file of inputs and of the `output` that the other framework's model gives for them: the largest "
    "difference "
    "is recorded before the first step",
    not_identity);
  f.check("freeze says what freeze_until is about",
          [](const WeightsCommon& p) { return !p.freeze_until || !p.freeze.items.empty(); });
}

namespace {

std::int64_t stars(std::string_view glob) { return std::ranges::count(glob, '*'); }

}  // namespace

bool read_name_map(const Value& value, NameMap& out, BindContext& context) {
  if (!value.is_map()) {
    report_type(value, Codec<NameMap>::type(), context);
    return false;
  }
  out.rules.clear();
  const std::size_t before = context.problems.size();
  for (const Value::Entry& entry : value.entries()) {
    BindContext inner{context.registry, context.problems, context.below(entry.key)};
    NameMap::Rule rule{entry.key, {}};
    if (!read_scalar(entry.value, rule.to, inner)) continue;
    if (rule.to == "none") rule.to.clear();
    if (!rule.to.empty() && stars(rule.from) != stars(rule.to)) {
      inner.report(entry.value.where(),
                   text("has ", count_text(stars(rule.to), "star"), ", where '", printable(rule.from),
                        "' has ", stars(rule.from)),
                   "what each `*` stands for goes over, so both sides have as many");
    }
    out.rules.push_back(std::move(rule));
  }
  return context.problems.size() == before;
}

}  // namespace assay
