#include "transport/shm/shm_transport.hpp"

#include "transport/os_names.hpp"
#include "transport/shm/shm_end.hpp"

namespace weft::transport {

namespace shm {

namespace {

class ShmTransport final : public Transport {
 public:
  explicit ShmTransport(const World& world) : world_(world), budget_(world.shared_memory), doors_(world) {}

  [[nodiscard]] std::string_view scheme() const noexcept override { return "shm"; }
  [[nodiscard]] Traits traits() const noexcept override {
    return {.aligned = true, .batches = true, .polled = true, .max_frame = ShmEnd::max_frame};
  }
  [[nodiscard]] Endpoint own_endpoint(const PortId& id) const override { return {"shm", own_name(id)}; }
  Result<std::unique_ptr<End>> open(EndOptions options, LinkObserver& observer) override {
    return ShmEnd::open({world_, budget_, doors_}, std::move(options), observer);
  }

 private:
  const World& world_;
  Budget budget_;
  Doors doors_;
};

}  // namespace

}  // namespace shm

Result<std::unique_ptr<Transport>> make_shm(const World& world) {
  return std::unique_ptr<Transport>(std::make_unique<shm::ShmTransport>(world));
}

}  // namespace weft::transport
