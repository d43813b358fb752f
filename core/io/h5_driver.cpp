#include "core/io/h5_driver.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

namespace assay::h5 {
namespace {

/// What HDF5 holds of an open file; it knows the first member.
struct OpenFile {
  H5FD_t known_to_hdf5{};
  Medium* medium = nullptr;
  haddr_t end = 0;
};

OpenFile& open_file(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file); }
const OpenFile& open_file(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file); }

H5FD_t* open(const char* name, unsigned, hid_t access, haddr_t) {
  const auto* medium = static_cast<Medium* const*>(H5Pget_driver_info(access));
  if (!medium || std::strcmp(name, medium_name) != 0) return nullptr;
  auto* file = new (std::nothrow) OpenFile;
  if (!file) return nullptr;
  file->medium = *medium;
  return &file->known_to_hdf5;
}

herr_t close(H5FD_t* file) {
  delete &open_file(file);
  return 0;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_IGNORE_DRVRINFO;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t) { return open_file(file).end; }

herr_t allocate(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  open_file(file).end = end;
  open_file(file).medium->allocate(end);
  return 0;
}

haddr_t size(const H5FD_t* file, H5FD_mem_t) { return open_file(file).medium->size(); }

herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, void* out) {
  return open_file(file).medium->read(at, static_cast<char*>(out), size) ? 0 : -1;
}

herr_t write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, const void* bytes) {
  return open_file(file).medium->write(at, static_cast<const char*>(bytes), size) ? 0 : -1;
}

H5FD_class_t driver_class() {
  constexpr H5FD_mem_t free_lists[] = H5FD_FLMAP_DICHOTOMY;  // numbers apart from what describes them
  H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
  constexpr int unregistered = 511;
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(unregistered);
#endif
  driver.name = "assay_memory";
  driver.maxaddr = haddr_t{1} << 62U;
  driver.fc_degree = H5F_CLOSE_STRONG;
  driver.fapl_size = sizeof(Medium*);
  driver.open = &open;
  driver.close = &close;
  driver.query = &query;
  driver.get_eoa = &allocated;
  driver.set_eoa = &allocate;
  driver.get_eof = &size;
  driver.read = &read;
  driver.write = &write;
  std::copy(std::begin(free_lists), std::end(free_lists), std::begin(driver.fl_map));
  return driver;
}

}  // namespace

const char* const medium_name = "/dev/null/assay";  // below a file, so that it cannot exist

Medium::~Medium() = default;

bool FixedBytes::read(std::uint64_t at, char* out, std::size_t size) const noexcept {
  if (at > bytes_.size() || size > bytes_.size() - at) return false;
  std::memcpy(out, bytes_.data() + at, size);
  return true;
}

bool Pages::read(std::uint64_t at, char* out, std::size_t size) const noexcept {
  while (size > 0) {
    const std::size_t within = at % page_bytes;
    const std::size_t part = std::min(size, page_bytes - within);
    const auto page = pages_.find(at / page_bytes);
    if (page == pages_.end() || !page->second) {
      std::memset(out, 0, part);
    } else {
      std::memcpy(out, page->second.get() + within, part);
    }
    at += part;
    out += part;
    size -= part;
  }
  return true;
}

bool Pages::write(std::uint64_t at, const char* bytes, std::size_t size) noexcept {
  try {
    while (size > 0) {
      const std::size_t within = at % page_bytes;
      const std::size_t part = std::min(size, page_bytes - within);
      std::unique_ptr<char[]>& page = pages_[at / page_bytes];
      if (!page) page = std::make_unique<char[]>(page_bytes);
      std::memcpy(page.get() + within, bytes, part);
      at += part;
      bytes += part;
      size -= part;
    }
  } catch (const std::bad_alloc&) {
    ran_short_ = true;
  }
  return true;
}

Properties access_to(const Caller& caller, Medium& medium) {
  constexpr std::string_view what = "cannot prepare a file";
  const H5FD_class_t driver = driver_class();
  const Driver registered(caller.checked(H5FDregister(&driver), what));
  Properties access(caller.checked(H5Pcreate(H5P_FILE_ACCESS), what));
  Medium* const address = &medium;
  caller.checked(H5Pset_driver(access.get(), registered.get(), &address), what);
  // Superblock 2 and checksummed metadata; every HDF5 since 1.8 reads them.
  caller.checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18), what);
  return access;
}

}  // namespace assay::h5
