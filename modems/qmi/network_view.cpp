// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/network_view.hpp"

namespace mwan::qmi {

void NetworkView::apply(const ServingSystem& report) {
  registration_.apply(report);
  serving_system_ = report.packet_service;
}

std::vector<SignalSample> NetworkView::apply(const SignalInfo& report) {
  const bool nr_with_lte = report.lte.has_value() || registration().rat == Rat::Lte;
  return signal_.apply(report, nr_with_lte);
}

PacketService NetworkView::packet_service() const {
  return data_system_.value_or(PacketService{.state = serving_system_, .rat = Rat::Unknown});
}

bool NetworkView::packet_service_disputed() const {
  return data_system_ && serving_system_ != PacketServiceState::Unknown &&
         data_system_->state != serving_system_;
}

}  // namespace mwan::qmi
