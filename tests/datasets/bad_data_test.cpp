// What every reader says of bad data: readers times faults. A reader that is registered must say of each
// fault how it looks there, or why it cannot; what it says is in tests/golden/data/READER.txt.
// ASSAY_UPDATE_GOLDEN=1 rewrites those; the diff is reviewed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/component.h"
#include "tests/contracts/samples.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/datasets/png_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> all_faults = {
    "folder for a file", "missing file",        "empty file",         "other kind of file",
    "truncated",         "broken gzip trailer", "ragged rows",        "wrong type",
    "missing column",    "no number",           "class out of range", "one row damaged"};

/// Writes bad data into a folder and returns the parameters that read it, as JSON without braces; or says why
/// the fault cannot be there.
struct Fault {
  std::function<std::string(const TemporaryFolder&)> make;
  std::string cannot_be;
};
using Faults = std::map<std::string, Fault>;

Fault made(std::function<std::string(const TemporaryFolder&)> make) { return {std::move(make), {}}; }
Fault cannot_be(std::string why) { return {{}, std::move(why)}; }

/// `content` in a file, read with these parameters; FILE stands for its path.
Fault file_with(std::string content, std::string parameters) {
  return made([=](const TemporaryFolder& folder) {
    folder.write("data", content);
    std::string out = parameters;
    out.replace(out.find("FILE"), 4, folder / "data");
    return out;
  });
}

/// The faults of a file as such, for a reader whose parameters name it as FILE. whole: good content.
Faults file_faults(const std::string& whole, const std::string& parameters, bool unpacks = true) {
  const auto at_path = [parameters](const char* name) {
    return made([=](const TemporaryFolder& folder) {
      folder.write("there/is", "x");
      std::string out = parameters;
      out.replace(out.find("FILE"), 4, folder / name);
      return out;
    });
  };
  std::string broken = gzip(whole);
  broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] ^ 1);
  return {{"folder for a file", at_path("there")},
          {"missing file", at_path("there/si")},
          {"empty file", file_with("", parameters)},
          {"other kind of file", file_with(std::string("\x7f"
                                                       "ELF\0\1\2",
                                                       7),
                                           parameters)},
          {"truncated", file_with(whole.substr(0, whole.size() / 2), parameters)},
          {"broken gzip trailer",
           unpacks ? file_with(broken, parameters) : cannot_be("its files are not unpacked")}};
}

Faults with(Faults faults, Faults more) {
  for (auto& [name, fault] : more) faults.insert_or_assign(name, std::move(fault));
  return faults;
}

Faults csv_faults() {
  const std::string parameters = R"("file": "FILE", "target": "kind", "task": "classification")";
  const std::string numbers = R"("file": "FILE", "target": "b", "task": "regression")";
  const auto table = [&](const std::string& rows) { return file_with("a,b,kind\n" + rows, parameters); };
  return with(file_faults("a,b,kind\n1,2,x\n3,4,y\n", parameters),
              {{"truncated", table("1,2,x\n3,4,y\n5")},
               {"ragged rows", table("1,2,x\n3,y\n5,6,7,x\n8,9,y\n")},
               {"wrong type", table("1,2,x\n3,four,y\n5,6,y\n")},
               {"missing column", file_with("a,b\n1,2\n", parameters)},
               {"no number", table("1,2,x\n,nan,y\n5,6,y\n")},
               {"class out of range", cannot_be("its classes are those that are there")},
               {"one row damaged", file_with("a,b\n1,2\n3,4x\n", numbers)}});
}

Faults idx_faults() {
  const std::string images = idx_u8({2, 1, 2}, {1, 2, 3, 4}), labels = idx_u8({2}, {0, 1});
  const auto pair = [&](const std::string& first, const std::string& second, std::string more = "") {
    return made([=](const TemporaryFolder& folder) {
      return text(R"("train_images": ")", folder.write("images", first), R"(", "train_labels": ")",
                  folder.write("labels", second), '"', more);
    });
  };
  const std::string parameters = R"("train_images": "FILE", "train_labels": "FILE")";
  Faults faults = file_faults(images, R"("train_images": "FILE", "train_labels": ")" + source_folder() +
                                          R"(/tests/golden/data/idx.labels")");
  return with(std::move(faults),
              {{"ragged rows", pair(images, idx_u8({3}, {0, 1, 0}))},
               {"wrong type", pair(images, images)},
               {"missing column", cannot_be("it has no columns to name")},
               {"no number", cannot_be("whole numbers always are numbers")},
               {"class out of range", pair(images, idx_u8({2}, {0, 7}), R"(, "classes": ["a", "b"])")},
               {"one row damaged", cannot_be("a value that is read is a value: there are no checksums")}});
}

Faults npy_faults() {
  const std::string x = npy_bytes("<f4", "(2, 2)", Array::of<float>({1, 2, 3, 4}));
  const std::string y = npy_bytes("<i8", "(2,)", Array::of<std::int64_t>({0, 1}));
  const auto pair = [](const std::string& first, const std::string& second,
                       std::string task = "classification", std::string more = "") {
    return made([=](const TemporaryFolder& folder) {
      return text(R"("inputs": ")", folder.write("x.npy", first), R"(", "target": ")",
                  folder.write("y.npy", second), R"(", "task": ")", task, '"', more);
    });
  };
  return with(
      file_faults(x, R"("inputs": "FILE", "target": ")" + source_folder() +
                         R"(/tests/golden/data/npy.target", "task": "classification")"),
      {{"ragged rows", pair(x, npy_bytes("<i8", "(3,)", Array::of<std::int64_t>({0, 1, 2})))},
       {"wrong type", pair(npy_bytes("<U1", "(4,)", Array::of<float>({1, 2, 3, 4})), y)},
       {"missing column", cannot_be("it has no columns to name")},
       {"no number",
        pair(x, npy_bytes("<f8", "(2,)", Array::of<double>({1, std::numeric_limits<double>::quiet_NaN()})),
             "regression")},
       {"class out of range", pair(x, npy_bytes("<i8", "(2,)", Array::of<std::int64_t>({0, 7})),
                                   "classification", R"(, "classes": ["a", "b"])")},
       {"one row damaged", cannot_be("a value that is read is a value: there are no checksums")}});
}

/// Of a reader of arrays by name in a file like tests/datasets/arrays/`recorded`.
Faults array_faults(const std::string& recorded, const std::string& good, const std::string& other_rows,
                    const std::string& odd_type) {
  const std::string whole = read_text(source_folder() + "/tests/datasets/arrays/" + recorded);
  const auto reading = [](const std::string& inputs, const std::string& more = "") {
    return text(R"("file": "FILE", "task": "classification", "inputs": [")", inputs, "\"]", more);
  };
  return with(file_faults(whole, reading(good), false),
              {{"ragged rows", file_with(whole, reading(other_rows))},
               {"wrong type", file_with(whole, reading(odd_type))},
               {"missing column", file_with(whole, reading("z"))},
               {"no number",
                cannot_be("what is no number among inputs is found, with its row, when they are prepared")},
               {"class out of range", file_with(whole, reading(good, R"(, "classes": ["a", "b"])"))}});
}

Faults npz_faults() {
  const std::string whole = read_text(source_folder() + "/tests/datasets/arrays/packed.npz");
  std::string damaged = whole;
  damaged[100] = static_cast<char>(damaged[100] ^ 1);
  const auto packed = [](const std::string& more) {
    return R"("file": "FILE", "task": "classification", "inputs": ["x_train"], "target": ")" + more + '"';
  };
  return with(array_faults("stored.npz", "x", "other", "other"),
              {{"ragged rows", file_with(whole, packed("y_test"))},
               {"one row damaged", file_with(damaged, packed("y_train"))}});
}

Faults hdf5_faults() {
  std::string damaged = read_text(source_folder() + "/tests/datasets/arrays/arrays.h5");
  for (std::size_t at = damaged.find("\x78\x5e"); at != std::string::npos;
       at = damaged.find("\x78\x5e", at + 2))
    damaged[at + 10] = static_cast<char>(damaged[at + 10] ^ 0xFF);
  return with(array_faults("arrays.h5", "plain", "test", "words"),
              {{"one row damaged",
                file_with(damaged, R"("file": "FILE", "task": "classification", "inputs": ["gzip"])")}});
}

Faults image_folder_faults() {
  const auto image = [](const std::string& bytes) {
    return made([=](const TemporaryFolder& folder) {
      folder.write("f/cat/1.png", small_png(1));
      folder.write("f/cat/2.png", bytes);
      folder.write("f/dog/1.png", small_png(2));
      return text(R"("folder": ")", folder / "f", '"');
    });
  };
  const auto at_path = [](const char* name) {
    return made([=](const TemporaryFolder& folder) {
      folder.write("there/is", "x");
      return text(R"("folder": ")", folder / name, '"');
    });
  };
  std::string damaged = small_png(3);
  damaged[45] = static_cast<char>(damaged[45] ^ 1);
  return {{"folder for a file", at_path("there/is")},
          {"missing file", at_path("their")},
          {"empty file", image("")},
          {"other kind of file", image("GIF89a")},
          {"truncated", image(small_png(3).substr(0, 60))},
          {"broken gzip trailer", image(gzip(small_png(3)))},
          {"ragged rows", image(png_bytes(1, 2, 1, {1, 2}))},
          {"wrong type", image("\xff\xd8\xff\xe0 not a JPEG")},
          {"missing column", at_path("there")},
          {"no number", cannot_be("pixels always are numbers")},
          {"class out of range", made([](const TemporaryFolder& folder) {
             for (const char* name : {"train/cat/1.png", "train/dog/1.png", "test/cow/1.png"})
               folder.write(name, small_png(1));
             return text(R"("folder": ")", folder.path(), '"');
           })},
          {"one row damaged", image(damaged)}};
}

Faults image_list_faults() {
  const std::string parameters = R"("file": "FILE", "task": "classification", "image": "0", "target": "-1")";
  const auto list = [](const std::string& rows, const std::string& image, std::string more = "") {
    return made([=](const TemporaryFolder& folder) {
      folder.write("1.png", small_png(1));
      folder.write("2.png", image);
      return text(R"("task": "classification", "file": ")", folder.write("list.csv", rows), '"', more);
    });
  };
  const std::string rows = "1.png,cat\n2.png,dog\n";
  return with(file_faults("1.png,cat\n2.png,dog\n", parameters),
              {{"truncated", list("1.png,cat\n2.png,dog\n2.pn", small_png(2))},
               {"ragged rows", list("1.png,cat\n2.png,dog,old\n2.png,dog\n", small_png(2))},
               {"wrong type", list(rows, "GIF89a")},
               {"missing column", list(rows, small_png(2), R"(, "target": "label")")},
               {"no number", list("1.png,cat\n2.png,\n2.png,dog\n", small_png(2))},
               {"class out of range", cannot_be("its classes are those that are there")},
               {"one row damaged", list(rows, small_png(2).substr(0, 60))}});
}

Faults text_faults() {
  const std::string parameters = R"("file": "FILE", "context": 4)";
  return with(file_faults("some words of text", parameters),
              {{"truncated", file_with("some", parameters)},
               {"ragged rows", cannot_be("it has no rows of its own")},
               {"wrong type", file_with("some words\nof te\xff xt", parameters)},
               {"missing column", cannot_be("it has no columns to name")},
               {"no number", cannot_be("every token has a number")},
               {"class out of range", cannot_be("its tokens are those that are there")},
               {"one row damaged", cannot_be("a character that is read is a character")}});
}

/// Readers of files that configs name. Data sets that are known byte for byte need no entry: the next test
/// looks at them all.
std::map<std::string, Faults> all_readers() {
  return {{"csv", csv_faults()},
          {"hdf5", hdf5_faults()},
          {"idx", idx_faults()},
          {"image_folder", image_folder_faults()},
          {"image_list", image_list_faults()},
          {"npy", npy_faults()},
          {"npz", npz_faults()},
          {"text", text_faults()}};
}

void read_all_rows(const Dataset& data) {
  for (std::size_t i = 0; i < data.facts().columns.size(); ++i) {
    const ColumnInfo& column = data.facts().columns[i];
    Array row(column.dtype, column.shape);
    for (std::int64_t at = 0; at < data.facts().rows; ++at) data.gather(i, std::vector{at}, row.data());
  }
}

bool takes(const ComponentInfo& reader, std::string_view key) {
  const std::vector<std::string> keys = reader.schema->keys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string without(std::string words, const std::string& folder) {
  for (auto at = words.find(folder); at != std::string::npos; at = words.find(folder))
    words.replace(at, folder.size(), "F");
  return words;
}

/// What a user reads of a fault: its problems; with `on_error: skip`, what is left out, or the problems then.
std::string page_of(const ComponentInfo& reader, const std::string& name, const Fault& fault) {
  if (!fault.make) return text("## ", name, "\ncannot be: ", fault.cannot_be, '\n');
  const TemporaryFolder folder;
  const std::string parameters = fault.make(folder);
  const auto outcome_of = [&](std::string_view more) {
    std::string words;
    const auto problems = problems_of([&] {
      const auto data = built<Dataset>(text(R"({"type": ")", reader.name, R"(", )", parameters, more, '}'));
      read_all_rows(*data);
      for (const std::string& omission : data->facts().omissions) words += omission + '\n';
      if (words.empty()) words = "is read\n";
    });
    for (const Problem& problem : problems) words += to_string(problem) + '\n';
    return words;
  };
  std::string page = text("## ", name, '\n', outcome_of(""));
  if (takes(reader, "on_error")) page += "# on_error: skip\n" + outcome_of(R"(, "on_error": "skip")");
  return without(without(page, folder.path()), source_folder());
}

TEST(BadData, OfEveryReaderSaysFileAndRow) {
  const std::map<std::string, Faults> readers = all_readers();
  for (const Component& component : components_of(shipped_registry(), shipped_parts(), "dataset")) {
    const ComponentInfo& info = *component.info;
    SCOPED_TRACE(info.name);
    const bool is_known = std::any_cast<const DatasetFacet&>(info.facet).publications != nullptr;
    const DatasetSample sample = dataset_sample(info.name);
    if (is_known || !sample.reads_files || !sample.is_there) continue;
    const auto reader = readers.find(info.name);
    ASSERT_NE(reader, readers.end()) << "add its faults to all_readers()";

    std::string pages;
    for (const std::string& name : all_faults) {
      const auto fault = reader->second.find(name);
      ASSERT_NE(fault, reader->second.end()) << "say how '" << name << "' looks, or why it cannot be";
      const std::string page = page_of(info, name, fault->second);
      EXPECT_EQ(page.find("## " + name + "\nis read"), std::string::npos) << name << " is not noticed";
      pages += page + '\n';
    }

    const std::string golden = source_folder() + "/tests/golden/data/" + info.name + ".txt";
    if (std::getenv("ASSAY_UPDATE_GOLDEN")) std::ofstream(golden) << pages;
    EXPECT_EQ(pages, find_file(golden).value_or("")) << "run again with ASSAY_UPDATE_GOLDEN=1 to accept";
  }
}

// Whatever is known byte for byte is compared byte for byte, or read like any table (uci).
TEST(BadData, ThatIsPublishedElsewiseIsRefused) {
  for (const Component& component : components_of(shipped_registry(), shipped_parts(), "dataset")) {
    const auto& facet = std::any_cast<const DatasetFacet&>(component.info->facet);
    if (!facet.publications || component.info->name == "uci") continue;
    SCOPED_TRACE(component.info->name);
    for (const Publication& publication : facet.publications()) {
      const TemporaryFolder folder;
      for (const KnownFile& file : publication.files)
        folder.write(join_path(publication.folders.front(), file.name), "other bytes");

      const auto problems =
          problems_of([&] { built<Dataset>(text('"', component.info->name, '"'), {{folder.path()}}); });

      ASSERT_EQ(problems.size(), publication.files.size());
      EXPECT_THAT(to_string(problems[0]), HasSubstr("the file is truncated: 11 of the"));
    }
  }
}

}  // namespace
}  // namespace assay::testing
