// weft service call: calls a service of any type with JSON.
#include <memory>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "codec/dynamic.hpp"
#include "common/deadline.hpp"
#include "node/dynamic.hpp"
#include "weft/lines.hpp"
#include "weft/verbs.hpp"

namespace weft::tool {

namespace {

struct Call {
  std::string service;
  std::string request;  // empty: none was given
  std::vector<std::string> connect;
  double timeout = 5;
  bool json = false;
};

/// A server's answer is a failure of the call, whatever it says: never wrong usage of this program.
Error by_server(Error error) {
  if (error.code == Errc::invalid_argument) error.code = Errc::internal;
  return error;
}

Result<Json> request_of(const Call& options) {
  if (options.request.empty()) return Json::object();
  return json_from(options.request, "the request");
}

/// Nobody calls by accident: what has fields is asked for with a request.
Result<void> check(const Call& options, const Json& request, const Schema& type) {
  if (options.request.empty() && !type.root().fields.empty()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{}: give a request, a {} as JSON ('{{}}' asks with defaults; weft schema show {})",
                    shown(options.service), type.name(), shown(options.service))};
  }
  WEFT_CHECK(from_json(type, request));
  return {};
}

Result<Json> ask(DynamicClient& client, const Call& options, const Json& request, Deadline deadline) {
  static_cast<void>(client.wait_matched(1, deadline).has_value());  // call() says what is wrong
  if (const auto type = client.request_schema()) WEFT_CHECK(check(options, request, *type));
  auto response = client.call(request, deadline);
  return response ? std::move(response) : by_server(std::move(response).error());
}

/// A call that found no server says what the directory knows of it.
Error explained(Error error, const Call& options, Tool& tool) {
  if (error.code != Errc::unavailable || !options.connect.empty()) return error;
  const auto reasons = tool.reasons(discovery::Sort::service, options.service);
  if (!reasons.empty()) error.message += "; " + reasons.front();
  return error;
}

Result<void> call(const Call& options, Tool& tool) {
  WEFT_TRY(const auto request, request_of(options));
  WEFT_TRY(const auto context, tool.context());
  WEFT_TRY(auto client, DynamicClient::create(context, options.service, Qos{}));
  for (const auto& uri : options.connect)
    WEFT_CHECK(client.connect(uri));
  tool.interrupt.end_at_once();  // a call cannot be interrupted, and leaves nothing behind
  auto response = ask(client, options, request, app::deadline_in(options.timeout));
  if (!response) return explained(std::move(response).error(), options, tool);
  if (tool.terminal.is_terminal && !options.json) return print_text(for_people(*response));
  return print_line(json_line(*response));
}

}  // namespace

void add_service_call(app::Command& service, Run& run) {
  auto options = std::make_shared<Call>();
  auto verb = service.verb("call", "Call a service of any type");
  verb.option("service", options->service, "The service's name, as host/process").required();
  verb.option("request", options->request,
              "The request as JSON; what is left out is zero. Only where its type has no fields it may "
              "be missing")
      .value("JSON");
  verb.option("-c,--connect", options->connect, "The server's endpoint (else it is found)").value("ENDPOINT");
  verb.option("-t,--timeout", options->timeout, "Seconds to wait (0: for ever)")
      .not_negative()
      .value("SECONDS")
      .show_default();
  verb.flag("--json", options->json, "JSON also on a terminal");
  verb.footer(R"(Example: weft service call host/process '{"pid":1}')");
  verb.on_given([options, &run] { run = [options](Tool& tool) { return call(*options, tool); }; });
}

}  // namespace weft::tool
