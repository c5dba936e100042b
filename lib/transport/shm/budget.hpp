// Budget: how much shared memory a Context may have.
//
// What      Memory that is only reserved kills a program when it is touched and there is none (SIGBUS, or the cgroup's OOM
//           killer). So all of it is allocated before it is used, and before that it is asked for here: of the budget, of
//           what the machine has left, and of what the process's cgroups have.
// Threads   Any.
// Lifetime  A Share may outlive its Budget.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/error.hpp"

namespace weft::transport::shm {

class Budget final {
 public:
  /// Bytes that are given back when this goes.
  class Share final {
   public:
    Share() noexcept = default;
    Share(Share&& other) noexcept : used_(std::move(other.used_)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      give_back();
      used_ = std::move(other.used_);
      bytes_ = std::exchange(other.bytes_, 0);
      return *this;
    }
    ~Share() { give_back(); }

   private:
    friend class Budget;
    using Used = std::shared_ptr<std::atomic<std::uint64_t>>;
    Share(Used used, std::uint64_t bytes) noexcept : used_(std::move(used)), bytes_(bytes) {}
    void give_back() noexcept {
      if (used_) used_->fetch_sub(bytes_, std::memory_order_relaxed);  // a sum only: pairs with nothing
    }
    Used used_;
    std::uint64_t bytes_ = 0;
  };

  /// `limit`: bytes; 0: half of the machine's memory.
  explicit Budget(std::uint64_t limit);

  /// Errors: resource_exhausted, which names the limit that is reached, and what to do.
  Result<Share> take(std::uint64_t bytes);

 private:
  const std::uint64_t limit_;
  const Share::Used used_;
};

}  // namespace weft::transport::shm
