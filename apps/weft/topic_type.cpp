// weft topic type: the type of a topic.
#include <memory>

#include "weft/directory.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Type {
  std::string name;
  bool json = false;
};

}  // namespace

void add_topic_type(CLI::App& topic, Run& run) {
  auto options = std::make_shared<Type>();
  auto* verb = topic.add_subcommand("type", "Print the type of a topic");
  verb->add_option("topic", options->name, "The topic's name, as host/cpu")->required();
  add_json_to(*verb, options->json);
  verb->footer("Example: weft topic type host/cpu");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return show_types(Sort::topic, options->name, options->json, tool); };
  });
}

}  // namespace weft::tool
