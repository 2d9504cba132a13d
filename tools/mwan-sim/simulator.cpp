// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/simulator.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mwan::sim {
namespace {

// Packets are counted many times a second; everything else is written on the next turn.
constexpr Duration kPacketStats = std::chrono::milliseconds(200);
constexpr int kDiedOnPurpose = 86;

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

Simulator::Simulator(Loop& loop, Scenario scenario, SimulatorOptions options)
    : timers_(loop),
      scenario_(std::move(scenario)),
      options_(std::move(options)),
      modem_(timers_, scenario_.modem),
      server_(loop, {[this](std::uint64_t connection, std::span<const std::uint8_t> frame) {
                       stack_.receive(connection, frame);
                     },
                     [this](std::uint64_t connection) { stack_.closed(connection); }}),
      stack_(timers_, modem_, scenario_.reply_latency,
             {[this](std::uint64_t connection, const Bytes& frame) {
                server_.send(connection, frame);
              },
              [this](std::uint64_t connection) { server_.hang_up(connection); }, [this] { die(); },
              [this](bool comes_back) { restart(comes_back); }, [this] { stats_soon(Duration(0)); },
              [this](std::uint64_t connection, const QmiMessage& message, bool from_host) {
                log_message(connection, message, from_host);
              }}),
      path_(loop, modem_, scenario_.path, [this] { stats_soon(kPacketStats); }),
      player_(timers_, scenario_,
              {[this](const StepAction& action) { act(action); },
               [this](std::size_t part, Duration since, const std::string& text) {
                 announce(part, since, text);
               }}) {}

Status Simulator::start() {
  for (const StepAction& action : scenario_.initial) act(action);
  if (!options_.operator_net.empty()) {
    const std::string netns =
        options_.operator_netns.empty() ? "/proc/self/ns/net" : options_.operator_netns;
    if (auto opened = path_.open_operator(options_.operator_net, netns); !opened) return opened;
  }
  if (!options_.net.empty()) {
    if (auto opened = path_.open_host(options_.net); !opened) return opened;
  }
  if (auto listening = server_.listen(options_.proxy); !listening) return listening;
  if (!options_.stats_file.empty()) {
    auto written = write_atomically(options_.stats_file, stats().dump(2) + "\n");
    if (!written) return written;
  }
  modem_.power_up();
  announce(0, Duration(0), "ready");
  player_.start();
  return {};
}

nlohmann::json Simulator::stats() const { return collect_stats(modem_, stack_, server_, path_); }

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
  if (action.on) {
    stack_.faults().hang_on.insert(*action.on);
  } else {
    stack_.faults().hung = true;
  }
}
void Simulator::act(const step::Resume&) { stack_.faults() = {}; }
void Simulator::act(const step::FailOn& action) {
  stack_.faults().fail_on[action.on] = {action.error, action.times};
}
void Simulator::act(const step::DieOn& action) { stack_.faults().die_on.insert(action.on); }
void Simulator::act(const step::Die&) { die(); }
void Simulator::act(const step::Unplug&) { unplug(); }
void Simulator::act(const step::Plug&) { plug(); }
void Simulator::act(const step::Repeat&) {}  // the player's own
void Simulator::act(const step::Mark&) {}    // was announced, which is all

void Simulator::unplug() {
  modem_.power_down();
  stack_.wipe();
  server_.hang_up_all();
  path_.close_host();
  stats_soon(Duration(0));
}

void Simulator::plug() {
  if (modem_.powered()) return;
  if (!options_.net.empty()) {
    if (const auto opened = path_.open_host(options_.net); !opened) {
      fmt::print(stderr, "mwan-sim: {}\n", opened.error().text());
    }
  }
  modem_.power_up();
  stats_soon(Duration(0));
}

void Simulator::restart(bool comes_back) {
  // The answer to the request that asked for it goes out first.
  constexpr Duration kLastWords = std::chrono::milliseconds(50);
  restart_timer_ = timers_.after(kLastWords, [this, comes_back] {
    announce(0, Duration(0), comes_back ? "modem resets" : "modem shuts down");
    unplug();
    if (!comes_back) return;
    restart_timer_ = timers_.after(scenario_.modem.reset_time, [this] {
      announce(0, Duration(0), "modem is back");
      plug();
    });
  });
}

void Simulator::die() {
  announce(0, Duration(0), "dies");
  std::_Exit(kDiedOnPurpose);
}

void Simulator::announce(std::size_t part, Duration since, const std::string& text) const {
  const nlohmann::ordered_json line = {{"part", part},
                                       {"t_ms", to_ms(since)},
                                       {"monotonic_us", timers_.now().time_since_epoch().count()},
                                       {"step", text}};
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

void Simulator::stats_soon(Duration delay) {
  if (options_.stats_file.empty()) return;
  const bool urgent = delay == Duration(0);
  if (stats_timer_ && (stats_urgent_ || !urgent)) return;
  stats_urgent_ = urgent;
  stats_timer_ = timers_.after(delay, [this] {
    stats_timer_.reset();
    write_stats();
  });
}

void Simulator::write_stats() {
  const auto written = write_atomically(options_.stats_file, stats().dump(2) + "\n");
  if (!written) fmt::print(stderr, "mwan-sim: {}\n", written.error().text());
}

}  // namespace mwan::sim
