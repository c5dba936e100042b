// weft topic list: the topics that anybody has, with their types.
#include <memory>

#include "weft/directory.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct List {
  bool json = false;
};

}  // namespace

void add_topic_list(CLI::App& topic, Run& run) {
  auto options = std::make_shared<List>();
  auto* verb = topic.add_subcommand("list", "List the topics with their types, and how many have them");
  add_json_to(*verb, options->json);
  verb->footer("Example: weft topic list");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return list_channels(Sort::topic, options->json, tool); };
  });
}

}  // namespace weft::tool
