#include "registry/contracts/threads.h"

namespace assay {

// What is neither becomes -1, which the rule of the field refuses.
bool Codec<Threads>::read(const Value& value, Threads& out, BindContext&) {
  const Json json = to_json(value);
  const bool is_auto = json.is_text() && json.text() == "auto";
  out.count = is_auto ? 0 : json.is_integer() && json.integer() != 0 ? json.integer() : -1;
  return true;
}

Json Codec<Threads>::write(const Threads& threads) {
  return threads.is_auto() ? Json("auto") : Json(threads.count);
}

Rule thread_count() {
  constexpr std::int64_t most = 1024;
  const Json number(Json::Map{{"type", "integer"}, {"minimum", 1}, {"maximum", most}});
  const Json automatic(Json::Map{{"const", "auto"}});
  return {"a whole number from 1 to 1024, or auto",
          [](const Json& v) { return v.is_text() || (v.integer() >= 1 && v.integer() <= most); },
          Json(Json::Map{{"anyOf", Json(Json::List{number, automatic})}})};
}

}  // namespace assay
