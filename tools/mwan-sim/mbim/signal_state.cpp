// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/signal_state.hpp"

#include <algorithm>

namespace mwan::sim::mbim {
namespace {

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; }

}  // namespace

SignalState::Values SignalState::values() const {
  Values values;
  if (!modem().measuring()) return values;
  const Radio& radio = modem().radio();
  values.rssi = coded_rssi(rssi_of(radio.signal(radio.anchor())));
  for (const Tech tech : radio.active()) {
    const SignalSample& sample = radio.signal(tech);
    if (tech == Tech::Lte) {
      values.lte_rsrp = coded_rsrp(sample.rsrp_dbm);
      values.lte_snr = coded_snr(sample.sinr_db);
    } else if (tech == Tech::Nr) {
      values.nr_rsrp = coded_rsrp(sample.rsrp_dbm);
      values.nr_snr = coded_snr(sample.sinr_db);
    }
  }
  return values;
}

Bytes SignalState::info() const {
  const Version version = host().version();
  const Values now = values();
  InfoWriter writer;
  writer.u32(now.rssi).u32(kUnknownRssi);  // bit error rate
  writer.u32(interval_).u32(rssi_threshold_).u32(error_threshold_);
  if (version < kVersion2) return writer.done();
  std::vector<Bytes> list;
  if (modem().measuring()) {
    const Rat serving = modem().radio().serving;
    const auto add = [&](std::uint32_t rsrp, std::uint32_t snr, Rat rat) {
      list.push_back(InfoWriter()
                         .u32(rsrp)
                         .u32(snr)
                         .u32(kRsrpThreshold)
                         .u32(kSnrThreshold)
                         .u32(data_class(rat, version))
                         .done());
    };
    if (serving == Rat::Lte || serving == Rat::NrNsa) add(now.lte_rsrp, now.lte_snr, Rat::Lte);
    if (serving == Rat::NrSa || serving == Rat::NrNsa) add(now.nr_rsrp, now.nr_snr, serving);
  }
  return writer.list(list).done();
}

Reply SignalState::configure(const Request& request) {
  InfoReader reader(request.info);
  const std::uint32_t interval = reader.u32();
  const std::uint32_t rssi = reader.u32();
  const std::uint32_t error = reader.u32();
  if (!reader.ok()) return failure(Status::InvalidParameters);
  constexpr std::uint32_t kLongest = 3600;
  interval_ = interval == 0 ? kDefaultInterval : std::min(interval, kLongest);
  rssi_threshold_ = rssi == 0 ? kDefaultRssiThreshold : rssi;
  error_threshold_ = error == 0 ? kNoThreshold : error;
  told_ = values();
  told_at_.reset();
  look_again_.reset();
  return {Status::None, info()};
}

bool SignalState::news(const Values& now) const {
  const auto moved = [](std::uint32_t before, std::uint32_t after, std::uint32_t unknown,
                        std::uint32_t threshold) {
    if (threshold == kNoThreshold) return false;
    if ((before == unknown) != (after == unknown)) return true;
    return after != unknown && distance(before, after) >= threshold;
  };
  if (moved(told_.rssi, now.rssi, kUnknownRssi, rssi_threshold_)) return true;
  if (host().version() < kVersion2) return false;
  return moved(told_.lte_rsrp, now.lte_rsrp, kUnknown, kRsrpThreshold) ||
         moved(told_.nr_rsrp, now.nr_rsrp, kUnknown, kRsrpThreshold) ||
         moved(told_.lte_snr, now.lte_snr, kUnknown, kSnrThreshold) ||
         moved(told_.nr_snr, now.nr_snr, kUnknown, kSnrThreshold);
}

void SignalState::evaluate() {
  look_again_.reset();
  const Values now = values();
  if (!news(now)) return;
  const Instant time = host().timers().now();
  const Instant due = told_at_ ? *told_at_ + Duration(std::chrono::seconds(interval_)) : time;
  if (time < due) {
    look_again_ = host().timers().after(due - time, [this] { evaluate(); });
    return;
  }
  told_ = now;
  told_at_ = time;
  host().indicate(ref::kSignalState, info());
}

void SignalState::changed(const Change& change) {
  // Measurements also come and go with the network being heard.
  if (std::holds_alternative<change::Network>(change) ||
      std::holds_alternative<change::Signal>(change)) {
    evaluate();
  }
}

void SignalState::wiped() {
  interval_ = kDefaultInterval;
  rssi_threshold_ = kDefaultRssiThreshold;
  error_threshold_ = kNoThreshold;
  told_ = {};
  told_at_.reset();
  look_again_.reset();
}

}  // namespace mwan::sim::mbim
