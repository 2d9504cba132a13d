// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/extensions.hpp"

#include <algorithm>
#include <utility>

#include "tools/mwan-sim/mbim/session_values.hpp"
#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

constexpr const char* kDefaultApn = "internet";
constexpr std::uint32_t kSourceModem = 3;  // MbimContextSource

// MICO mode unsupported, DRX cycle not specified, LADN not needed, PDU session likely, no
// registering again.
Bytes default_parameters() { return InfoWriter().u32(2).u32(0).u32(0).u32(1).u32(0).done(); }

}  // namespace

Extensions::Extensions(Host& host)
    : Module(host),
      contexts_{{1, kInternet, kDefaultApn}},
      attach_apn_(kDefaultApn),
      registration_parameters_(default_parameters()) {
  if (modem().settings().mbimex >= kVersion2) {
    answer(ref::kVersion, [this](const Request& request) { return agree(request); });
  }
  tell(ref::kSysCaps, [] {
    constexpr std::uint64_t kModemId = 1;
    return InfoWriter().u32(1).u32(1).u32(1).u64(kModemId).done();
  });
  tell(ref::kMsDeviceCaps, [this] { return device_caps(); });
  const auto mappings = [] { return InfoWriter().structures({InfoWriter().u32(0).done()}).done(); };
  tell(ref::kSlotMappings, mappings, [mappings](const Request& request) {
    InfoReader reader(request.info);
    const auto maps = reader.structures();
    // There is one slot, and it is in use.
    if (!reader.ok() || maps.size() != 1 || InfoReader(maps.front()).u32() != 0) {
      return failure(Status::InvalidParameters);
    }
    return Reply{Status::None, mappings()};
  });
  answer(ref::kDeviceReset, {}, [this](const Request& request) -> std::optional<Reply> {
    this->host().respond(request.route, {});
    this->host().restart(true);
    return std::nullopt;
  });
  tell(
      ref::kRegistrationParameters, [this] { return registration_parameters_; },
      [this](const Request& request) {
        constexpr std::size_t kFields = 20;
        if (request.info.size() < kFields) return failure(Status::InvalidParameters);
        registration_parameters_.assign(request.info.begin(), request.info.begin() + kFields);
        return Reply{Status::None, registration_parameters_};
      });
  answer_contexts();
  answer_attach();
}

// Both sides name the newest they speak; the lower of the two is in force from the answer on.
Reply Extensions::agree(const Request& request) {
  InfoReader reader(request.info);
  reader.u16();  // MBIM itself: 1.0 for all
  const Version wanted = reader.u16();
  if (!reader.ok() || wanted < kVersion1) return failure(Status::InvalidParameters);
  const Version agreed = std::min(wanted, modem().settings().mbimex);
  host().agree(request.route.connection, agreed);
  return {Status::None, InfoWriter().u16(kVersion1).u16(agreed).done()};
}

Bytes Extensions::device_caps() const {
  constexpr std::uint32_t kRemovable = 2;
  constexpr std::uint32_t kNoVoice = 1;
  constexpr std::uint32_t kRemovableSim = 2;
  constexpr std::uint32_t kControl = 1U << 0 | 1U << 7;  // manual registration, hot swap
  const ModemSettings& settings = modem().settings();
  const Version version = host().version();
  const std::string hardware = settings.manufacturer + " " + settings.model;
  InfoWriter writer;
  writer.u32(kRemovable).u32(kCellularGsm).u32(kNoVoice).u32(kRemovableSim);
  writer.u32(all_data_classes(version)).u32(0).u32(kControl);
  if (version < kVersion3) {
    return writer.u32(kMaxSessions)
        .text("")
        .text(settings.imei)
        .text(settings.revision)
        .text(hardware)
        .u32(0)
        .done();
  }
  Bytes lte_bands;
  ByteWriter(lte_bands).u16(1).u16(3).u16(7).u16(20);
  Bytes nr_bands;
  ByteWriter(nr_bands).u16(1).u16(78);
  writer.u64(data_subclass(Rat::NrNsa) | data_subclass(Rat::NrSa));
  writer.u32(kMaxSessions).u32(0).u32(1);  // executor 0, WCDMA band 1
  writer.tlv(TlvType::U16Table, lte_bands).tlv(TlvType::U16Table, nr_bands);
  writer.tlv_text("").tlv_text(settings.imei).tlv_text(settings.revision).tlv_text(hardware);
  return writer.done();
}

void Extensions::answer_contexts() {
  const auto set = [this](const Request& request) { return provision(request); };
  tell(
      ref::kProvisionedContexts, [this] { return contexts(); }, set);
  tell(ref::kMsProvisionedContexts, [this] { return contexts_v2(); });
}

Bytes Extensions::contexts() const {
  std::vector<Bytes> items;
  for (const Context& context : contexts_) {
    InfoWriter item;
    item.u32(context.id).uuid(context.type).text(context.apn).text("").text("").u32(0).u32(0);
    items.push_back(item.done());
  }
  return InfoWriter().structures(items).done();
}

Bytes Extensions::contexts_v2() const {
  constexpr std::uint32_t kEnabled = 1;
  constexpr std::uint32_t kAllowAll = 6;  // MbimContextRoamingControl
  constexpr std::uint32_t kCellularOnly = 0;
  std::vector<Bytes> items;
  for (const Context& context : contexts_) {
    InfoWriter item;
    item.u32(context.id).uuid(context.type).u32(kIpDefault).u32(kEnabled).u32(kAllowAll);
    item.u32(kCellularOnly).u32(kSourceModem);
    item.text(context.apn).text("").text("").u32(0).u32(0);
    items.push_back(item.done());
  }
  return InfoWriter().structures(items).done();
}

Reply Extensions::provision(const Request& request) {
  constexpr std::size_t kMost = 16;
  InfoReader reader(request.info);
  Context context;
  context.id = reader.u32();
  context.type = reader.uuid();
  context.apn = reader.text();
  if (!reader.ok()) return failure(Status::InvalidParameters);
  const auto known = std::find_if(contexts_.begin(), contexts_.end(),
                                  [&](const Context& one) { return one.id == context.id; });
  if (known != contexts_.end()) {
    *known = std::move(context);
  } else if (contexts_.size() < kMost) {
    contexts_.push_back(std::move(context));
  } else {
    return failure(Status::Failure);
  }
  const Bytes now = contexts();
  host().indicate(ref::kProvisionedContexts, now);
  return {Status::None, now};
}

void Extensions::answer_attach() {
  tell(
      ref::kLteAttachConfiguration, [this] { return attach_configuration(); },
      [this](const Request& request) {
        InfoReader reader(request.info);
        const bool restore = reader.u32() == 1;  // MbimLteAttachContextOperation
        const auto items = reader.structures();
        if (!reader.ok()) return failure(Status::InvalidParameters);
        attach_apn_ = kDefaultApn;
        if (!restore && !items.empty()) {
          InfoReader home(items.front());
          home.u32();
          home.u32();
          home.u32();
          attach_apn_ = home.text();
          if (!home.ok()) return failure(Status::InvalidParameters);
        }
        return Reply{Status::None, attach_configuration()};
      });
  tell(ref::kLteAttachInfo, [this] { return attach_info(); });
}

// One for each: at home, with a partner network, elsewhere.
Bytes Extensions::attach_configuration() const {
  std::vector<Bytes> items;
  for (std::uint32_t roaming = 0; roaming < 3; ++roaming) {
    InfoWriter item;
    item.u32(kIpv4v6).u32(roaming).u32(kSourceModem);
    item.text(attach_apn_).text("").text("").u32(0).u32(0);
    items.push_back(item.done());
  }
  return InfoWriter().structures(items).done();
}

Bytes Extensions::attach_info() const {
  const bool attached = modem().network().attached();
  InfoWriter writer;
  writer.u32(static_cast<std::uint32_t>(attached));
  if (host().version() >= kVersion3) writer.u32(modem().network().reject_cause().value_or(0));
  writer.u32(attached ? kIpv4v6 : kIpDefault).text(attached ? attach_apn_ : "");
  return writer.text("").text("").u32(0).u32(0).done();
}

void Extensions::changed(const Change& change) {
  if (!std::holds_alternative<change::Network>(change)) return;
  Bytes attach = attach_info();
  if (std::exchange(last_attach_, attach) != attach) host().indicate(ref::kLteAttachInfo, attach);
}

void Extensions::wiped() {
  registration_parameters_ = default_parameters();
  last_attach_.clear();
}

}  // namespace mwan::sim::mbim
