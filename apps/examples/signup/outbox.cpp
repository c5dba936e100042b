#include "examples/signup/outbox.hpp"

namespace weft::signup {

Result<void> Outbox::tend() {
  if (pushed_ > book_.mailed() && producer_.flush(Deadline::passed())) WEFT_CHECK(book_.set_mailed(pushed_));
  const auto& users = book_.users();
  while (pushed_ < users.size() && pushed_ < book_.mailed() + mails.qos().depth) {
    const auto& user = users[pushed_];
    // There is room: as many as that are not done at the most.
    WEFT_CHECK(producer_.push({user.number, user.name, user.email}, Deadline::passed()));
    ++pushed_;
  }
  return {};
}

Result<void> Outbox::flush(Deadline deadline) {
  for (;;) {
    WEFT_CHECK(tend());
    if (waiting() == 0) return {};
    WEFT_CHECK(producer_.flush(deadline));
  }
}

}  // namespace weft::signup
