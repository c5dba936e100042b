// Outbox: sees to it that each user of a Book gets a welcome, whoever is away or dies meanwhile.
//
// What      The users' file is the queue's memory on the disk. The first Qos::depth of those who have had no welcome are
//           pushed; the others wait in the file, so nobody is refused because the e-mail service is away. When all that
//           were pushed are done, that is noted in the file, and the next follow. A user service that is killed begins
//           again behind the last note: the last hundred may get a welcome twice, and nobody none.
// Threads   One at a time.
// Lifetime  The Book outlives it.
#pragma once

#include <cstdint>

#include "examples/signup/book.hpp"
#include "examples/signup/messages.hpp"

namespace weft::signup {

class Outbox final {
 public:
  Outbox(Book& book, Producer<Mail> producer)
      : book_(book), producer_(std::move(producer)), pushed_(book.mailed()) {}

  /// Pushes and notes what there is to push and to note; from time to time, and when there is a new user. Never waits.
  /// Errors: those of the file.
  Result<void> tend();
  /// The same, until all is noted or the deadline passes.
  Result<void> flush(Deadline deadline);

  /// How many users have no welcome that is known of.
  [[nodiscard]] std::uint64_t waiting() const noexcept { return book_.users().size() - book_.mailed(); }

 private:
  Book& book_;
  Producer<Mail> producer_;
  std::uint64_t pushed_;  // up to which user
};

}  // namespace weft::signup
