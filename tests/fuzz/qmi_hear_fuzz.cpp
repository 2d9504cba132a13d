// SPDX-License-Identifier: LGPL-2.1-or-later
// A run of indications over one picture of the network: {which u8, length u8, elements} each.
#include <array>

#include "modems/qmi/hear.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::qmi;

struct Kind {
  Service service;
  std::uint16_t message;
};
// New ones at the end: the seeds hold the index.
constexpr std::array<Kind, 11> kKinds = {{
    {Service::Nas, msg::kNasServingSystem},
    {Service::Nas, msg::kNasSystemInfoIndication},
    {Service::Nas, msg::kNasNetworkRejectIndication},
    {Service::Nas, msg::kNasSignalInfoIndication},
    {Service::Nas, msg::kNasSetEventReport},
    {Service::Wds, msg::kWdsPacketServiceStatus},
    {Service::Wds, msg::kWdsSetEventReport},
    {Service::Wds, msg::kWdsExtendedIpConfigIndication},
    {Service::Dsd, msg::kDsdSystemStatusIndication},
    {Service::Uim, msg::kUimCardStatusIndication},
    {Service::Dms, msg::kDmsSetEventReport},
}};

void look(const ModemReport& report) {
  if (const auto* registration = std::get_if<Registration>(&report)) {
    require_clean(registration->plmn);
    require_clean(registration->operator_name);
  } else if (const auto* ended = std::get_if<report::BearerEnded>(&report)) {
    require_said(ended->why);
  } else if (const auto* sim = std::get_if<Sim>(&report)) {
    require_clean(sim->iccid);
  }
}

}  // namespace

void take(ByteView input) {
  NetworkView view;
  Hearing hearing(view, [](const std::string& step) { return "lte: qmi " + step; });
  while (!input.empty()) {
    const std::uint8_t which = take_byte(input);
    const std::size_t size = std::min<std::size_t>(take_byte(input), input.size());
    const Kind& kind = kKinds.at(which % kKinds.size());
    Indication indication;
    indication.service = kind.service;
    indication.message = kind.message;
    if (kind.service == Service::Wds && which >= 64) {
      indication.slot = which >= 128 ? Slot::WdsV6 : Slot::WdsV4;
    }
    indication.tlvs.assign(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
    input = input.subspan(size);
    hearing.hear(indication, look);
  }
}

}  // namespace mwan::fuzz
