// SPDX-License-Identifier: LGPL-2.1-or-later
// Signal: asking for it, and being told about it by thresholds and deltas.
#include <array>
#include <utility>

#include "tools/mwan-sim/qmi/nas.hpp"
#include "tools/mwan-sim/qmi/nas_values.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint16_t kSignalIndication = 0x0051;

// How numbers in a threshold list are written, and what one of them is worth in dB or dBm.
enum class Number { I8, I16 };

std::vector<double> read_list(ByteReader& reader, Number number, double unit) {
  std::vector<double> values;
  const unsigned count = reader.u8();
  for (unsigned i = 0; i < count && reader.ok(); ++i) {
    values.push_back(unit * (number == Number::I8 ? reader.i8() : reader.i16()));
  }
  return values;
}

// Config Signal Info: one list of thresholds for each metric, whatever the technology.
struct ListV1 {
  std::uint8_t type;
  Number number;
  double unit;
  Metric metric;
  std::vector<Tech> techs;
};

const std::vector<ListV1>& lists_v1() {
  static const std::vector<ListV1> lists = {
      {0x10, Number::I8, 1, Metric::Rssi, {Tech::Gsm, Tech::Umts, Tech::Lte}},
      {0x11, Number::I16, 0.1, Metric::Rsrq, {Tech::Umts}},
      {0x13, Number::I16, 0.1, Metric::Sinr, {Tech::Lte}},
      {0x15, Number::I8, 1, Metric::Rsrq, {Tech::Lte}},
      {0x16, Number::I16, 1, Metric::Rsrp, {Tech::Lte}},
      {0x18, Number::I8, 1, Metric::Rsrp, {Tech::Umts}},
  };
  return lists;
}

// Config Signal Info v2: for each technology and metric a list of thresholds (TLV list) and a delta
// (TLV list + 1), both in 0.1 dB or dBm.
struct RuleV2 {
  std::uint8_t list;
  Tech tech;
  Metric metric;
};
constexpr std::array kRulesV2 = {
    RuleV2{0x1C, Tech::Gsm, Metric::Rssi},  RuleV2{0x1E, Tech::Umts, Metric::Rssi},
    RuleV2{0x20, Tech::Umts, Metric::Rsrq}, RuleV2{0x22, Tech::Lte, Metric::Rssi},
    RuleV2{0x24, Tech::Lte, Metric::Sinr},  RuleV2{0x26, Tech::Lte, Metric::Rsrq},
    RuleV2{0x28, Tech::Lte, Metric::Rsrp},  RuleV2{0x33, Tech::Nr, Metric::Sinr},
    RuleV2{0x35, Tech::Nr, Metric::Rsrp},   RuleV2{0x38, Tech::Nr, Metric::Rsrq},
    RuleV2{0x3A, Tech::Umts, Metric::Rsrp},
};

// Report rate: 0 leaves it to the modem, 1 to 5 is the least number of seconds between reports.
void read_rate(Arguments& arguments, std::uint8_t type, Tech tech, SignalReporter& reporter) {
  arguments.structure(type, [&](ByteReader& reader) {
    const std::uint8_t seconds = reader.u8();
    reader.u8();  // averaging period: the simulated radio has no noise to average
    if (reader.ok()) reporter.limit_rate(tech, std::chrono::seconds(seconds));
  });
}

}  // namespace

void Nas::answer_signal_messages() {
  answer(0x0020, [this](const Request&) {
    if (!modem().measuring()) return failure(ProtocolError::InformationUnavailable);
    Reply reply;
    write_signal_strength(reply.tlvs, modem().radio());
    return reply;
  });
  answer(0x004F, [this](const Request&) {
    if (!modem().measuring()) return failure(ProtocolError::InformationUnavailable);
    const Radio& radio = modem().radio();
    auto techs = radio.active();
    if (modem().settings().report_inactive_nr && radio.serving == Rat::Lte) {
      techs.push_back(Tech::Nr);
    }
    Reply reply;
    write_signal(reply.tlvs, radio, techs);
    return reply;
  });
  answer(0x0050, [this](const Request& request) { return config_signal_info(request); });
  answer(0x006C, [this](const Request& request) { return config_signal_info_v2(request); });
}

Reply Nas::config_signal_info(const Request& request) {
  Arguments arguments(request.tlvs);
  SignalReporter& kept = clients_[request.route.client].signal;
  SignalReporter reporter = kept;
  bool any = false;
  for (const ListV1& list : lists_v1()) {
    arguments.structure(list.type, [&](ByteReader& reader) {
      const auto thresholds = read_list(reader, list.number, list.unit);
      for (const Tech tech : list.techs) {
        reporter.configure(tech, list.metric, std::nullopt, thresholds);
      }
      any = true;
    });
  }
  read_rate(arguments, 0x17, Tech::Lte, reporter);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!any) return failure(ProtocolError::NoThresholdsProvided);
  reporter.settle(modem().radio());
  kept = std::move(reporter);
  return {};
}

Reply Nas::config_signal_info_v2(const Request& request) {
  constexpr double kUnit = 0.1;
  Arguments arguments(request.tlvs);
  SignalReporter& kept = clients_[request.route.client].signal;
  SignalReporter reporter = kept;
  bool any = false;
  for (const RuleV2& rule : kRulesV2) {
    std::optional<std::vector<double>> thresholds;
    std::optional<double> delta;
    arguments.structure(
        rule.list, [&](ByteReader& reader) { thresholds = read_list(reader, Number::I16, kUnit); });
    if (const auto value = arguments.u16(static_cast<std::uint8_t>(rule.list + 1))) {
      delta = *value * kUnit;
    }
    if (!thresholds && !delta) continue;
    reporter.configure(rule.tech, rule.metric, delta, std::move(thresholds));
    any = true;
  }
  read_rate(arguments, 0x2A, Tech::Lte, reporter);
  read_rate(arguments, 0x37, Tech::Nr, reporter);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!any) return failure(ProtocolError::NoThresholdsProvided);
  reporter.settle(modem().radio());
  kept = std::move(reporter);
  return {};
}

Reply Nas::set_event_report(const Request& request) {
  constexpr std::size_t kMaxThresholds = 5;
  Arguments arguments(request.tlvs);
  Client& client = clients_[request.route.client];
  SignalReporter reporter = client.event_report;
  bool wants = false;
  bool none_given = false;
  bool too_many = false;
  const auto every = [&](Metric metric, std::optional<double> delta,
                         const std::optional<std::vector<double>>& thresholds) {
    for (const Tech tech : {Tech::Gsm, Tech::Umts, Tech::Lte}) {
      reporter.configure(tech, metric, delta, thresholds);
    }
  };
  arguments.structure(0x10, [&](ByteReader& reader) {
    const bool report = reader.u8() != 0;
    const auto thresholds = read_list(reader, Number::I8, 1);
    none_given = thresholds.empty();
    too_many = thresholds.size() > kMaxThresholds;
    every(Metric::Rssi, std::nullopt, report ? thresholds : std::vector<double>{});
    wants |= report;
  });
  struct Delta {
    std::uint8_t type;
    Metric metric;
  };
  for (const Delta& delta :
       {Delta{0x13, Metric::Rssi}, Delta{0x1B, Metric::Sinr}, Delta{0x1C, Metric::Rsrp}}) {
    arguments.structure(delta.type, [&](ByteReader& reader) {
      const bool report = reader.u8() != 0;
      every(delta.metric, report ? reader.u8() : 0, std::nullopt);
      wants |= report;
    });
  }
  const auto reject_reason = arguments.flag(0x12);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (none_given) return failure(ProtocolError::NoThresholdsProvided);
  if (too_many) return failure(ProtocolError::InvalidArgument);
  reporter.settle(modem().radio());
  client.event_report = std::move(reporter);
  client.wants_event_report = wants;
  client.wants_reject_reason = reject_reason.value_or(client.wants_reject_reason);
  return {};
}

void Nas::report_signal(ClientId id, Client& client) {
  client.look_again.reset();
  if (!client.wants_signal_info || !modem().measuring()) return;
  const Radio& radio = modem().radio();
  const Instant now = host().timers().now();
  const auto verdict = client.signal.evaluate(now, radio);
  if (verdict.look_again) {
    client.look_again = host().timers().after(*verdict.look_again - now,
                                              [this, id] { report_signal(id, clients_[id]); });
  }
  TlvList tlvs;
  write_signal(tlvs, radio, verdict.report);
  if (!tlvs.empty()) indicate(id, kSignalIndication, std::move(tlvs));
}

void Nas::report_event(ClientId id, Client& client) {
  if (!client.wants_event_report || !modem().measuring()) return;
  const Radio& radio = modem().radio();
  if (client.event_report.evaluate(host().timers().now(), radio).report.empty()) return;
  TlvList strength;
  write_signal_strength(strength, radio);
  // The indication numbers the same values differently from the response.
  struct Move {
    std::uint8_t from;
    std::uint8_t to;
  };
  TlvList tlvs;
  for (const Move& move :
       {Move{0x01, 0x10}, Move{0x16, 0x18}, Move{0x17, 0x19}, Move{0x18, 0x1A}}) {
    if (const Bytes* value = strength.find(move.from)) tlvs.add(move.to).bytes(*value);
  }
  indicate(id, kNasEventReport, std::move(tlvs));
}

}  // namespace mwan::sim::qmi
