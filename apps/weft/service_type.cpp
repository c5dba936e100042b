// weft service type: the type of a service.
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

void add_service_type(CLI::App& service, Run& run) {
  auto options = std::make_shared<Type>();
  auto* verb = service.add_subcommand("type", "Print the types of a service");
  verb->add_option("service", options->name, "The service's name, as host/process")->required();
  add_json_to(*verb, options->json);
  verb->footer("Example: weft service type host/process");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return show_types(Sort::service, options->name, options->json, tool); };
  });
}

}  // namespace weft::tool
