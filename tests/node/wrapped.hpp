// A transport between a port and the first real one: its Ends do what those do, but for what a test changes.
//
// Threads   As the real one's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "kit.hpp"

namespace weft::test {

/// Passes everything on.
class WrappedEnd : public transport::End {
 public:
  explicit WrappedEnd(std::unique_ptr<End> end) : end_(std::move(end)) {}
  Result<transport::Endpoint> bind(const transport::Endpoint& endpoint) override {
    return end_->bind(endpoint);
  }
  Result<void> connect(const transport::Endpoint& endpoint) override { return end_->connect(endpoint); }
  Result<void> disconnect(const transport::Endpoint& endpoint) override { return end_->disconnect(endpoint); }
  Result<void> loan(transport::Loan& loan, std::size_t bytes, const transport::ReturnPath* to,
                    Deadline deadline) override {
    return end_->loan(loan, bytes, to, deadline);
  }
  bool send(transport::Loan& loan, transport::Haste haste) override { return end_->send(loan, haste); }
  bool receive(transport::Frame& frame) override { return end_->receive(frame); }
  [[nodiscard]] int fd() noexcept override { return end_->fd(); }

 private:
  std::unique_ptr<End> end_;
};

/// Ends of type E, made of the real one and its role.
template <class E>
class Wrapping final : public transport::Transport {
 public:
  explicit Wrapping(std::unique_ptr<Transport> real) : real_(std::move(real)) {}
  [[nodiscard]] std::string_view scheme() const noexcept override { return E::scheme; }
  [[nodiscard]] transport::Traits traits() const noexcept override { return real_->traits(); }
  [[nodiscard]] transport::Endpoint own_endpoint(const PortId& id) const override {
    return {std::string(scheme()), real_->own_endpoint(id).address};
  }
  Result<std::unique_ptr<transport::End>> open(transport::EndOptions options,
                                               transport::LinkObserver& observer) override {
    const auto role = options.role;
    WEFT_TRY(auto end, real_->open(std::move(options), observer));
    return std::unique_ptr<transport::End>(std::make_unique<E>(std::move(end), role));
  }

 private:
  std::unique_ptr<Transport> real_;
};

/// A node that has no transport but this.
template <class E>
Node make_wrapping_node() {
  ContextOptions options;
  options.discovery = false;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");  // the sandbox's
  options.transports = {{std::string(E::scheme), [](const transport::World& world) {
                           auto real = transport::transports().front().make(world).value();
                           return Result<std::unique_ptr<transport::Transport>>(
                               std::make_unique<Wrapping<E>>(std::move(real)));
                         }}};
  return make_node(Context::create(std::move(options)).value());
}

}  // namespace weft::test
