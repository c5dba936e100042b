// Shared: an array in memory that this process has in common with the children that it forks from now on.
//
// Threads   Those of its elements. All pages are there from the start: no party's first touch is measured.
// Lifetime  The memory goes with the last process that has it; it never had a name.
#pragma once

#include <cerrno>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <sys/mman.h>

#include "base/error.hpp"

namespace weft::perf::limits {

template <class T>
class Shared final {
 public:
  static_assert(std::is_trivially_destructible_v<T>);

  /// `count` elements, each value-initialised. Errors: resource_exhausted.
  static Result<Shared> create(std::size_t count) {
    void* memory = ::mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return sys_error(errno, "mmap", "shared memory");
    auto* elements = static_cast<T*>(memory);
    std::uninitialized_value_construct_n(elements, count);
    return Shared(elements, count);
  }
  Shared(Shared&& other) noexcept
      : elements_(std::exchange(other.elements_, nullptr)), count_(other.count_) {}
  Shared& operator=(Shared&&) = delete;
  ~Shared() {
    if (elements_ != nullptr) ::munmap(elements_, count_ * sizeof(T));
  }

  [[nodiscard]] T* data() const noexcept { return elements_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  T& operator[](std::size_t at) const noexcept { return elements_[at]; }

 private:
  Shared(T* elements, std::size_t count) noexcept : elements_(elements), count_(count) {}
  T* elements_;
  std::size_t count_;
};

}  // namespace weft::perf::limits
