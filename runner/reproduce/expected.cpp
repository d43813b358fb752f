#include "runner/reproduce/expected.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "registry/registry.h"
#include "runner/config/read_yaml.h"
#include "runner/sweep/points_file.h"

namespace assay::reproduce {

void RunSection::describe(Fields<RunSection>& f) {
  f.about("A config of the experiment, with values of its own.");
  f("name", &RunSection::name, "what rows call it", required, non_empty());
  f("config", &RunSection::config, "the config (default: experiment.yaml beside this file)");
  f("set", &RunSection::set, "keys of the config with other values, as `dataset.name: yacht`");
}

void SpreadSection::describe(Fields<SpreadSection>& f) {
  f.about("How far the published values lie apart.");
  f("sd", &SpreadSection::sd, "their standard deviation", above(0));
  f("standard_error", &SpreadSection::standard_error, "the standard error of their mean", above(0));
}

void ToleranceSection::describe(Fields<ToleranceSection>& f) {
  f.about("What our mean has to keep: all that is written.");
  f("absolute", &ToleranceSection::absolute, "distance from the published value", above(0));
  f("relative", &ToleranceSection::relative, "distance as a part of the published value, as 7%");
  f("between", &ToleranceSection::between, "the least and the largest value that it may have", length(2));
  f("sds", &ToleranceSection::sds, "distance in standard deviations of the published values (spread.sd)",
    above(0));
  f("standard_errors", &ToleranceSection::standard_errors,
    "distance in standard errors: of the differences of single trials where paired_with is written, else the "
    "published "
    "one (spread.standard_error)",
    above(0));
  f.check("the first value of between is below the second",
          [](const ToleranceSection& p) { return !p.between || (*p.between)[0] < (*p.between)[1]; });
}

void RowSection::describe(Fields<RowSection>& f) {
  f.about("A published number, or an order of the numbers of other rows.");
  f("name", &RowSection::name, "what the row is called", required, non_empty());
  f("run", &RowSection::run, "the run that it is about (default: the only one)");
  f("metric", &RowSection::metric, "the metric, with its split, as `test/accuracy`");
  f("of", &RowSection::of,
    "keys of the config with the values that the trials have which count (default: all of them)");
  f("value", &RowSection::value, "the number that was published (default: the mean of paired_with)");
  f("spread", &RowSection::spread, "how far the published values lie apart");
  f("paired_with", &RowSection::paired_with,
    "a CSV file with the published values of single trials: columns are metrics, and keys of the config that "
    "say which trial");
  f("tolerance", &RowSection::tolerance, "how far our mean may be from it");
  f("order", &RowSection::order, "instead of a metric: names of other rows, the largest mean first");
  f("reason", &RowSection::reason, "why the tolerance is what it is, or why the order is looked at", required,
    non_empty());
  f.check("either metric or order is written",
          [](const RowSection& p) { return p.metric.empty() == p.is_order(); });
  f.check("an order has at least two rows, and nothing but name and reason beside it",
          [](const RowSection& p) {
            return !p.is_order() || (p.order.size() > 1 && p.run.empty() && p.of.empty() && !p.value &&
                                     !p.paired_with.is_set() && p.tolerance.is_empty());
          });
  f.check("a metric has a tolerance",
          [](const RowSection& p) { return p.is_order() || !p.tolerance.is_empty(); });
  f.check("a metric has a value or paired_with",
          [](const RowSection& p) { return p.is_order() || p.value || p.paired_with.is_set(); });
  f.check("a tolerance in sds has a spread.sd",
          [](const RowSection& p) { return !p.tolerance.sds || p.spread.sd; });
  f.check("a tolerance in standard_errors has a spread.standard_error or paired_with",
          [](const RowSection& p) {
            return !p.tolerance.standard_errors || p.spread.standard_error || p.paired_with.is_set();
          });
}

void ExpectedSection::describe(Fields<ExpectedSection>& f) {
  f.about("What a published experiment has to come to.");
  f("expected", &ExpectedSection::expected, "the version of this format, 1", required,
    at_least(1) && at_most(1));
  f("title", &ExpectedSection::title, "what was published, in a few words", required, non_empty());
  f("source", &ExpectedSection::source, "where: paper, table, program and version", required, non_empty());
  f("runs", &ExpectedSection::runs, "what is run (default: experiment.yaml beside this file, as it is)");
  f("rows", &ExpectedSection::rows, "the numbers that were published", required, non_empty());
  f("quick", &ExpectedSection::quick,
    "keys of the configs with the values that they have with --quick, which judges nothing", required);
}

namespace {

constexpr const char* own_run = "experiment";

class Reader {
 public:
  explicit Reader(const std::string& folder) {
    out_.folder = absolute_path(folder);
    out_.name = base_name(out_.folder);
    file_ = join_path(folder, "expected.yaml");
  }

  Expected read() {
    bind();
    complete_runs();
    for (std::size_t i = 0; i < out_.rows.size(); ++i) check_row(i);
    throw_if_any(Kind::config, problems_);
    return std::move(out_);
  }

 private:
  void bind() {
    const std::optional<Value> value =
        read_yaml(read_file(file_), std::make_shared<const std::string>(file_), problems_);
    throw_if_any(Kind::config, problems_);
    const Registry no_components;
    BindContext context{no_components, problems_, {}};
    Codec<ExpectedSection>::read(*value, out_, context);
    throw_if_any(Kind::config, problems_);
    for (const Value& row : value->find("rows")->items()) out_.where.push_back(row.where());
    if (const Value* runs = value->find("runs")) where_runs_ = runs->where();
  }

  void complete_runs() {
    if (out_.runs.empty()) out_.runs.push_back({own_run, {}, {}});
    std::set<std::string> names;
    for (RunSection& run : out_.runs) {
      if (!run.config.is_set()) run.config.text = join_path(out_.folder, "experiment.yaml");
      if (!names.insert(run.name).second)
        problems_.push_back(
            {where_runs_, "runs", text("has two runs called '", printable(run.name), "'"), "rename one"});
    }
  }

  void check_row(std::size_t i) {
    RowSection& row = out_.rows[i];
    out_.paired.emplace_back();
    const auto is_it = [&](const RowSection& other) { return other.name == row.name; };
    if (std::count_if(out_.rows.begin(), out_.rows.end(), is_it) > 1)
      report(i, text(": another row is called '", printable(row.name), "' too"),
             "names say which row an order means");
    if (row.is_order()) return check_order(i);
    find_run(i);
    if (row.paired_with.is_set()) read_pairs(i);
  }

  void check_order(std::size_t i) {
    std::vector<std::string> names;
    for (const RowSection& other : out_.rows) {
      if (!other.is_order()) names.push_back(other.name);
    }
    for (const std::string& name : out_.rows[i].order) {
      if (std::find(names.begin(), names.end(), name) == names.end())
        report(i, text(".order names '", printable(name), "', which is no row with a metric"),
               suggest(name, names));
    }
  }

  void find_run(std::size_t i) {
    RowSection& row = out_.rows[i];
    std::vector<std::string> names;
    for (const RunSection& run : out_.runs) names.push_back(run.name);
    if (row.run.empty() && names.size() == 1) row.run = names.front();
    if (std::find(names.begin(), names.end(), row.run) != names.end()) return;
    if (row.run.empty()) return report(i, " has no `run`", text("it is one of ", join(names, ", ")));
    report(i, text(".run is '", printable(row.run), "', which is no run"), suggest(row.run, names));
  }

  void read_pairs(std::size_t i) {
    const RowSection& row = out_.rows[i];
    const std::string& file = row.paired_with.text;
    std::vector<Problem> found;
    out_.paired[i] = sweep::read_points(read_file(file), file, found);
    for (Problem& problem : found) {
      problem.path = text("rows.", i, ".paired_with");
      problems_.push_back(std::move(problem));
    }
    for (const Value& published : out_.paired[i]) {
      const Value* value = published.find(row.metric);
      if (value && value->is_scalar() && parse_real(value->text())) continue;
      problems_.push_back({value ? value->where() : published.where(), text("rows.", i, ".paired_with"),
                           text("has no number for ", printable(row.metric)),
                           "a column of the file has the metric's name, and a number in every row"});
      return;
    }
  }

  void report(std::size_t i, std::string message, std::string hint) {
    problems_.push_back({out_.where[i], {}, text("rows.", i, message), std::move(hint)});
  }

  std::string file_;
  Where where_runs_;
  std::vector<Problem> problems_;
  Expected out_;
};

}  // namespace

bool is_experiment(const std::string& folder) { return exists(join_path(folder, "expected.yaml")); }

Expected read_expected(const std::string& folder) { return Reader(folder).read(); }

}  // namespace assay::reproduce
