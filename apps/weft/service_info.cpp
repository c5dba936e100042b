// weft service info: who has a service, where, and which pairs are joined.
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

void add_service_info(CLI::App& service, Run& run) {
  auto options = std::make_shared<Info>();
  auto* verb = service.add_subcommand("info", "Show who serves and calls, where, and which pairs are joined");
  verb->add_option("service", options->name, "The service's name, as host/process")->required();
  add_json_to(*verb, options->json);
  verb->footer("Example: weft service info host/process");
  verb->final_callback([options, &run] {
    run = [options](Tool& tool) { return show_channel(Sort::service, options->name, options->json, tool); };
  });
}

}  // namespace weft::tool
