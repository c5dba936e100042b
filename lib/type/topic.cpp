#include "type/topic.hpp"

namespace weft::detail {

Result<Channel> Channel::make(std::string_view name, Qos qos) {
  WEFT_CHECK(check_topic_name(name));
  WEFT_CHECK(check_qos(qos));
  return Channel(Checked{}, name, qos);
}

}  // namespace weft::detail
