// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/simulator.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/mwan-sim/faults/read.hpp"
#include "tools/mwan-sim/mbim/sessions.hpp"

namespace mwan::sim {
namespace {

// Packets are counted many times a second; everything else is written on the next turn.
constexpr Duration kPacketStats = std::chrono::milliseconds(200);
constexpr int kDiedOnPurpose = 86;
// Of the stacks, when there are no proxies.
constexpr std::uint64_t kUsbConnection = 1;

template <class T>
void take(std::optional<T>& field, const std::optional<T>& given) {
  if (given) field = given;
}

void take(SignalSample& sample, const step::Levels& levels) {
  take(sample.rssi_dbm, levels.rssi_dbm);
  take(sample.rsrp_dbm, levels.rsrp_dbm);
  take(sample.rsrq_db, levels.rsrq_db);
  take(sample.sinr_db, levels.sinr_db);
}

}  // namespace

Simulator::Simulator(Loop& loop, Scenario scenario, SimulatorOptions options, Shared shared)
    : timers_(loop),
      scenario_(std::move(scenario)),
      options_(std::move(options)),
      shared_(std::move(shared)),
      modem_(timers_, scenario_.modem),
      stack_(timers_, modem_, scenario_.reply_latency, qmi_outputs()),
      mbim_(timers_, modem_, scenario_.reply_latency, mbim_outputs()),
      path_(loop, modem_, scenario_.path, [this] { shared_.stats_soon(kPacketStats); }),
      player_(timers_, scenario_,
              {[this](const StepAction& action) { act(action); },
               [this](std::size_t part, Duration since, const std::string& text) {
                 announce(part, since, text);
               }}),
      faults_(timers_, modem_, fault_machine()),
      replay_(timers_, modem_,
              {[this](bool plugged) { plugged ? plug() : unplug(); },
               [this] { announce(0, Duration(0), "replay ends"); }}) {
  if (options_.usb) {
    attach_usb(loop);
  } else {
    attach();
  }
  if (!scenario_.chaos) return;
  chaos_.emplace(timers_, *scenario_.chaos, [this](const FaultOrder& order) {
    announce(0, Duration(0), "chaos: fault " + fault_text(order));
    faults_.begin(order);
  });
}

FaultPlayer::Machine Simulator::fault_machine() {
  return {[this](Duration away) { drop_out(away); },
          [this](Duration away) {
            // Both proxies, with the connections of all modems.
            for (Exchange* exchange : {&shared_.qmi, &shared_.mbim}) exchange->stop_listening();
            proxy_timer_ = timers_.after(away, [this] {
              for (Exchange* exchange : {&shared_.qmi, &shared_.mbim}) exchange->listen_again();
            });
          },
          [this] {
            stack_.wipe();
            mbim_.forget_hosts();
          },
          [this] {
            stack_.forget_subscriptions();
            mbim_.forget_subscriptions();
          },
          [this](bool stuck) {
            path_.set_uplink_stuck(stuck);
            if (usb_) usb_->stick(stuck);
          },
          [this](std::optional<usb::Device::Storm> storm) {
            if (usb_) usb_->set_storm(storm);
          },
          [this](const std::string& text) { announce(0, Duration(0), text); },
          [this] {
            if (chaos_) chaos_->request();
          }};
}

qmi::Stack::Outputs Simulator::qmi_outputs() {
  return {[this](std::uint64_t connection, const Bytes& frame) {
            usb_ ? usb_->say(frame) : shared_.qmi.send(connection, frame);
          },
          [this](std::uint64_t connection) { shared_.qmi.hang_up(connection); },
          [this] { die(); },
          [this](bool comes_back) { restart(comes_back); },
          [this] { shared_.stats_soon(Duration(0)); },
          [this](std::uint64_t connection, const QmiMessage& message, bool from_host) {
            log_message(connection, message, from_host);
          }};
}

mbim::Stack::Outputs Simulator::mbim_outputs() {
  return {[this](std::uint64_t connection, const Bytes& frame) {
            usb_ ? usb_->say(frame) : shared_.mbim.send(connection, frame);
          },
          [this](std::uint64_t connection) { shared_.mbim.hang_up(connection); },
          [this] { die(); },
          [this](bool comes_back) { restart(comes_back); },
          [this] { shared_.stats_soon(Duration(0)); },
          [this](std::uint64_t connection, const mbim::Message& message, bool from_host) {
            log_message(connection, message, from_host);
          }};
}

void Simulator::attach() {
  if (scenario_.protocols.qmi) {
    qmi_line_ = shared_.qmi.attach(
        options_.device, {[this](std::uint64_t connection, Exchange::Frame frame) {
                            stack_.receive(connection, frame);
                          },
                          [this](std::uint64_t connection) { stack_.closed(connection); }});
  }
  if (scenario_.protocols.mbim) {
    mbim_line_ = shared_.mbim.attach(
        options_.device, {[this](std::uint64_t connection, Exchange::Frame frame) {
                            mbim_.receive(connection, frame);
                          },
                          [this](std::uint64_t connection) { mbim_.closed(connection); }});
  }
}

// The control channel is one connection to the stacks, whoever shares it on the host's side.
void Simulator::attach_usb(Loop& loop) {
  const auto open = [this] {
    stack_.wipe();
    mbim_.wipe();
    stack_.opened_directly(kUsbConnection);
    mbim_.opened_directly(kUsbConnection);
  };
  const bool qmi = *options_.usb == usb::Kind::Qmi;
  usb_ = std::make_unique<usb::UsbModem>(
      loop, timers_, *options_.usb, scenario_.modem,
      usb::UsbModem::Outputs{[this, qmi](std::span<const std::uint8_t> message) {
                               if (!modem_.powered()) return;
                               qmi ? stack_.receive(kUsbConnection, message)
                                   : mbim_.receive(kUsbConnection, message);
                             },
                             [this](Bytes packet) { path_.from_host(std::move(packet)); }, open,
                             [this] {
                               faults_.bus_reset();
                               modem_.restart_in_place();
                             },
                             [this](const std::string& text) { announce(0, Duration(0), text); },
                             [this] { return modem_.data_format(); },
                             [this](IpFamily family) -> std::optional<std::uint8_t> {
                               const auto session = mbim_.sessions().session_of(family);
                               if (!session) return std::nullopt;
                               return static_cast<std::uint8_t>(*session);
                             },
                             [this](std::uint8_t session, IpFamily family) {
                               return mbim_.sessions().carries(session, family);
                             }});
  path_.connect_host([this](const Bytes& packet) { return usb_->deliver(packet); });
}

Status Simulator::check_faults() const {
  if (usb_) return {};
  const auto needs_bus = [](const StepAction& action) {
    const auto* fault = std::get_if<step::BeginFault>(&action);
    return fault != nullptr && fault->order.fault == Fault::UsbErrorStorm;
  };
  bool found = std::ranges::any_of(scenario_.initial, needs_bus);
  for (const auto& part : scenario_.parts) {
    found = found || std::ranges::any_of(part, needs_bus, &Step::action);
  }
  if (!found) return {};
  return failed(FailureClass::Permanent, "fault usb-error-storm",
                "needs a USB bus: run mwan-sim with --usb, or --modem with usb=");
}

Status Simulator::prepare() {
  if (auto possible = check_faults(); !possible) return possible;
  if (usb_) {
    if (auto possible = usb_->check(); !possible) return possible;
  }
  for (const StepAction& action : scenario_.initial) {
    if (std::holds_alternative<step::Unplug>(action)) {
      absent_ = true;
    } else if (std::holds_alternative<step::Plug>(action)) {
      absent_ = false;
    } else {
      act(action);
    }
  }
  if (!options_.operator_net.empty()) {
    const std::string netns =
        options_.operator_netns.empty() ? "/proc/self/ns/net" : options_.operator_netns;
    if (auto opened = path_.open_operator(options_.operator_net, netns); !opened) return opened;
  }
  if (options_.net.empty() || absent_) return {};
  return path_.open_host(options_.net);
}

void Simulator::begin() {
  if (!absent_) modem_.power_up();
  plug_usb();
  announce(0, Duration(0), "ready");
  player_.start();
  if (chaos_) chaos_->start();
}

nlohmann::json Simulator::stats() const {
  Connections connections;
  const auto add = [&connections](const Exchange& exchange, Exchange::LineId line) {
    connections.open += exchange.open(line);
    connections.accepted += exchange.accepted(line);
  };
  if (qmi_line_) add(shared_.qmi, *qmi_line_);
  if (mbim_line_) add(shared_.mbim, *mbim_line_);
  nlohmann::json stats = collect_stats(modem_, stack_, mbim_, connections, path_);
  if (usb_) stats["usb"] = usb_->stats();
  return stats;
}

void Simulator::act(const StepAction& action) {
  std::visit([this](const auto& one) { act(one); }, action);
}

void Simulator::act(const step::Signal& action) {
  Radio radio = modem_.radio();
  take(radio.signal(action.tech), action.levels);
  modem_.set_radio(std::move(radio));
}

void Simulator::act(const step::UseRat& action) {
  Radio radio = modem_.radio();
  radio.serving = action.rat;
  modem_.set_radio(std::move(radio));
}

void Simulator::act(const step::Cells& action) {
  Radio radio = modem_.radio();
  if (action.serving) radio.cell = *action.serving;
  radio.neighbours = action.neighbours;
  modem_.set_radio(std::move(radio));
}

void Simulator::act(const step::Neighbour& action) {
  Radio radio = modem_.radio();
  auto cell = std::find_if(radio.neighbours.begin(), radio.neighbours.end(),
                           [&](const NeighbourCell& known) { return known.pci == action.pci; });
  if (cell == radio.neighbours.end()) {
    cell = radio.neighbours.insert(cell, {action.pci, radio.cell.arfcn, {}, {}});
  }
  take(cell->rsrp_dbm, action.levels.rsrp_dbm);
  take(cell->rsrq_db, action.levels.rsrq_db);
  modem_.set_radio(std::move(radio));
}

void Simulator::act(const step::Coverage& action) {
  modem_.set_coverage({action.answer, action.cause});
}
void Simulator::act(const step::PacketServiceOffer& action) {
  modem_.set_network_attach(action.attach);
}
void Simulator::act(const step::DropBearer& action) {
  const SessionEnd why{EndCause::Network, action.cause};
  if (action.family) {
    modem_.bearers().drop(*action.family, why);
  } else {
    modem_.bearers().drop_all(why);
  }
}
void Simulator::act(const step::RefuseConnect& action) { modem_.refuse_sessions(action.cause); }
void Simulator::act(const step::Renumber& action) { modem_.renumber(action.family, action.plan); }
void Simulator::act(const step::SimCard& action) { modem_.set_sim_present(action.present); }

void Simulator::act(const step::Hang& action) {
  if (!action.on) {
    stack_.faults().hung = mbim_.faults().hung = true;
  } else if (const auto* qmi = std::get_if<qmi::MessageRef>(&*action.on)) {
    stack_.faults().hang_on.insert(*qmi);
  } else {
    mbim_.faults().hang_on.insert(std::get<mbim::MessageRef>(*action.on));
  }
}
void Simulator::act(const step::Resume&) {
  stack_.faults() = {};
  mbim_.faults() = {};
  faults_.end_all();
}
void Simulator::act(const step::FailOn& action) {
  if (const auto* qmi = std::get_if<qmi::MessageRef>(&action.on)) {
    stack_.faults().fail_on[*qmi] = {action.error, action.times};
  } else {
    mbim_.faults().fail_on[std::get<mbim::MessageRef>(action.on)] = {action.error, action.times};
  }
}
void Simulator::act(const step::DieOn& action) {
  if (const auto* qmi = std::get_if<qmi::MessageRef>(&action.on)) {
    stack_.faults().die_on.insert(*qmi);
  } else {
    mbim_.faults().die_on.insert(std::get<mbim::MessageRef>(action.on));
  }
}
void Simulator::act(const step::Die&) { die(); }
void Simulator::act(const step::Unplug&) { unplug(); }
void Simulator::act(const step::Plug&) { plug(); }
void Simulator::act(const step::Repeat&) {}  // the player's own
void Simulator::act(const step::Mark&) {}    // was announced, which is all

void Simulator::unplug() {
  faults_.power_cut();
  modem_.power_down();
  stack_.wipe();
  mbim_.wipe();
  if (qmi_line_) shared_.qmi.hang_up_all(*qmi_line_);
  if (mbim_line_) shared_.mbim.hang_up_all(*mbim_line_);
  path_.close_host();
  if (usb_) usb_->unplug();
  shared_.stats_soon(Duration(0));
}

// The kernel takes a port that was just left back after a moment.
void Simulator::plug_usb() {
  constexpr Duration kAgain = std::chrono::milliseconds(20);
  if (!usb_ || !modem_.powered()) return;
  if (const auto plugged = usb_->plug(); !plugged) {
    fmt::print(stderr, "mwan-sim: {}\n", plugged.error().text());
    usb_timer_ = timers_.after(kAgain, [this] { plug_usb(); });
  }
}

void Simulator::plug() {
  if (modem_.powered()) return;
  if (!options_.net.empty()) {
    if (const auto opened = path_.open_host(options_.net); !opened) {
      fmt::print(stderr, "mwan-sim: {}\n", opened.error().text());
    }
  }
  modem_.power_up();
  plug_usb();
  shared_.stats_soon(Duration(0));
}

void Simulator::restart(bool comes_back) {
  // The answer to the request that asked for it goes out first.
  constexpr Duration kLastWords = std::chrono::milliseconds(50);
  restart_timer_ = timers_.after(kLastWords, [this, comes_back] {
    announce(0, Duration(0), comes_back ? "modem resets" : "modem shuts down");
    unplug();
    if (!comes_back) return;
    drop_out(modem_.faults().reset_time(scenario_.modem.reset_time));
  });
}

void Simulator::drop_out(Duration away) {
  if (modem_.powered()) {
    announce(0, Duration(0), "modem vanishes");
    unplug();
  }
  restart_timer_ = timers_.after(away, [this] {
    announce(0, Duration(0), "modem is back");
    plug();
  });
}

void Simulator::die() {
  announce(0, Duration(0), "dies");
  std::_Exit(kDiedOnPurpose);
}

void Simulator::announce(std::size_t part, Duration since, const std::string& text) const {
  nlohmann::ordered_json line = {{"part", part},
                                 {"t_ms", to_ms(since)},
                                 {"monotonic_us", timers_.now().time_since_epoch().count()}};
  if (!options_.device.empty()) line["modem"] = options_.device;
  line["step"] = text;
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::fflush(stdout);
}

void Simulator::log_message(std::uint64_t connection, const QmiMessage& message,
                            bool from_host) const {
  if (!options_.log_messages) return;
  const char* kind = message.kind == MessageKind::Request    ? "request"
                     : message.kind == MessageKind::Response ? "response"
                                                             : "indication";
  // PINs travel in these messages: names only for what carries them.
  const std::string name = qmi::message_name(message.service, message.message);
  const bool secret = name.find("-pin") != std::string::npos || name == "wds.start-network";
  Bytes bytes;
  if (!(secret && from_host)) message.tlvs.append_to(bytes);
  std::string hex;
  for (const std::uint8_t byte : bytes) hex += fmt::format(" {:02x}", byte);
  fmt::print(stderr, "{} #{} {} {} client {} transaction {}:{}\n", from_host ? "<" : ">",
             connection, kind, name, message.client, message.transaction, hex);
}

void Simulator::log_message(std::uint64_t connection, const mbim::Message& message,
                            bool from_host) const {
  if (!options_.log_messages) return;
  const auto service = mbim::service_by_uuid(message.service);
  const bool command = service.has_value();
  const std::string name =
      command ? mbim::message_name({*service, message.cid})
              : fmt::format("type 0x{:08x}", static_cast<std::uint32_t>(message.type));
  // PINs and passwords travel in these.
  const bool secret = name == "mbim.pin" || name == "mbim.connect" ||
                      name.find("contexts") != std::string::npos ||
                      name == "mbim.ms-lte-attach-configuration";
  std::string hex;
  if (!(secret && from_host)) {
    for (const std::uint8_t byte : message.info) hex += fmt::format(" {:02x}", byte);
  }
  fmt::print(stderr, "{} #{} {}{} {} transaction {} value {}:{}\n", from_host ? "<" : ">",
             connection, name, message.set ? " set" : "",
             message.type == mbim::MessageType::IndicateStatus ? "indication" : "message",
             message.transaction, message.value, hex);
}

}  // namespace mwan::sim
