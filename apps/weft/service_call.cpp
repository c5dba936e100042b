// weft service call: calls a service of any type with JSON.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/foreign_text.hpp"
#include "codec/dynamic.hpp"
#include "common/deadline.hpp"
#include "node/dynamic.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Call {
  std::string service;
  std::string request = "{}";
  std::vector<std::string> connect;
  double timeout = 5;
  bool json = false;
};

/// A server's answer is a failure of the call, whatever it says: never wrong usage of this program.
Error by_server(Error error) {
  if (error.code == Errc::invalid_argument) error.code = Errc::internal;
  return error;
}

Result<nlohmann::ordered_json> ask(DynamicClient& client, const nlohmann::ordered_json& request,
                                   Deadline deadline) {
  static_cast<void>(client.wait_matched(1, deadline).has_value());  // call() says what is wrong
  if (const auto type = client.request_schema()) WEFT_CHECK(from_json(*type, request));
  auto response = client.call(request, deadline);
  return response ? std::move(response) : by_server(std::move(response).error());
}

Result<void> call(const Call& options, Tool& tool) {
  const auto request = nlohmann::ordered_json::parse(options.request, nullptr, false);
  if (request.is_discarded()) {
    return Error{Errc::invalid_argument,
                 fmt::format("the request is not JSON: {}", shown(options.request, 60))};
  }
  WEFT_TRY(auto client, DynamicClient::create(tool.context, options.service, Qos{}));
  for (const auto& uri : options.connect)
    WEFT_CHECK(client.connect(uri));
  tool.interrupt.end_at_once();  // a call cannot be interrupted, and leaves nothing behind
  WEFT_TRY(const auto response, ask(client, request, app::deadline_in(options.timeout)));
  return print_line(tool.to_terminal && !options.json ? for_people(response) : json_line(response));
}

}  // namespace

void add_service_call(CLI::App& service, Run& run) {
  auto options = std::make_shared<Call>();
  auto* verb = service.add_subcommand("call", "Call a service of any type");
  verb->add_option("service", options->service, "The service's name, as host/process")->required();
  verb->add_option("request", options->request, "The request as JSON; what is left out is zero")
      ->capture_default_str();
  verb->add_option("-c,--connect", options->connect, "The server's endpoint")
      ->type_name("ENDPOINT")
      ->required();
  verb->add_option("-t,--timeout", options->timeout, "Seconds to wait (0: for ever)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_flag("--json", options->json, "JSON also on a terminal");
  verb->footer(R"(Example: weft service call host/process '{"pid":1}' --connect ipc://hostmon-process)");
  verb->final_callback([options, &run] { run = [options](Tool& tool) { return call(*options, tool); }; });
}

}  // namespace weft::tool
