#include "node/node.hpp"

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "discovery/directory.hpp"
#include "type/names.hpp"

namespace weft {

namespace {

constexpr std::size_t most_shown = 60;

Result<void> check(const NodeOptions& options) {
  using discovery::Directory;
  if (options.name.size() > Directory::most_text) {
    return Error{Errc::invalid_argument,
                 fmt::format("node name \"{}\": {} bytes, at most {} are allowed",
                             shown(options.name, most_shown), options.name.size(), Directory::most_text)};
  }
  if (options.name_space.empty()) return {};
  if (auto formed = check_topic_name(options.name_space); !formed)
    return std::move(formed).error().within("namespace");
  return {};
}

}  // namespace

Result<Node> Node::create(NodeOptions options) {
  WEFT_CHECK(check(options));
  if (!options.context) {
    WEFT_TRY(options.context, Context::create());
  }
  node::Maker maker(options.context);
  maker.name = options.name;
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
  if (is_topic_name(full)) return full;
  return Error{Errc::invalid_argument,
               fmt::format("topic name \"{}\": {} bytes with the namespace \"{}\", at most {} are allowed",
                           shown(name, most_shown), full.size(), shown(options_.name_space, most_shown),
                           max_name_bytes)};
}

}  // namespace weft
