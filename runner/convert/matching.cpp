#include "runner/convert/matching.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/text.h"
#include "runner/convert/layout.h"
#include "runner/convert/names.h"

namespace assay::convert {
namespace {

constexpr std::string_view counter = "num_batches_tracked";  // old files lack it; it changes no output

/// A tensor of the file on its way.
struct Source {
  const NamedTensor* tensor = nullptr;
  std::string name;  // without the prefix
  Renamed renamed;
  bool is_used = false;
};

/// The tensors directly within one module of either side.
struct ModuleTensors {
  std::vector<std::pair<std::string, std::size_t>>
      leaves;             // "weight", and its number in the list of its side
  std::string signature;  // leaves with their shapes
};

std::string parent_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(0, dot);
}
std::string leaf_of(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::string described(const std::string& name, const std::vector<std::int64_t>& shape) {
  return text(printable(name), ' ', shape_text(shape));
}

bool is_float(Dtype dtype) { return dtype >= Dtype::f16; }
bool is_whole(Dtype dtype) { return dtype != Dtype::boolean && !is_float(dtype); }

/// A model may be given a tensor of another width, not of another kind.
bool can_become(Dtype from, Dtype to) {
  return from == to || (is_float(from) && is_float(to)) || (is_whole(from) && is_whole(to));
}

class Matcher {
 public:
  Matcher(const WeightFile& file, const std::vector<TensorOutline>& wanted, const MatchOptions& options)
      : file_(file), wanted_(wanted), options_(options), found_(wanted.size()) {}

  Matching run() {
    take_sources();
    match_names();
    match_structure();
    for (std::size_t i = 0; i < wanted_.size(); ++i) settle(i);
    list_unused();
    suggest();
    return std::move(out_);
  }

 private:
  /// The tensors that one of the model is made of, and how they were found.
  struct Found {
    std::vector<Source*> parts;
    const char* how = "";
  };

  void take_sources() {
    const std::string wrapper = wrapper_of(file_.tensors);
    sources_.reserve(file_.tensors.size());
    for (const NamedTensor& tensor : file_.tensors) {
      std::string name = tensor.name.substr(wrapper.size());
      if (!name.starts_with(options_.prefix)) continue;
      name.erase(0, options_.prefix.size());
      Renamed renamed = convert::renamed(options_.map, name);
      sources_.push_back({&tensor, std::move(name), std::move(renamed)});
    }
    std::vector<std::string> names;
    for (const Source& source : sources_) names.push_back(source.name);
    out_.idle_rules = idle_rules(options_.map, names);
  }

  void match_names() {
    std::map<std::string_view, std::size_t> numbers;
    for (std::size_t i = 0; i < wanted_.size(); ++i) numbers[wanted_[i].name] = i;
    for (Source& source : sources_) {
      if (source.renamed.by == Renamed::By::nothing) continue;
      const auto known = numbers.find(source.renamed.target.name);
      if (known == numbers.end()) continue;
      Found& found = found_[known->second];
      found.how = source.renamed.by == Renamed::By::map ? "by `map`" : "by name";
      found.parts.push_back(&source);
      source.is_used = true;
    }
  }

  // ---- By structure.

  void match_structure() {
    Side ours, theirs;
    for (const std::size_t i : in_order(sources_, file_.is_in_order)) {
      const Source& source = sources_[i];
      if (source.is_used || source.renamed.by != Renamed::By::itself) continue;
      theirs.add(source.name, source.tensor->shape, i);
    }
    for (const std::size_t i : in_order(wanted_, options_.is_wanted_in_order)) {
      if (found_[i].parts.empty()) ours.add(wanted_[i].name, wanted_[i].shape, i);
    }
    pair_modules(ours.modules, theirs.modules);
  }

  /// The numbers of all, as they stand if that is an order, else by their names.
  template <class Named>
  static std::vector<std::size_t> in_order(const std::vector<Named>& all, bool is_ordered) {
    std::vector<std::size_t> order(all.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (!is_ordered) {
      std::ranges::sort(order,
                        [&](std::size_t a, std::size_t b) { return comes_before(all[a].name, all[b].name); });
    }
    return order;
  }

  /// The modules of one side, in the order of their first tensors.
  struct Side {
    std::vector<ModuleTensors> modules;
    std::map<std::string, std::size_t> numbers;  // by path

    void add(const std::string& name, const std::vector<std::int64_t>& shape, std::size_t number) {
      const auto [known, is_new] = numbers.try_emplace(parent_of(name), modules.size());
      if (is_new) modules.emplace_back();
      ModuleTensors& module = modules[known->second];
      const std::string leaf = leaf_of(name);
      module.leaves.emplace_back(leaf, number);
      if (leaf != counter) module.signature += text(leaf, shape_text(shape), ';');
    }
  };

  using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;  // numbers of modules: ours, theirs

  /// Modules of one kind are paired where both sides have as many, in their order, unless that crosses the
  /// order of the whole and both sides have one.
  void pair_modules(std::vector<ModuleTensors>& ours, std::vector<ModuleTensors>& theirs) {
    for (std::vector<ModuleTensors>* side : {&ours, &theirs}) {
      for (ModuleTensors& module : *side) sort_signature(module);
    }
    std::map<std::string_view, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> kinds;
    for (std::size_t i = 0; i < ours.size(); ++i) kinds[ours[i].signature].first.push_back(i);
    for (std::size_t i = 0; i < theirs.size(); ++i) kinds[theirs[i].signature].second.push_back(i);
    Pairs pairs;
    for (const auto& [signature, members] : kinds) {
      const auto& [left, right] = members;
      if (signature.empty() || left.size() != right.size()) continue;
      for (std::size_t i = 0; i < left.size(); ++i) pairs.emplace_back(left[i], right[i]);
    }
    std::ranges::sort(pairs);
    const bool crosses = !std::ranges::is_sorted(pairs, {}, [](const auto& pair) { return pair.second; });
    if (crosses && file_.is_in_order && options_.is_wanted_in_order) {
      out_.hint = "the file has the same layers in another order: say which is which with `map`";
      return;
    }
    for (const auto& [left, right] : pairs) pair_leaves(ours[left], theirs[right], crosses);
  }

  /// The order in which a module's own tensors stand says nothing.
  static void sort_signature(ModuleTensors& module) {
    std::vector<std::string> words = split(module.signature, ';');
    std::ranges::sort(words);
    module.signature = join(words, ";");
  }

  void pair_leaves(const ModuleTensors& ours, const ModuleTensors& theirs, bool is_by_shape) {
    for (const auto& [leaf, number] : ours.leaves) {
      const auto other =
          std::ranges::find(theirs.leaves, leaf, [](const auto& entry) { return entry.first; });
      if (other == theirs.leaves.end()) continue;
      Source& source = sources_[other->second];
      source.is_used = true;
      found_[number] = {{&source}, is_by_shape ? "by shape, in the order of names" : "by structure"};
      if (is_by_shape) ++out_.n_by_shape;
    }
  }

  // ---- What came of it.

  void settle(std::size_t number) {
    const TensorOutline& wanted = wanted_[number];
    Found& found = found_[number];
    if (found.parts.empty()) return settle_missing(wanted);
    std::ranges::sort(found.parts, {}, [](const Source* source) { return source->renamed.target.part; });
    std::string from;
    for (const Source* part : found.parts) from += text(from.empty() ? "" : " + ", part->name);
    const bool is_transposed = found.parts.front()->renamed.target.is_transposed;
    out_.lines.push_back(
        {wanted.name, is_transposed ? from + "^T" : from, shape_text(wanted.shape), found.how});
    if (const std::string misfit = misfit_of(wanted, found); !misfit.empty()) {
      out_.misfits.push_back(misfit);
      out_.lines.back().how = "does not fit";
      return;
    }
    std::vector<NamedTensor> parts;
    for (const Source* part : found.parts)
      parts.push_back(part->renamed.target.is_transposed ? transposed(*part->tensor) : *part->tensor);
    NamedTensor tensor = parts.size() == 1 ? std::move(parts.front()) : joined(std::move(parts));
    tensor.name = wanted.name;
    keep_sharing(found, tensor);
    out_.tensors.push_back(std::move(tensor));
  }

  /// Tensors that are one stay one, under their new names.
  void keep_sharing(const Found& found, NamedTensor& tensor) {
    const bool is_whole = found.parts.size() == 1 && !found.parts[0]->renamed.target.is_transposed;
    const auto shared = is_whole ? given_.find(tensor.same_as) : given_.end();
    tensor.same_as = shared == given_.end() ? std::string() : shared->second;
    if (is_whole) given_[found.parts[0]->tensor->name] = tensor.name;
  }

  void settle_missing(const TensorOutline& wanted) {
    if (leaf_of(wanted.name) == counter) {
      out_.lines.push_back({wanted.name, {}, shape_text(wanted.shape), "not in the file: starts at 0"});
      return;
    }
    out_.lines.push_back({wanted.name, {}, shape_text(wanted.shape), "not in the file"});
    missing_.push_back(&wanted);
  }

  /// Empty if it fits.
  static std::string misfit_of(const TensorOutline& wanted, const Found& found) {
    const Target& first = found.parts.front()->renamed.target;
    const std::string name = described(wanted.name, wanted.shape);
    if (std::ssize(found.parts) != first.parts) {
      return first.parts == 1
                 ? text(name, " is given several tensors: ", found.parts[0]->name, ", ", found.parts[1]->name)
                 : text(name, " is made of ", first.parts, " parts, of which there are ", found.parts.size());
    }
    std::vector<std::int64_t> shape;
    for (std::size_t i = 0; i < found.parts.size(); ++i) {
      const Source& part = *found.parts[i];
      if (part.renamed.target.part != static_cast<std::int64_t>(i))
        return text(name, " is given a part twice");
      if (part.tensor->dtype != found.parts[0]->tensor->dtype)
        return text(name, " is made of parts of several types");
      if (!can_become(part.tensor->dtype, wanted.dtype)) {
        return text(name, " is ", to_string(wanted.dtype), ", ", printable(part.name), " in the file ",
                    to_string(part.tensor->dtype));
      }
      std::vector<std::int64_t> own = part.tensor->shape;
      if (part.renamed.target.is_transposed) {
        if (own.size() != 2)
          return text(name, " is transposed from ", described(part.name, own), ", no matrix");
        std::ranges::reverse(own);
      }
      if (shape.empty() && i == 0) {
        shape = own;
      } else {
        const bool is_alike = !own.empty() && own.size() == shape.size() &&
                              std::equal(own.begin() + 1, own.end(), shape.begin() + 1);
        if (!is_alike) return text(name, " is made of parts that do not go together");
        shape[0] += own[0];
      }
    }
    if (shape == wanted.shape) return {};
    return text(name, " is ", shape_text(shape), " in the file (", printable(found.parts.front()->name), ')');
  }

  void list_unused() {
    std::set<std::string_view> used;
    for (const Source& source : sources_) {
      if (source.is_used) used.insert(source.tensor->name);
    }
    for (const Source& source : sources_) {
      if (source.is_used) continue;
      const std::string shape = shape_text(source.tensor->shape);
      if (source.renamed.by == Renamed::By::nothing) {
        out_.lines.push_back({{}, source.name, shape, "left out by `map`"});
      } else if (!source.tensor->same_as.empty() && used.contains(source.tensor->same_as)) {
        out_.lines.push_back({{}, source.name, shape, text("the same as ", source.tensor->same_as)});
      } else {
        out_.lines.push_back({{}, source.name, shape, "not used"});
        unused_.push_back(&source);
      }
    }
  }

  /// Of the same shape, the one whose name is closest; else the closest name.
  std::string near(const TensorOutline& wanted) const {
    std::vector<std::string> alike, all;
    for (const Source* source : unused_) {
      all.push_back(source->name);
      if (source->tensor->shape == wanted.shape) alike.push_back(source->name);
    }
    if (alike.size() == 1) return alike.front();
    const std::string closest_alike = closest(wanted.name, alike);
    return closest_alike.empty() ? closest(wanted.name, all) : closest_alike;
  }

  void suggest() {
    for (const TensorOutline* wanted : missing_) {
      const std::string candidate = near(*wanted);
      out_.missing.push_back(
          text(described(wanted->name, wanted->shape), " is not in the file",
               candidate.empty() ? std::string() : text("; is it '", printable(candidate), "'?")));
    }
    for (const Source* source : unused_) {
      const bool has_target = source->renamed.by == Renamed::By::map;
      out_.unused.push_back(text(described(source->name, source->tensor->shape), " of the file ",
                                 has_target ? text("would be ", printable(to_string(source->renamed.target)),
                                                   ", which the model lacks")
                                            : std::string("is not used")));
    }
    if (out_.hint.empty()) out_.hint = hint();
  }

  std::string hint() const {
    if (!out_.misfits.empty()) {
      return "leave out what does not fit with `map: {\"NAME\": none}` and let the model start that part by "
             "itself "
             "with `strict: false`";
    }
    if (missing_.empty() && unused_.empty()) return {};
    if (const std::string prefix = common_prefix(); !prefix.empty() && !missing_.empty())
      return text("perhaps `prefix: ", prefix, "`, which many names in the file begin with");
    return "say what is what with `map: {\"NAME IN THE FILE\": \"NAME IN THE MODEL\"}`, leave out with "
           "`none`, or "
           "let the rest start by itself with `strict: false`";
  }

  /// `encoder.`, if what is not used has the names of what is missing behind it.
  std::string common_prefix() const {
    for (const Source* source : unused_) {
      for (const TensorOutline* wanted : missing_) {
        if (source->name.ends_with("." + wanted->name) && source->tensor->shape == wanted->shape)
          return source->name.substr(0, source->name.size() - wanted->name.size());
      }
    }
    return {};
  }

  const WeightFile& file_;
  const std::vector<TensorOutline>& wanted_;
  const MatchOptions& options_;
  std::vector<Source> sources_;
  std::vector<Found> found_;                  // for each of `wanted_`
  std::map<std::string, std::string> given_;  // whole tensors of the file, and what they became
  std::vector<const TensorOutline*> missing_;
  std::vector<const Source*> unused_;
  Matching out_;
};

/// Undoes what a rule did to the tensors of a file.
class BackMatcher {
 public:
  BackMatcher(const WeightFile& file, const WeightFile& like, const MatchOptions& options)
      : file_(file), like_(like), options_(options), wrapper_(wrapper_of(like.tensors)) {}

  Matching run() {
    for (const NamedTensor& tensor : like_.tensors) out_.tensors.push_back(settled(tensor));
    out_.idle_rules = idle_rules(options_.map, names_);
    for (const NamedTensor& tensor : file_.tensors) {
      if (!used_.contains(tensor.name))
        out_.unused.push_back(text(described(tensor.name, tensor.shape), " of the file is not used"));
    }
    if (!out_.is_good(true)) out_.hint = "give the rules by which the other file became this one";
    return std::move(out_);
  }

 private:
  NamedTensor settled(const NamedTensor& wanted) {
    const std::string_view name = std::string_view(wanted.name).substr(wrapper_.size());
    if (!name.starts_with(options_.prefix)) return own(wanted);
    names_.emplace_back(name.substr(options_.prefix.size()));
    const Renamed became = renamed(options_.map, names_.back());
    if (became.by == Renamed::By::nothing) return own(wanted);
    const Target& target = became.target;
    const auto found = std::ranges::find(file_.tensors, target.name, &NamedTensor::name);
    if (found == file_.tensors.end()) {
      out_.missing.push_back(text(described(wanted.name, wanted.shape), " would be made of ",
                                  printable(to_string(target)), ", which is not in the file"));
      return wanted;
    }
    used_.insert(found->name);
    return fitted(*found, target, wanted);
  }

  NamedTensor fitted(const NamedTensor& whole, const Target& target, const NamedTensor& wanted) {
    const bool has_parts = !whole.shape.empty() && whole.shape[0] % target.parts == 0;
    const bool can_turn = !target.is_transposed || whole.shape.size() == 2;
    NamedTensor made = has_parts && target.parts > 1 ? part_of(whole, target.part, target.parts) : whole;
    if (target.is_transposed && can_turn) made = transposed(made);
    out_.lines.push_back({wanted.name, to_string(target), shape_text(wanted.shape), "back"});
    if (made.shape != wanted.shape) {
      out_.misfits.push_back(text(described(wanted.name, wanted.shape), " would be made of ",
                                  described(whole.name, whole.shape)));
    }
    made.name = wanted.name;
    made.same_as = wanted.same_as;
    return made;
  }

  NamedTensor own(const NamedTensor& wanted) {
    out_.lines.push_back({wanted.name, wanted.name, shape_text(wanted.shape), "as it was"});
    return wanted;
  }

  const WeightFile& file_;
  const WeightFile& like_;
  const MatchOptions& options_;
  std::string wrapper_;
  std::vector<std::string> names_;  // of `like_`, to which the rules apply
  std::set<std::string_view> used_;
  Matching out_;
};

}  // namespace

Matching match_back(const WeightFile& file, const WeightFile& like, const MatchOptions& options) {
  return BackMatcher(file, like, options).run();
}

Matching match(const WeightFile& file, const std::vector<TensorOutline>& wanted,
               const MatchOptions& options) {
  return Matcher(file, wanted, options).run();
}

std::vector<TensorOutline> outline_of(const WeightFile& file, const MatchOptions& options) {
  const std::string wrapper = wrapper_of(file.tensors);
  std::vector<TensorOutline> outline;
  std::map<std::string, std::size_t> numbers;
  for (const NamedTensor& tensor : file.tensors) {
    std::string_view name = std::string_view(tensor.name).substr(wrapper.size());
    if (!name.starts_with(options.prefix)) continue;
    name.remove_prefix(options.prefix.size());
    const Renamed become = renamed(options.map, name);
    if (become.by == Renamed::By::nothing) continue;
    std::vector<std::int64_t> shape = tensor.shape;
    if (become.target.is_transposed) std::ranges::reverse(shape);
    const auto [known, is_new] = numbers.try_emplace(become.target.name, outline.size());
    if (is_new) {
      outline.push_back({become.target.name, std::move(shape), tensor.dtype});
    } else if (become.target.parts > 1 && !shape.empty() && !outline[known->second].shape.empty()) {
      outline[known->second].shape[0] += shape[0];
    }
  }
  return outline;
}

std::string summary_of(const Matching& matching) {
  std::vector<std::string> facts;
  const auto add = [&](const std::vector<std::string>& list, std::string_view what) {
    if (!list.empty()) facts.push_back(text(count_text(std::ssize(list), "tensor"), ' ', what));
  };
  add(matching.misfits, "of another shape or type");
  add(matching.missing, "of the model not in the file");
  add(matching.unused, "of the file not used");
  return join(facts, ", ");
}

std::string idle_rules_text(const Matching& matching) {
  if (matching.idle_rules.empty()) return {};
  std::vector<std::string> shown;
  for (const std::string& rule : matching.idle_rules) shown.push_back(text('`', printable(rule), '`'));
  return text(join(shown, ", "), shown.size() == 1 ? " does nothing" : " do nothing",
              ": no name in the file matches, or earlier rules take all that do");
}

std::vector<std::string> details_of(const Matching& matching) {
  constexpr std::size_t most_of_a_kind = 8;
  std::vector<std::string> lines;
  for (const auto* list : {&matching.misfits, &matching.missing, &matching.unused}) {
    for (std::size_t i = 0; i < std::min(list->size(), most_of_a_kind); ++i) lines.push_back((*list)[i]);
    if (list->size() > most_of_a_kind)
      lines.push_back(text("... and ", list->size() - most_of_a_kind, " more"));
  }
  return lines;
}

}  // namespace assay::convert
