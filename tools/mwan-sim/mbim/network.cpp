// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/network.hpp"

#include <utility>

#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

// One digit in four bits, as mbimcli shows the codes of a tracking area.
std::uint16_t bcd(const std::string& digits) {
  std::uint16_t value = 0;
  for (const char digit : digits) {
    value = static_cast<std::uint16_t>(value << 4 | static_cast<std::uint16_t>(digit - '0'));
  }
  return value;
}

struct Speed {
  std::uint64_t up = 0;
  std::uint64_t down = 0;
};

// bit/s, what the technology could do at best.
Speed speed_of(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return {118000, 236000};
    case Rat::Umts:
      return {5760000, 42000000};
    case Rat::Lte:
      return {50000000, 150000000};
    case Rat::NrNsa:
    case Rat::NrSa:
      return {150000000, 1000000000};
    case Rat::Unknown:
      break;
  }
  return {};
}

// MbimProviderState
constexpr std::uint32_t kHome = 1U << 0;
constexpr std::uint32_t kVisible = 1U << 3;
constexpr std::uint32_t kRegistered = 1U << 4;

Bytes provider(const Plmn& plmn, std::uint32_t state, const std::optional<SignalSample>& signal) {
  return InfoWriter()
      .text(provider_id(plmn))
      .u32(state)
      .text(plmn.name)
      .u32(kCellularGsm)
      .u32(coded_rssi(signal ? rssi_of(*signal) : std::nullopt))
      .u32(kUnknownRssi)  // bit error rate
      .done();
}

}  // namespace

Network::Network(Host& host) : Module(host) {
  tell(
      ref::kRegisterState, [this] { return register_info(); },
      [this](const Request& request) { return set_register(request); });
  tell(
      ref::kPacketService, [this] { return packet_info(); },
      [this](const Request& request) { return set_packet_service(request); });
  answer_providers();
}

void Network::answer_providers() {
  answer(ref::kHomeProvider, [this](const Request&) {
    if (const auto obstacle = sim_obstacle(modem().sim())) return failure(*obstacle);
    return Reply{Status::None, provider(modem().settings().home, kHome, std::nullopt)};
  });
  answer(ref::kPreferredProviders, [this](const Request&) {
    if (const auto obstacle = sim_obstacle(modem().sim())) return failure(*obstacle);
    return Reply{Status::None,
                 InfoWriter().structures({provider(modem().settings().home, kHome, {})}).done()};
  });
  answer(ref::kVisibleProviders, [this](const Request&) {
    if (modem().mode() != OperatingMode::Online) return failure(Status::RadioPowerOff);
    const auto plmns = visible();
    if (plmns.empty()) return failure(Status::ProvidersNotFound);
    std::vector<Bytes> providers;
    for (const Plmn& plmn : plmns) {
      std::uint32_t state = kVisible;
      if (plmn == modem().settings().home) state |= kHome;
      if (modem().network().registered() && plmn == modem().plmn()) state |= kRegistered;
      providers.push_back(provider(plmn, state, anchor_signal(modem())));
    }
    return Reply{Status::None, InfoWriter().structures(providers).done()};
  });
}

std::vector<Plmn> Network::visible() const {
  if (!modem().measuring()) return {};
  return {modem().plmn()};
}

Bytes Network::register_info() const {
  constexpr std::uint32_t kAutomatic = 1;  // MbimRegisterMode
  constexpr std::uint32_t kManual = 2;
  constexpr std::uint32_t kAttachesByItself = 1U << 1;  // MbimRegistrationFlag
  const Version version = host().version();
  const Registrar& network = modem().network();
  const bool registered = network.registered();
  InfoWriter writer;
  writer.u32(std::uint32_t{network.reject_cause().value_or(0)});
  writer.u32(register_state(network.state())).u32(manual_ ? kManual : kAutomatic);
  writer.u32(registered ? data_classes_of(modem().radio().serving, version) : 0);
  writer.u32(kCellularGsm);
  writer.text(registered ? provider_id(modem().plmn()) : "");
  writer.text(registered ? modem().plmn().name : "");
  writer.text(network.state() == RegistrationState::Roaming ? "Roaming" : "");
  writer.u32(kAttachesByItself);
  if (version >= kVersion2) writer.u32(all_data_classes(version));  // preferred: no preference
  return writer.done();
}

Reply Network::set_register(const Request& request) {
  InfoReader reader(request.info);
  const std::string wanted = reader.text();
  const bool manual = reader.u32() == 1;  // MbimRegisterAction
  reader.u32();                           // preferred data classes
  if (!reader.ok()) return failure(Status::InvalidParameters);
  if (const auto obstacle = sim_obstacle(modem().sim())) return failure(*obstacle);
  if (modem().mode() != OperatingMode::Online) return failure(Status::RadioPowerOff);
  if (manual && modem().measuring() && wanted != provider_id(modem().plmn())) {
    return failure(Status::ProviderNotVisible);
  }
  manual_ = manual;
  if (!modem().network().registered()) modem().register_again();
  return {Status::None, register_info()};
}

Bytes Network::packet_info() const {
  constexpr std::uint32_t kAttached = 2;  // MbimPacketServiceState
  constexpr std::uint32_t kDetached = 4;
  const Version version = host().version();
  const bool attached = modem().network().attached();
  const Rat rat = attached ? modem().radio().serving : Rat::Unknown;
  const Speed speed = speed_of(rat);
  InfoWriter writer;
  writer.u32(std::uint32_t{modem().network().reject_cause().value_or(0)});
  writer.u32(attached ? kAttached : kDetached).u32(data_class(rat, version));
  writer.u64(speed.up).u64(speed.down);
  if (version >= kVersion2) writer.u32(frequency_range(rat));
  if (version >= kVersion3) {
    const Plmn plmn = attached ? modem().plmn() : Plmn{};
    writer.u32(data_subclass(rat)).u16(bcd(plmn.mcc)).u16(bcd(plmn.mnc));
    writer.u32(attached ? modem().radio().cell.tac : 0);
  }
  return writer.done();
}

std::optional<Reply> Network::set_packet_service(const Request& request) {
  InfoReader reader(request.info);
  const std::uint32_t action = reader.u32();  // MbimPacketServiceAction: 0 attach, 1 detach
  if (!reader.ok() || action > 1) return failure(Status::InvalidParameters);
  const bool attach = action == 0;
  if (attach) {
    if (const auto obstacle = sim_obstacle(modem().sim())) return failure(*obstacle);
    if (modem().mode() != OperatingMode::Online) return failure(Status::RadioPowerOff);
    if (!modem().network().registered()) return Reply{Status::NotRegistered, packet_info()};
  }
  modem().set_host_attach(attach);
  // The network may have taken it away.
  const bool done = modem().network().attached() == attach;
  return Reply{done ? Status::None : Status::Failure, packet_info()};
}

void Network::changed(const Change& change) {
  if (!std::holds_alternative<change::Network>(change) &&
      !std::holds_alternative<change::Rejected>(change)) {
    return;
  }
  Bytes registration = register_info();
  if (std::exchange(last_register_, registration) != registration) {
    host().indicate(ref::kRegisterState, registration);
  }
  Bytes packet = packet_info();
  if (std::exchange(last_packet_, packet) != packet) host().indicate(ref::kPacketService, packet);
}

void Network::wiped() {
  manual_ = false;
  last_register_.clear();
  last_packet_.clear();
}

}  // namespace mwan::sim::mbim
