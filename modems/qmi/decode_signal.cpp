// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_signal.hpp"

#include <algorithm>
#include <array>

namespace mwan::qmi {
namespace {

constexpr std::int16_t kInactive = -32768;

// A measurement outside of what the quantity can be is no measurement (3GPP TS 36.133 section
// 9.1, TS 38.133 section 10.1, with room for what modems extrapolate).
std::optional<double> within(double value, double low, double high) {
  if (value < low || value > high) return std::nullopt;
  return value;
}
std::optional<double> rssi(double dbm) { return within(dbm, -125.0, -1.0); }
std::optional<double> rsrp(double dbm) { return within(dbm, -160.0, -20.0); }
std::optional<double> rsrq(double db) { return within(db, -45.0, 20.0); }
// Tenths of a dB on the wire.
std::optional<double> snr(std::int16_t tenths) { return within(tenths / 10.0, -40.0, 50.0); }

// QmiNasRadioInterface
constexpr std::uint8_t kGsm = 4;
constexpr std::uint8_t kUmts = 5;
constexpr std::uint8_t kLte = 8;
constexpr std::uint8_t kNr = 12;

std::optional<RatSignal>* slot_of(SignalInfo& info, std::uint8_t radio_interface) {
  switch (radio_interface) {
    case kGsm:
      return &info.gsm;
    case kUmts:
      return &info.umts;
    case kLte:
      return &info.lte;
    case kNr:
      return &info.nr;
    default:
      return nullptr;
  }
}

RatSignal& touch(std::optional<RatSignal>& slot) { return slot ? *slot : slot.emplace(); }

}  // namespace

Result<SignalInfo> decode_signal_info(TlvView message) {
  SignalInfo info;
  if (const auto value = message.find(0x12)) {  // GSM
    Reader r(*value);
    info.gsm = RatSignal{.rssi_dbm = rssi(r.i8()), .complete = true};
    if (!r.ok()) return malformed("signal-info", 0x12, *value);
  }
  if (const auto value = message.find(0x13)) {  // WCDMA
    Reader r(*value);
    RatSignal umts{.rssi_dbm = rssi(r.i8()), .complete = true};
    umts.rsrq_db = within(r.i16() * -0.5, -32.0, 0.0);  // Ec/Io in steps of -0.5 dB
    // RSCP is the received power times Ec/Io (3GPP TS 25.215 section 5.1.5).
    if (umts.rssi_dbm && umts.rsrq_db) umts.rsrp_dbm = *umts.rssi_dbm + *umts.rsrq_db;
    if (!r.ok()) return malformed("signal-info", 0x13, *value);
    info.umts = umts;
  }
  if (const auto value = message.find(0x14)) {  // LTE
    Reader r(*value);
    RatSignal lte{.rssi_dbm = rssi(r.i8()), .complete = true};
    lte.rsrq_db = rsrq(r.i8());
    lte.rsrp_dbm = rsrp(r.i16());
    lte.sinr_db = snr(r.i16());
    if (!r.ok()) return malformed("signal-info", 0x14, *value);
    info.lte = lte;
  }
  if (const auto value = message.find(0x17)) {  // 5G RSRP and SNR
    Reader r(*value);
    const std::int16_t power = r.i16();
    const std::int16_t noise = r.i16();
    if (!r.ok()) return malformed("signal-info", 0x17, *value);
    RatSignal& nr = touch(info.nr);
    nr.rsrp_dbm = rsrp(power);
    nr.sinr_db = snr(noise);
    nr.complete = power == kInactive;
  }
  if (const auto value = message.find(0x18)) {  // 5G RSRQ, in tenths unlike LTE's
    Reader r(*value);
    const std::int16_t quality = r.i16();
    if (!r.ok()) return malformed("signal-info", 0x18, *value);
    touch(info.nr).rsrq_db = quality == kInactive ? std::nullopt : rsrq(quality / 10.0);
  }
  return info;
}

Result<SignalInfo> decode_event_report(TlvView message) {
  SignalInfo info;
  if (const auto value = message.find(0x10)) {  // strength: RSSI, or RSCP for UMTS
    Reader r(*value);
    const double dbm = r.i8();
    const std::uint8_t radio = r.u8();
    if (!r.ok()) return malformed("event-report", 0x10, *value);
    if (auto* slot = slot_of(info, radio)) touch(*slot).rssi_dbm = rssi(dbm);
  }
  if (const auto value = message.find(0x13)) {  // RSSI, as a positive number of -dBm
    Reader r(*value);
    const double dbm = -1.0 * r.u8();
    const std::uint8_t radio = r.u8();
    if (!r.ok()) return malformed("event-report", 0x13, *value);
    if (auto* slot = slot_of(info, radio)) touch(*slot).rssi_dbm = rssi(dbm);
  }
  if (const auto value = message.find(0x18)) {
    Reader r(*value);
    const double db = r.i8();
    const std::uint8_t radio = r.u8();
    if (!r.ok()) return malformed("event-report", 0x18, *value);
    if (auto* slot = slot_of(info, radio)) touch(*slot).rsrq_db = rsrq(db);
  }
  if (const auto value = message.find(0x19)) {
    Reader r(*value);
    touch(info.lte).sinr_db = snr(r.i16());
    if (!r.ok()) return malformed("event-report", 0x19, *value);
  }
  if (const auto value = message.find(0x1a)) {
    Reader r(*value);
    touch(info.lte).rsrp_dbm = rsrp(r.i16());
    if (!r.ok()) return malformed("event-report", 0x1a, *value);
  }
  return info;
}

Result<SignalInfo> decode_signal_strength(TlvView message) {
  SignalInfo info;
  const auto main = message.find(0x01);
  if (!main) return missing("signal-strength", 0x01);
  Reader r(*main);
  const double dbm = r.i8();
  const std::uint8_t radio = r.u8();
  if (!r.ok()) return malformed("signal-strength", 0x01, *main);
  if (auto* slot = slot_of(info, radio)) touch(*slot).rssi_dbm = rssi(dbm);
  if (const auto value = message.find(0x16)) {
    Reader q(*value);
    const double db = q.i8();
    const std::uint8_t of = q.u8();
    if (!q.ok()) return malformed("signal-strength", 0x16, *value);
    if (auto* slot = slot_of(info, of)) touch(*slot).rsrq_db = rsrq(db);
  }
  if (const auto value = message.find(0x17)) {
    Reader q(*value);
    touch(info.lte).sinr_db = snr(q.i16());
    if (!q.ok()) return malformed("signal-strength", 0x17, *value);
  }
  if (const auto value = message.find(0x18)) {
    Reader q(*value);
    touch(info.lte).rsrp_dbm = rsrp(q.i16());
    if (!q.ok()) return malformed("signal-strength", 0x18, *value);
  }
  return info;
}

std::vector<SignalSample> SignalCache::apply(const SignalInfo& info, bool nr_with_lte) {
  const Rat nr = nr_with_lte ? Rat::NrNsa : Rat::NrSa;
  const std::array<std::pair<Rat, const std::optional<RatSignal>*>, 4> parts = {
      {{Rat::Gsm, &info.gsm}, {Rat::Umts, &info.umts}, {Rat::Lte, &info.lte}, {nr, &info.nr}}};
  std::vector<SignalSample> out;
  if (info.nr) {
    // The leg changed its name: what was known under the other one ends.
    const Rat other = nr_with_lte ? Rat::NrSa : Rat::NrNsa;
    if (std::erase_if(samples_, [&](const SignalSample& s) { return s.rat == other; }) > 0) {
      out.push_back(SignalSample{.rat = other});
    }
  }
  for (const auto& [rat, part] : parts) {
    if (!*part) continue;
    const RatSignal& said = **part;
    auto known = std::ranges::find(samples_, rat, &SignalSample::rat);
    const bool had = known != samples_.end();
    SignalSample sample = had && !said.complete ? *known : SignalSample{.rat = rat};
    if (said.rssi_dbm) sample.rssi_dbm = said.rssi_dbm;
    if (said.rsrp_dbm) sample.rsrp_dbm = said.rsrp_dbm;
    if (said.rsrq_db) sample.rsrq_db = said.rsrq_db;
    if (said.sinr_db) sample.sinr_db = said.sinr_db;
    if (sample.empty()) {
      if (!had) continue;
      samples_.erase(known);
    } else if (had) {
      *known = sample;
    } else {
      samples_.push_back(sample);
    }
    out.push_back(sample);
  }
  return out;
}

std::vector<SignalSample> SignalCache::clear() {
  std::vector<SignalSample> out;
  out.reserve(samples_.size());
  for (const SignalSample& sample : samples_) out.push_back(SignalSample{.rat = sample.rat});
  samples_.clear();
  return out;
}

std::optional<SignalSample> SignalCache::serving() const {
  for (const Rat rat : {Rat::Lte, Rat::NrSa, Rat::Umts, Rat::Gsm}) {
    const auto known = std::ranges::find(samples_, rat, &SignalSample::rat);
    if (known != samples_.end()) return *known;
  }
  return std::nullopt;
}

}  // namespace mwan::qmi
