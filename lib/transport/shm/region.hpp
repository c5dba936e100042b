// Region: a piece of memory that processes share, with no name: a sealed memfd.
//
// What      Data is written by its maker alone: once he has mapped it, the seals keep everybody else from writing,
//           shrinking and growing it (memfd_create(2), F_SEAL_FUTURE_WRITE). A page is written by both sides.
// Threads   Values that move; who may touch the bytes is said in layout.hpp.
// Lifetime  The bytes are mapped for as long as the Mapping lives, whoever else has gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "transport/shm/budget.hpp"

namespace weft::transport::shm {

/// Mapped memory.
class Mapping final {
 public:
  Mapping() noexcept = default;
  explicit Mapping(std::span<std::byte> bytes) noexcept : bytes_(bytes) {}
  Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapping();

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::byte* data() const noexcept { return bytes_.data(); }
  explicit operator bool() const noexcept { return !bytes_.empty(); }

 private:
  std::span<std::byte> bytes_;
};

/// Memory that this process has made, and the descriptor by which others map it.
struct Region {
  Fd fd;
  Mapping mapping;
  Budget::Share share;
};

enum class Access : std::uint8_t { maker_writes, both_write };

/// All of it zeros, and allocated. Errors: resource_exhausted with a remedy.
Result<Region> make_region(std::size_t bytes, Access access, Budget& budget);

/// Maps what somebody else has made. Errors: malformed, it is no such memory, or has another size; resource_exhausted.
Result<Mapping> map_region(const Fd& fd, std::size_t bytes, Access access);

}  // namespace weft::transport::shm
