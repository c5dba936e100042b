#include "weft/look.hpp"

#include <memory>
#include <utility>

namespace weft::tool {

void add_look(CLI::App& level, Run& run, const Look& look, LookFunction function) {
  auto asked = std::make_shared<Asked>();
  auto* verb = level.add_subcommand(look.verb, look.help);
  if (look.argument != nullptr) verb->add_option(look.argument, asked->name, look.argument_help)->required();
  add_json_to(*verb, asked->json);
  verb->footer(look.footer);
  verb->final_callback([asked, &run, function = std::move(function)] {
    run = [asked, function](Tool& tool) {
      tool.interrupt.end_at_once();  // it leaves nothing behind
      return function(*asked, tool);
    };
  });
}

}  // namespace weft::tool
