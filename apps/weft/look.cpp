#include "weft/look.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "type/traits.hpp"

namespace weft::tool {

Look look_at_one(Sort sort, std::string_view verb, std::string help) {
  const auto name = enumerator_name(sort);
  const auto* example = sort == Sort::topic     ? "host/cpu"
                        : sort == Sort::service ? "host/process"
                                                : "image/jobs";
  return {std::string(verb), std::move(help), fmt::format("Example: weft {} {} {}", name, verb, example),
          std::string(name), fmt::format("The {}'s name, as {}", name, example)};
}

std::string in_capitals(std::string_view word) {
  std::string out(word);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return out;
}

void add_look(app::Command& level, Run& run, const Look& look, LookFunction function) {
  auto asked = std::make_shared<Asked>();
  auto verb = level.verb(look.verb, look.help);
  if (!look.argument.empty()) verb.option(look.argument, asked->name, look.argument_help).required();
  add_json_to(verb, asked->json);
  verb.footer(look.footer);
  verb.on_given([asked, &run, function = std::move(function)] {
    run = [asked, function](Tool& tool) {
      tool.interrupt.end_at_once();  // it leaves nothing behind
      return function(*asked, tool);
    };
  });
}

}  // namespace weft::tool
