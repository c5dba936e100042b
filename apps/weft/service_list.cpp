// weft service list: the services that anybody has, with their types.
#include <memory>

#include "weft/directory.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct List {
  bool json = false;
};

}  // namespace

void add_service_list(CLI::App& service, Run& run) {
  auto options = std::make_shared<List>();
  auto* verb = service.add_subcommand("list", "List the services with their types, and how many have them");
  add_json_to(*verb, options->json);
  verb->footer("Example: weft service list");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return list_channels(Sort::service, options->json, tool); };
  });
}

}  // namespace weft::tool
