#include "registry/implementations.h"

#include "core/text.h"

namespace assay {

void Implementations::add_builder(std::string_view family, std::string_view name,
                                  std::shared_ptr<const BuilderBase> builder) {
  const std::string full = prefix_ + std::string(name);
  const bool is_new = builders_.try_emplace({std::string(family), full}, std::move(builder)).second;
  if (!is_new) throw Error(Kind::registry, text(family, ' ', full, " is implemented twice"));
}

const Implementations::BuilderBase* Implementations::find_builder(std::string_view family,
                                                                  const SlotBase& slot) const {
  const auto found = builders_.find({std::string(family), slot.name()});
  if (found == builders_.end() || !slot.is_bound()) {
    throw Error(Kind::registry, Problem{slot.where(),
                                        slot.path(),
                                        text(": ", family, " '", slot.name(),
                                             "' is declared, but nothing that implements it was loaded"),
                                        {}});
  }
  return found->second.get();
}

void Implementations::fail_with_place(const SlotBase& slot, std::string_view what) {
  throw Error(Kind::run,
              Problem{slot.where(),
                      slot.path(),
                      text(": building ", slot.name(), " failed: ", what.substr(0, what.find('\n'))),
                      {}});
}

bool Implementations::has(std::string_view family, std::string_view name) const {
  return builders_.contains({std::string(family), std::string(name)});
}

std::vector<std::pair<std::string, std::string>> Implementations::list() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, builder] : builders_) out.push_back(key);
  return out;
}

}  // namespace assay
