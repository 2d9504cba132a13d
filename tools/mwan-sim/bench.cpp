// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/bench.hpp"

#include <utility>

#include <fmt/format.h>

#include "tools/mwan-sim/stats.hpp"

namespace mwan::sim {

Bench::Bench(Loop& loop, BenchOptions options)
    : loop_(loop),
      options_(std::move(options)),
      timers_(loop),
      qmi_(loop, qmi_proxy()),
      mbim_(loop, mbim_proxy()),
      stats_file_(timers_, options_.stats_file, [this] { return stats(); }) {}

void Bench::add(Scenario scenario, SimulatorOptions options) {
  modems_.push_back(std::make_unique<Simulator>(
      loop_, std::move(scenario), std::move(options),
      Simulator::Shared{qmi_, mbim_, [this](Duration delay) { stats_file_.soon(delay); }}));
}

Status Bench::start() {
  for (const auto& modem : modems_) {
    if (auto prepared = modem->prepare(); !prepared) return prepared;
  }
  if (qmi_.attached()) {
    if (auto listening = qmi_.listen(options_.qmi_proxy); !listening) return listening;
  }
  if (mbim_.attached()) {
    if (auto listening = mbim_.listen(options_.mbim_proxy); !listening) return listening;
  }
  if (auto written = stats_file_.write(); !written) return written;
  for (const auto& modem : modems_) modem->begin();
  return {};
}

void Bench::trigger() {
  for (const auto& modem : modems_) modem->trigger();
}

bool Bench::nameless() const { return modems_.size() == 1 && modems_.front()->device().empty(); }

nlohmann::json Bench::stats() const {
  if (nameless()) return modems_.front()->stats();
  nlohmann::json all = {{"modems", nlohmann::json::object()}};
  for (const auto& modem : modems_) all["modems"][modem->device()] = modem->stats();
  return all;
}

std::string Bench::summary() const {
  if (nameless()) return sim::summary(modems_.front()->stats());
  std::string text;
  for (const auto& modem : modems_) {
    text += modem->device() + ":\n" + sim::summary(modem->stats());
  }
  return text;
}

std::optional<usb::Kind> read_usb_kind(const std::string& text) {
  if (text == "qmi") return usb::Kind::Qmi;
  if (text == "mbim") return usb::Kind::Mbim;
  return std::nullopt;
}

Result<ModemArgument> read_modem_argument(const std::string& text) {
  const auto wrong = [&text](const char* why) {
    return failed(FailureClass::Permanent, fmt::format("--modem {}", text), why);
  };
  const auto equals = text.find('=');
  const auto comma = std::min(text.find(','), text.size());
  if (equals == std::string::npos || equals == 0 || equals + 1 >= comma) {
    return wrong(
        "should be DEVICE=SCENARIO[,usb=qmi|mbim][,net=DEV][,operator-net=DEV]"
        "[,operator-netns=NETNS]");
  }
  ModemArgument modem;
  modem.options.device = text.substr(0, equals);
  modem.scenario = text.substr(equals + 1, comma - equals - 1);
  for (auto at = comma; at < text.size();) {
    const auto end = std::min(text.find(',', at + 1), text.size());
    const std::string word = text.substr(at + 1, end - at - 1);
    const auto middle = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, middle);
    const std::string value = middle < word.size() ? word.substr(middle + 1) : "";
    if (value.empty()) return wrong("what follows the scenario should be KEY=VALUE");
    if (key == "net") {
      modem.options.net = value;
    } else if (key == "usb") {
      const auto kind = read_usb_kind(value);
      if (!kind) return wrong("usb should be qmi or mbim");
      modem.options.usb = *kind;
    } else if (key == "operator-net") {
      modem.options.operator_net = value;
    } else if (key == "operator-netns") {
      modem.options.operator_netns = value;
    } else {
      return wrong("only usb, net, operator-net and operator-netns can follow the scenario");
    }
    at = end;
  }
  if (modem.options.usb && !modem.options.net.empty()) {
    return wrong("with usb the kernel makes the network device: leave net out");
  }
  return modem;
}

}  // namespace mwan::sim
