// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/device.hpp"

#include <utility>

#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

constexpr std::uint32_t kRemovable = 2;           // MbimDeviceType
constexpr std::uint32_t kNoVoice = 1;             // MbimVoiceClass
constexpr std::uint32_t kRemovableSim = 2;        // MbimSimClass
constexpr std::uint32_t kManualRegistration = 1;  // MbimCtrlCaps

}  // namespace

Device::Device(Host& host) : Module(host) {
  tell(ref::kDeviceCaps, [this] { return caps(); });
  tell(
      ref::kRadioState, [this] { return radio_state(); },
      [this](const Request& request) { return set_radio(request); });
  tell(ref::kDeviceServices, [this] { return services(); });
  answer(ref::kSubscribeList, {},
         [this](const Request& request) { return set_subscriptions(request); });
  answer_switch(ref::kNetworkIdleHint, &Device::idle_hint_);
  answer_switch(ref::kEmergencyMode, &Device::emergency_mode_);
}

void Device::answer_switch(const MessageRef& ref, std::uint32_t Device::*value) {
  tell(
      ref, [this, value] { return InfoWriter().u32(this->*value).done(); },
      [this, value](const Request& request) {
        InfoReader reader(request.info);
        const std::uint32_t wanted = reader.u32();
        if (!reader.ok() || wanted > 1) return failure(Status::InvalidParameters);
        this->*value = wanted;
        return Reply{Status::None, InfoWriter().u32(wanted).done()};
      });
}

Bytes Device::caps() const {
  const ModemSettings& settings = modem().settings();
  return InfoWriter()
      .u32(kRemovable)
      .u32(kCellularGsm)
      .u32(kNoVoice)
      .u32(kRemovableSim)
      .u32(all_data_classes(host().version() >= kVersion2 ? kVersion2 : kVersion1))
      .u32(0)  // SMS
      .u32(kManualRegistration)
      .u32(kMaxSessions)
      .text("")
      .text(settings.imei)
      .text(settings.revision)
      .text(settings.manufacturer + " " + settings.model)
      .done();
}

Bytes Device::radio_state() const {
  constexpr std::uint32_t kOn = 1;  // no switch on the device
  const bool on = modem().mode() == OperatingMode::Online;
  return InfoWriter().u32(kOn).u32(static_cast<std::uint32_t>(on)).done();
}

Reply Device::set_radio(const Request& request) {
  InfoReader reader(request.info);
  const std::uint32_t wanted = reader.u32();
  if (!reader.ok() || wanted > 1) return failure(Status::InvalidParameters);
  // A modem that went offline starts again only through a reset.
  if (modem().mode() == OperatingMode::Offline) {
    return {Status::OperationNotAllowed, radio_state()};
  }
  if (wanted == 1 && modem().faults().fcc_locked()) {
    return {Status::OperationNotAllowed, radio_state()};
  }
  modem().set_mode(wanted == 1 ? OperatingMode::Online : OperatingMode::LowPower);
  return {Status::None, radio_state()};
}

Bytes Device::services() const {
  std::map<ServiceId, std::vector<std::uint32_t>> cids;
  for (const auto& [ref, command] : host().commands()) cids[ref.service].push_back(ref.cid);
  std::vector<Bytes> elements;
  for (const auto& [service, list] : cids) {
    InfoWriter element;
    element.uuid(uuid_of(service)).u32(0).u32(0);  // no streams
    element.u32(static_cast<std::uint32_t>(list.size()));
    for (const std::uint32_t cid : list) element.u32(cid);
    elements.push_back(element.done());
  }
  // {count, stream sessions, {offset, size}...}: the array's count stands apart from it.
  InfoWriter writer;
  writer.u32(static_cast<std::uint32_t>(elements.size())).u32(0);
  for (const Bytes& element : elements) writer.structure(element);
  return writer.done();
}

Reply Device::set_subscriptions(const Request& request) {
  Subscriptions wanted;
  std::vector<Bytes> echo;
  InfoReader reader(request.info);
  bool complete = true;
  for (const auto& item : reader.structures()) {
    InfoReader entry(item);
    const Uuid uuid = entry.uuid();
    const std::uint32_t count = entry.u32();
    std::set<std::uint32_t> cids;
    for (std::uint32_t i = 0; i < count && entry.ok(); ++i) cids.insert(entry.u32());
    complete = complete && entry.ok();
    echo.emplace_back(item.begin(), item.end());
    // What a modem does not have never happens: no reason to refuse.
    if (const auto service = service_by_uuid(uuid)) wanted[*service].merge(cids);
  }
  if (!reader.ok() || !complete) return failure(Status::InvalidParameters);
  host().subscribe(request.route.connection, std::move(wanted));
  return {Status::None, InfoWriter().structures(echo).done()};
}

void Device::changed(const Change& change) {
  if (std::holds_alternative<change::Mode>(change))
    host().indicate(ref::kRadioState, radio_state());
}

void Device::wiped() { idle_hint_ = emergency_mode_ = 0; }

}  // namespace mwan::sim::mbim
