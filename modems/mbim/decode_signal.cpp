// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_signal.hpp"

#include <algorithm>

#include "modems/mbim/decode_registration.hpp"

namespace mwan::mbim {
namespace {

// RSSI of 3GPP TS 27.007 (+CSQ): 0 is -113 dBm or less, 31 is -51 or more, 99 unknown.
std::optional<double> rssi_dbm(std::uint32_t code) {
  if (code > 31) return std::nullopt;
  return -113.0 + 2.0 * code;
}

// 0 is low or less, last is the upper end or more, steps of size db.
std::optional<double> scaled(std::uint32_t code, std::uint32_t last, double low, double db) {
  if (code > last) return std::nullopt;
  return low + db * code;
}

// MBIMEx 2.0, after 3GPP TS 38.133 table 10.1.6.1-1: code n is [n - 157, n - 156) dBm, 0 less, 127
// more.
std::optional<double> rsrp_dbm(std::uint32_t code) { return scaled(code, 127, -157.0, 1.0); }
// 3GPP TS 38.133 table 10.1.16.1-1: code n begins at (n - 1) / 2 - 23 dB.
std::optional<double> snr_db(std::uint32_t code) { return scaled(code, 127, -23.5, 0.5); }

SignalSample* find(std::vector<SignalSample>& samples, Rat rat) {
  const auto at = std::ranges::find(samples, rat, &SignalSample::rat);
  return at == samples.end() ? nullptr : &*at;
}

}  // namespace

Result<std::vector<SignalSample>> decode_signal_state(ByteView buffer, Mbimex version,
                                                      Rat serving) {
  Fields f(buffer);
  const auto rssi = rssi_dbm(f.u32());
  f.skip_words(4);  // error rate, interval, thresholds
  std::vector<SignalSample> out;
  if (version != Mbimex::None) {
    const ByteView list = f.part();
    Fields entries(list);
    const std::uint32_t count = list.empty() ? 0 : entries.u32();
    std::uint32_t all_systems = 0;
    for (std::uint32_t i = 0; i < count && entries.ok() && out.size() < kMaxCells; ++i) {
      SignalSample sample;
      sample.rsrp_dbm = rsrp_dbm(entries.u32());
      sample.sinr_db = snr_db(entries.u32());
      entries.skip_words(2);  // thresholds
      const std::uint32_t system = entries.u32();
      if (!entries.ok()) break;
      sample.rat = rat_of(system, version);
      all_systems |= system;
      if (sample.empty() || sample.rat == Rat::Unknown) continue;
      if (find(out, sample.rat) == nullptr) out.push_back(sample);
    }
    if (!entries.ok()) return malformed("signal-state", buffer);
    // 3.0 has one name for both kinds of 5G: beside LTE it is the non-standalone one.
    if (SignalSample* nr = find(out, Rat::NrSa);
        nr != nullptr && rat_of(all_systems, version) == Rat::NrNsa) {
      nr->rat = Rat::NrNsa;
    }
    if (SignalSample* lte = find(out, Rat::Lte)) std::swap(*lte, out.front());
  }
  if (!f.ok()) return malformed("signal-state", buffer);
  if (!rssi) return out;
  // The anchor's: MBIM has one RSSI.
  const Rat rat = serving == Rat::NrNsa ? Rat::Lte : serving;
  SignalSample* whose = out.empty() ? nullptr : find(out, rat);
  if (whose == nullptr && !out.empty()) whose = &out.front();
  if (whose != nullptr) {
    whose->rssi_dbm = rssi;
  } else {
    out.push_back({.rat = rat, .rssi_dbm = rssi});
  }
  return out;
}

Result<SignalSample> decode_atds_signal(ByteView buffer) {
  Fields f(buffer);
  SignalSample out;
  out.rssi_dbm = rssi_dbm(f.u32());
  f.skip(4);  // error rate
  const auto rscp = scaled(f.u32(), 96, -120.0, 1.0);
  const auto ecno = scaled(f.u32(), 49, -24.0, 0.5);
  const auto rsrq = scaled(f.u32(), 34, -19.5, 0.5);
  const auto rsrp = scaled(f.u32(), 97, -140.0, 1.0);
  f.skip(4);  // RSSNR, whose scale firmware does not agree on
  if (!f.ok()) return malformed("atds-signal", buffer);
  out.rsrp_dbm = rsrp ? rsrp : rscp;
  out.rsrq_db = rsrp || rsrq ? rsrq : ecno;
  return out;
}

void complete(SignalSample& sample, const SignalSample& other) {
  if (!sample.rssi_dbm) sample.rssi_dbm = other.rssi_dbm;
  if (!sample.rsrp_dbm) sample.rsrp_dbm = other.rsrp_dbm;
  if (!sample.rsrq_db) sample.rsrq_db = other.rsrq_db;
  if (!sample.sinr_db) sample.sinr_db = other.sinr_db;
}

}  // namespace mwan::mbim
