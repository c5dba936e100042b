// weft topic info: who has a topic, where, and which pairs are joined.
#include <memory>

#include "weft/directory.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Info {
  std::string name;
  bool json = false;
};

}  // namespace

void add_topic_info(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Info>();
  auto* verb =
      topic.add_subcommand("info", "Show who publishes and subscribes, where, and which pairs are joined");
  verb->add_option("topic", options->name, "The topic's name, as host/cpu")->required();
  add_json_to(*verb, options->json);
  verb->footer("Example: weft topic info host/cpu");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return show_channel(Sort::topic, options->name, options->json, tool); };
  });
}

}  // namespace weft::tool
