#include "node/node.hpp"

#include "type/names.hpp"

namespace weft {

Result<Node> Node::create(NodeOptions options) {
  if (!options.name_space.empty()) {
    if (auto formed = check_topic_name(options.name_space); !formed)
      return std::move(formed).error().within("namespace");
  }
  if (!options.context) {
    WEFT_TRY(options.context, Context::create());
  }
  node::Maker maker(options.context);
  WEFT_TRY(auto* client, options.context->discovery());
  if (client != nullptr) {
    maker.node = options.context->next_node();
    using Announced = discovery::Client::Announced;
    // With the Context, which outlives the announcement.
    const auto keep = std::make_shared<std::pair<std::shared_ptr<Context>, Announced>>(
        options.context, client->add_node({maker.node, options.name, options.name_space}));
    maker.announced = keep;
  }
  return Node(std::move(options), std::move(maker));
}

Result<std::string> Node::full_name(std::string_view name) const {
  if (options_.name_space.empty()) return std::string(name);
  auto full = options_.name_space + '/' + std::string(name);
  WEFT_CHECK(check_topic_name(full));
  return full;
}

}  // namespace weft
