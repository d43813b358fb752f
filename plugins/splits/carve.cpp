#include "plugins/splits/carve.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <string>

#include "core/random.h"
#include "core/text.h"

namespace assay::splits {
namespace {

std::size_t carved_count(const Share& share, std::size_t rows) {
  const auto wanted = static_cast<std::size_t>(std::llround(share.value * static_cast<double>(rows)));
  return std::clamp<std::size_t>(wanted, 1, rows - 1);
}

// Positions in train of the rows that go, in ascending order.
std::vector<std::int64_t> positions(Carve::From from, std::int64_t seed, std::size_t rows, std::size_t n) {
  std::vector<std::int64_t> all(rows);
  std::iota(all.begin(), all.end(), std::int64_t{0});
  if (from == Carve::From::random) shuffle(all, Stream(static_cast<std::uint64_t>(seed), "split").at(0, 0));
  const auto count = static_cast<std::ptrdiff_t>(n);
  std::vector<std::int64_t> taken = from == Carve::From::last ? std::vector(all.end() - count, all.end())
                                                              : std::vector(all.begin(), all.begin() + count);
  std::sort(taken.begin(), taken.end());
  return taken;
}

}  // namespace

std::vector<std::int64_t> carve(const Carve& how, std::int64_t seed, std::vector<std::int64_t>& train) {
  if (how.from == Carve::From::none) return {};
  if (train.size() < 2) {
    throw Error(Kind::data,
                Problem{{},
                        "dataset.split.valid",
                        text("takes rows from train, which has ", count_text(std::ssize(train), "row")),
                        "set `valid: none`"});
  }
  const std::size_t n = carved_count(how.share, train.size());
  std::vector<std::int64_t> valid, rest;
  const std::vector<std::int64_t> taken = positions(how.from, seed, train.size(), n);
  auto next = taken.begin();
  for (std::size_t i = 0; i < train.size(); ++i) {
    const bool goes = next != taken.end() && *next == static_cast<std::int64_t>(i);
    (goes ? valid : rest).push_back(train[i]);
    if (goes) ++next;
  }
  train = std::move(rest);
  return valid;
}

namespace {

constexpr std::string_view forms = "write none, a share as 10%, or {last: 10%}, {first: 10%}, {random: 10%}";

std::optional<Carve::From> find_from(std::string_view word) {
  if (word == "first") return Carve::From::first;
  if (word == "last") return Carve::From::last;
  if (word == "random") return Carve::From::random;
  return std::nullopt;
}

std::string_view to_string(Carve::From from) {
  switch (from) {
    case Carve::From::none:
      return "none";
    case Carve::From::first:
      return "first";
    case Carve::From::last:
      return "last";
    case Carve::From::random:
      return "random";
  }
  return "none";
}

bool read_carved_share(const Value& value, Carve& out, BindContext& context) {
  const auto share = value.is_scalar() ? parse_share(value.text()) : std::nullopt;
  if (!share || share->value <= 0 || share->value >= 1) {
    const std::string written =
        value.is_scalar() ? text('\'', printable(value.text()), '\'') : value.kind_text();
    context.report(value.where(), text("is ", written, ", must be a share of train above 0% and below 100%"),
                   std::string(forms));
    return false;
  }
  out.share = *share;
  return true;
}

}  // namespace
}  // namespace assay::splits

namespace assay {

bool Codec<splits::Carve>::read(const Value& value, splits::Carve& out, BindContext& context) {
  using splits::Carve;
  if (value.is_scalar() && value.text() == "none") {
    out = Carve{};
    return true;
  }
  if (value.is_scalar()) {
    out.from = Carve::From::random;
    return splits::read_carved_share(value, out, context);
  }
  if (!value.is_map() || value.entries().size() != 1) {
    context.report(value.where(), text("is ", value.kind_text(), ", must say how rows are taken from train"),
                   std::string(splits::forms));
    return false;
  }
  const Value::Entry& entry = value.entries().front();
  const auto from = splits::find_from(entry.key);
  BindContext inner{context.registry, context.problems, context.below(entry.key)};
  if (!from) {
    inner.report(entry.key_where, ": unknown key", suggest(entry.key, {"last", "first", "random"}));
    return false;
  }
  out.from = *from;
  return splits::read_carved_share(entry.value, out, inner);
}

Json Codec<splits::Carve>::write(const splits::Carve& value) {
  if (value.from == splits::Carve::From::none) return "none";
  return Json(Json::Map{{std::string(splits::to_string(value.from)), Json(to_string(value.share))}});
}

}  // namespace assay
