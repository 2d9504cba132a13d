// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/adapter.hpp"

#include <utility>

#include "modems/mbim/bearer.hpp"
#include "modems/mbim/device.hpp"
#include "modems/mbim/network.hpp"
#include "modems/mbim/port.hpp"
#include "modems/mbim/radio.hpp"
#include "modems/mbim/sim_card.hpp"
#include "modems/mbim/watch.hpp"

namespace mwan {
namespace {

Result<mbim::DeviceServices> services_of(const mbim::Reply& reply) {
  return mbim::decode_device_services(reply.buffer);
}

}  // namespace

struct MbimAdapter::Parts {
  Parts(Loop& loop, ModemConfig config) : port(loop, std::move(config)) {}

  // What lives as long as the device is open.
  struct Opened {
    explicit Opened(mbim::Port& port) : radio(port), bearer(port), watch(port, radio, bearer) {}
    mbim::Radio radio;
    mbim::Bearer bearer;
    mbim::Watch watch;
  };
  mbim::Port port;
  std::function<void()> on_gone;
  std::unique_ptr<Opened> opened;

  // The parts for requests that come before open() or after close(): they fail by themselves.
  Opened& live() {
    if (!opened) opened = std::make_unique<Opened>(port);
    return *opened;
  }
};

MbimAdapter::MbimAdapter(Loop& loop, ModemConfig config)
    : parts_(std::make_unique<Parts>(loop, std::move(config))) {}
MbimAdapter::~MbimAdapter() = default;

void MbimAdapter::on_report(std::function<void(const ModemReport&)> handler) {
  parts_->port.on_report = std::move(handler);
}
void MbimAdapter::on_gone(std::function<void()> handler) { parts_->on_gone = std::move(handler); }

unsigned MbimAdapter::unanswered() const {
  return parts_->port.session ? parts_->port.session->unanswered() : 0;
}
std::string MbimAdapter::where(const std::string& step) const { return parts_->port.where(step); }

Task<Status> MbimAdapter::open(Cancel cancel) {
  mbim::Port& port = parts_->port;
  parts_->opened.reset();
  parts_->opened = std::make_unique<Parts::Opened>(port);
  port.services = {};
  port.serving = Rat::Unknown;
  port.session = std::make_unique<mbim::Session>(port.loop, port.config);
  mbim::Session& session = *port.session;
  session.on_indication([watch = &parts_->opened->watch](const mbim::Indication& indication) {
    watch->hear(indication);
  });
  session.on_complaint([&port] { port.tell(report::Doubt{}); });
  session.on_gone([this] {
    const auto tell = parts_->on_gone;
    if (tell) tell();
  });
  const Status opened = co_await session.open(cancel);
  if (!opened) co_return opened;
  const mbim::Request request = mbim::query_device_services();
  const Result<mbim::DeviceServices> services =
      co_await mbim::read(port, request, services_of, cancel);
  if (!services) co_return failed(services.error());
  port.services = *services;
  co_return Status{};
}

Task<void> MbimAdapter::close(Duration budget) {
  mbim::Port& port = parts_->port;
  if (!port.session) co_return;
  port.session->on_indication(nullptr);  // what comes while we leave is about what we undo
  if (parts_->opened) {
    parts_->opened->watch.stop();
    parts_->opened->radio.stop();
  }
  co_await port.session->close(budget);
  parts_->opened.reset();
  port.session.reset();
}

Task<Result<ModemIdentity>> MbimAdapter::read_identity(Cancel cancel) {
  return mbim::read_identity(parts_->port, cancel);
}
Task<Result<RadioPower>> MbimAdapter::read_radio(Cancel cancel) {
  return mbim::read_radio(parts_->port, cancel);
}
Task<Status> MbimAdapter::set_radio(bool on, Cancel cancel) {
  return mbim::set_radio(parts_->port, on, cancel);
}
Task<Status> MbimAdapter::reset(Cancel cancel) { return mbim::reset(parts_->port, cancel); }

Task<Result<Sim>> MbimAdapter::read_sim(Cancel cancel) {
  return mbim::read_sim(parts_->port, cancel);
}
Task<Result<std::vector<SimSlot>>> MbimAdapter::read_slots(Cancel cancel) {
  return mbim::read_slots(parts_->port, cancel);
}
Task<Result<PinVerdict>> MbimAdapter::verify_pin(Secret pin, Cancel cancel) {
  return mbim::verify_pin(parts_->port, pin, cancel);
}
Task<Result<HomeNetwork>> MbimAdapter::read_home_network(Cancel cancel) {
  return mbim::read_home_network(parts_->port, cancel);
}

Task<Result<Listening>> MbimAdapter::listen(SignalReporting reporting, Cancel cancel) {
  return parts_->live().watch.listen(std::move(reporting), cancel);
}
Task<Result<Registration>> MbimAdapter::read_registration(Cancel cancel) {
  return mbim::read_registration(parts_->port, cancel);
}
Task<Status> MbimAdapter::register_automatically(Cancel cancel) {
  return mbim::register_automatically(parts_->port, cancel);
}
Task<Result<PacketService>> MbimAdapter::read_packet_service(Cancel cancel) {
  return mbim::read_packet_service(parts_->port, cancel);
}
Task<Status> MbimAdapter::attach(bool on, Cancel cancel) {
  return mbim::attach(parts_->port, on, cancel);
}
Task<Result<std::vector<SignalSample>>> MbimAdapter::read_signal(Cancel cancel) {
  return parts_->live().radio.read_signal(cancel);
}
Task<Result<std::vector<ActiveBand>>> MbimAdapter::read_bands(Cancel cancel) {
  return parts_->live().radio.read_bands(cancel);
}
Task<Result<CellReport>> MbimAdapter::read_cells(Cancel cancel) {
  return parts_->live().radio.read_cells(cancel);
}

// Nothing: the data format is fixed, and nothing dials by itself.
Task<Status> MbimAdapter::prepare_data(Cancel /*cancel*/) { co_return Status{}; }
Task<Result<std::vector<FamilyOutcome>>> MbimAdapter::connect(std::vector<IpFamily> families,
                                                              Cancel cancel) {
  return parts_->live().bearer.connect(std::move(families), cancel);
}
Task<void> MbimAdapter::disconnect(std::vector<IpFamily> families, Cancel cancel) {
  return parts_->live().bearer.disconnect(std::move(families), cancel);
}
Task<Result<IpConfig>> MbimAdapter::read_addressing(IpFamily family, Cancel cancel) {
  return parts_->live().bearer.read_addressing(family, cancel);
}
Task<Result<bool>> MbimAdapter::read_connected(IpFamily family, Cancel cancel) {
  return parts_->live().bearer.read_connected(family, cancel);
}
Task<Result<TrafficCounters>> MbimAdapter::read_counters(Cancel cancel) {
  return parts_->live().bearer.read_counters(cancel);
}

}  // namespace mwan
