#include "tests/crash/disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

namespace assay::crash {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t sector_bytes = 512;

std::string parent_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool happens(Random& random, double chance) { return std::uniform_real_distribution<>()(random) < chance; }

template <class Items>
const auto& any_of(const Items& items, Random& random) {
  return items[std::uniform_int_distribution<std::size_t>(0, items.size() - 1)(random)];
}

void put(std::string& content, std::size_t at, std::string_view bytes) {
  if (content.size() < at + bytes.size()) content.resize(at + bytes.size());
  content.replace(at, bytes.size(), bytes);
}

/// Some sectors of the one, the others of the other.
std::string torn(std::string_view before, std::string_view after, Random& random) {
  std::string out(after);
  for (std::size_t at = 0; at < out.size(); at += sector_bytes) {
    if (happens(random, 0.5)) continue;
    for (std::size_t i = at; i < std::min(at + sector_bytes, out.size()); ++i)
      out[i] = i < before.size() ? before[i] : '\0';
  }
  return out;
}

}  // namespace

void write_tree(const Tree& tree, const std::string& folder) {
  for (const auto& [path, bytes] : tree) {
    const std::string whole = folder + '/' + path;
    if (path.back() == '/') {
      std::filesystem::create_directories(whole);
      continue;
    }
    std::ofstream out(whole, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + whole);
  }
}

Tree read_tree(const std::string& folder) {
  Tree tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(folder).string();
    if (entry.is_directory()) {
      tree[path + '/'];
      continue;
    }
    std::ifstream in(entry.path(), std::ios::binary);
    tree[path] = std::string((std::istreambuf_iterator<char>(in)), {});
  }
  return tree;
}

std::vector<std::string> differences(const Tree& a, const Tree& b) {
  std::vector<std::string> out;
  for (const auto& [path, bytes] : a) {
    const auto other = b.find(path);
    if (other == b.end() || other->second != bytes) out.push_back(path);
  }
  for (const auto& [path, bytes] : b) {
    if (!a.contains(path)) out.push_back(path);
  }
  return out;
}

/// Content as processes see it, content that is on the disk, and what came in between.
struct Disk::File {
  struct Version {
    std::uint64_t time;
    std::string bytes;
  };
  struct Length {
    std::uint64_t time;
    std::size_t bytes;
  };

  std::string now;
  std::string durable;
  std::map<std::size_t, std::vector<Version>> pages;  // unsynced contents
  std::map<std::size_t, std::uint64_t> dropped;       // pages: what is older will not be written by a sync
  std::vector<Length> lengths;

  void write(std::uint64_t time, std::size_t at, std::string_view bytes) {
    const std::size_t before = now.size();
    put(now, at, bytes);
    if (now.size() != before) lengths.push_back({time, now.size()});
    for (std::size_t page = at / page_bytes; page * page_bytes < at + bytes.size(); ++page)
      pages[page].push_back({time, now.substr(page * page_bytes, page_bytes)});
  }

  void resize(std::uint64_t time, std::size_t length) {
    now.resize(length);
    lengths.push_back({time, length});
  }

  void synced(std::uint64_t time) {
    for (auto page = pages.begin(); page != pages.end();) {
      auto& versions = page->second;
      const auto later = std::find_if(versions.begin(), versions.end(),
                                      [&](const Version& version) { return version.time > time; });
      if (later != versions.begin()) {
        const auto dropped_at = dropped.find(page->first);
        const Version& last = *std::prev(later);
        if (dropped_at == dropped.end() || last.time > dropped_at->second)
          put(durable, page->first * page_bytes, last.bytes);
      }
      versions.erase(versions.begin(), later);
      page = versions.empty() ? pages.erase(page) : std::next(page);
    }
    const auto later = std::find_if(lengths.begin(), lengths.end(),
                                    [&](const Length& length) { return length.time > time; });
    if (later != lengths.begin()) durable.resize(std::prev(later)->bytes);
    lengths.erase(lengths.begin(), later);
  }

  /// The contents stay possible, as they may have got there; but no later sync brings them.
  void sync_failed(std::uint64_t time) {
    for (const auto& [page, versions] : pages) {
      if (versions.front().time <= time) dropped[page] = time;
    }
  }

  std::string after_power_cut(Random& random) const {
    const std::vector<double> chances{0, 0.2, 0.5, 0.8, 0.95, 1};
    const double chance = any_of(chances, random);
    std::string out = durable;
    for (const auto& [page, versions] : pages) {
      if (!happens(random, chance)) continue;
      const Version& version = happens(random, 0.5) ? versions.back() : any_of(versions, random);
      const std::string before =
          page * page_bytes < out.size() ? out.substr(page * page_bytes, page_bytes) : "";
      const bool is_torn = happens(random, 0.1);
      put(out, page * page_bytes, is_torn ? torn(before, version.bytes, random) : version.bytes);
    }
    out.resize(length_after_power_cut(random));
    return out;
  }

  std::size_t length_after_power_cut(Random& random) const {
    if (lengths.empty() || happens(random, 0.3)) return durable.size();
    return happens(random, 0.6) ? lengths.back().bytes : any_of(lengths, random).bytes;
  }
};

struct Disk::Node {
  std::shared_ptr<File> file;
  std::shared_ptr<Folder> folder;

  explicit operator bool() const { return file || folder; }
};

struct Disk::Folder {
  using Names = std::map<std::string, Node>;
  /// One change of names, whole: a rename takes one away and sets another.
  struct Change {
    std::uint64_t time;
    std::string removed;
    std::string set;
    Node node;
  };

  Names now;
  Names durable;
  std::vector<Change> changes;  // unsynced

  static void make(const Change& change, Names& names) {
    if (!change.removed.empty()) names.erase(change.removed);
    if (!change.set.empty()) names[change.set] = change.node;
  }
  void change(Change change) {
    make(change, now);
    changes.push_back(std::move(change));
  }
  void synced(std::uint64_t time) {
    const auto later = std::find_if(changes.begin(), changes.end(),
                                    [&](const Change& change) { return change.time > time; });
    std::for_each(changes.begin(), later, [&](const Change& change) { make(change, durable); });
    changes.erase(changes.begin(), later);
  }

  void list(const std::string& prefix, Tree& out) const {
    for (const auto& [name, node] : now) {
      if (node.file) {
        out[prefix + name] = node.file->now;
        continue;
      }
      out[prefix + name + '/'];
      node.folder->list(prefix + name + '/', out);
    }
  }
  /// A file of two names is the same file after the power cut, too: `contents` remembers.
  void list_after_power_cut(const std::string& prefix, Random& random,
                            std::map<const File*, std::string>& contents, Tree& out) const {
    Names names = durable;
    const std::size_t n = std::uniform_int_distribution<std::size_t>(0, changes.size())(random);
    for (std::size_t i = 0; i < n; ++i) make(changes[i], names);
    for (const auto& [name, node] : names) {
      if (node.folder) {
        out[prefix + name + '/'];
        node.folder->list_after_power_cut(prefix + name + '/', random, contents, out);
        continue;
      }
      const auto known = contents.find(node.file.get());
      if (known == contents.end()) contents[node.file.get()] = node.file->after_power_cut(random);
      out[prefix + name] = contents[node.file.get()];
    }
  }
};

struct Disk::Running {
  Node node;
  std::uint64_t begun;
};

Disk::Disk() : root_(std::make_unique<Folder>()) {}
Disk::Disk(const Tree& tree) : Disk() { add(tree); }
Disk::~Disk() = default;
Disk::Disk(Disk&&) noexcept = default;

void Disk::add(const Tree& tree) {
  std::set<Folder*> folders{root_.get()};
  for (const auto& [path, bytes] : tree) {
    const bool is_folder = path.back() == '/';
    const std::string plain = is_folder ? path.substr(0, path.size() - 1) : path;
    Node node;
    if (is_folder) {
      node.folder = std::make_shared<Folder>();
      folders.insert(node.folder.get());
    } else {
      node.file = std::make_shared<File>();
      node.file->now = node.file->durable = bytes;
    }
    parent_of(plain).change({0, {}, last_part(plain), node});
  }
  for (Folder* folder : folders) folder->synced(0);
}

Disk::Node Disk::get(const std::string& path) const {
  if (path.empty()) throw std::runtime_error("the root is no entry");
  Folder& folder = parent_of(path);
  const auto found = folder.now.find(last_part(path));
  if (found == folder.now.end()) throw std::runtime_error("the recording does not make " + path);
  return found->second;
}

Disk::File& Disk::get_file(const std::string& path) const {
  const Node node = get(path);
  if (!node.file) throw std::runtime_error(path + " is no file in the recording");
  return *node.file;
}

Disk::Folder& Disk::parent_of(const std::string& path) const {
  const std::string parent = parent_path(path);
  if (parent.empty()) return *root_;
  const Node node = get(parent);
  if (!node.folder) throw std::runtime_error(parent + " is no folder in the recording");
  return *node.folder;
}

void Disk::rename(const std::string& from, const std::string& to) {
  if (parent_path(from) != parent_path(to)) throw std::runtime_error("renamed to another folder: " + from);
  parent_of(to).change({clock_, last_part(from), last_part(to), get(from)});
}

void Disk::apply(const RecordedOp& op) {
  ++clock_;
  const OpHeader& header = op.header;
  switch (header.op) {
    case Op::create:
      return parent_of(op.path).change({clock_, {}, last_part(op.path), {std::make_shared<File>(), nullptr}});
    case Op::make_folder:
      return parent_of(op.path).change(
          {clock_, {}, last_part(op.path), {nullptr, std::make_shared<Folder>()}});
    case Op::write:
      return get_file(op.path).write(clock_, header.offset, op.bytes);
    case Op::resize:
      return get_file(op.path).resize(clock_, header.length);
    case Op::rename:
      return rename(op.path, op.second);
    case Op::link:
      return parent_of(op.second).change({clock_, {}, last_part(op.second), get(op.path)});
    case Op::unlink:
    case Op::remove_folder:
      return parent_of(op.path).change({clock_, last_part(op.path), {}, {}});
    case Op::sync_begin: {
      const bool is_root = op.path.empty();
      syncs_[header.sync] = {
          is_root ? Node{nullptr, std::shared_ptr<Folder>(root_.get(), [](Folder*) {})} : get(op.path),
          clock_};
      return;
    }
    case Op::sync_end:
    case Op::sync_failed: {
      const auto sync = syncs_.extract(header.sync);
      if (sync.empty()) throw std::runtime_error("a sync ends that did not begin: " + op.path);
      const Running& running = sync.mapped();
      if (running.node.folder && header.op == Op::sync_end) running.node.folder->synced(running.begun);
      if (!running.node.file) return;
      if (header.op == Op::sync_end)
        running.node.file->synced(running.begun);
      else
        running.node.file->sync_failed(running.begun);
      return;
    }
  }
}

Tree Disk::now() const {
  Tree out;
  root_->list("", out);
  return out;
}

Tree Disk::after_power_cut(Random& random) const {
  Tree out;
  std::map<const File*, std::string> contents;
  root_->list_after_power_cut("", random, contents, out);
  return out;
}

}  // namespace assay::crash
