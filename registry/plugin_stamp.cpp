#include "registry/plugin_stamp.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <elf.h>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view section_name = ".assay_plugin";

#if defined(__x86_64__)
constexpr int this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int this_machine = EM_AARCH64;
#else
#error "plugin_stamp.cpp: which ELF machine is this?"
#endif

std::string machine_text(int machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "arm64";
    case EM_386:
      return "32-bit x86";
    default:
      return text("ELF machine ", machine);
  }
}

/// A file of which small pieces are read. Whatever lies beyond its end is not there.
class Library {
 public:
  explicit Library(const std::string& file) : file_(file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (!fs::exists(status)) fail("does not exist", "build the plugin, or correct the path");
    if (fs::is_directory(status)) fail("is a folder", "name the .so file in it");
    in_.open(file, std::ios::binary);
    if (!in_) fail("cannot be read", "look at its permissions");
    size_ = fs::file_size(file, error);
  }

  [[noreturn]] void fail(std::string_view fact, std::string hint) const {
    throw Error(Kind::plugin, text("plugin ", file_, ' ', fact), std::move(hint));
  }

  template <class T>
  T read(std::uint64_t offset) {
    T out{};
    const std::string bytes = read_bytes(offset, sizeof(T));
    std::memcpy(&out, bytes.data(), sizeof(T));
    return out;
  }
  std::string read_bytes(std::uint64_t offset, std::uint64_t count) {
    if (offset > size_ || count > size_ - offset) fail("is cut off or damaged", "build the plugin again");
    std::string bytes(count, '\0');
    in_.seekg(static_cast<std::streamoff>(offset));
    in_.read(bytes.data(), static_cast<std::streamsize>(count));
    if (!in_) fail("cannot be read", "look at the disk that it is on");
    return bytes;
  }
  std::uint64_t size() const { return size_; }

 private:
  std::string file_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

Elf64_Ehdr read_header(Library& library) {
  const std::string hint = "name the .so file that the plugin's build made";
  if (library.size() < sizeof(Elf64_Ehdr)) library.fail("is no shared library", hint);
  const auto header = library.read<Elf64_Ehdr>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) library.fail("is no shared library", hint);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine) {
    library.fail(
        text("was built for ", machine_text(header.e_machine), ", but this is ", machine_text(this_machine)),
        "build the plugin on this kind of machine");
  }
  if (header.e_type != ET_DYN) library.fail("is no shared library", hint);
  return header;
}

/// Empty if there is no such section.
std::string read_section(Library& library, const Elf64_Ehdr& header) {
  constexpr std::uint64_t longest = 1 << 16;
  if (header.e_shoff == 0 || header.e_shentsize != sizeof(Elf64_Shdr)) return {};
  const auto section = [&](std::uint64_t index) {
    return library.read<Elf64_Shdr>(header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  const Elf64_Shdr names = section(header.e_shstrndx);
  const std::string all_names = library.read_bytes(names.sh_offset, names.sh_size);
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr one = section(i);
    if (one.sh_name >= all_names.size() || all_names.c_str() + one.sh_name != section_name) continue;
    return library.read_bytes(one.sh_offset, std::min(one.sh_size, longest));
  }
  return {};
}

/// The value of the first `key=value`; entries end with a zero.
std::string value_of(std::string_view entries, std::string_view key) {
  for (const std::string& entry : split(entries, '\0')) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos && std::string_view(entry).substr(0, equals) == key)
      return entry.substr(equals + 1);
  }
  return {};
}

}  // namespace

std::optional<PluginStamp> find_stamp(const std::string& file) {
  Library library(file);
  const std::string entries = read_section(library, read_header(library));
  if (entries.empty()) return std::nullopt;
  return PluginStamp{static_cast<int>(parse_integer(value_of(entries, "abi")).value_or(0)),
                     value_of(entries, "name"), value_of(entries, "version"), value_of(entries, "build")};
}

}  // namespace assay
