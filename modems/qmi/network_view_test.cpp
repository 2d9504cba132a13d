// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/network_view.hpp"

#include <gtest/gtest.h>

namespace mwan::qmi {
namespace {

ServingSystem home(PacketServiceState service) {
  return ServingSystem{.state = RegistrationState::Home,
                       .packet_service = service,
                       .rat = Rat::Lte,
                       .roaming = false,
                       .plmn = "26201",
                       .operator_name = "One"};
}

TEST(NetworkView, DataSystemIsTheTruthAboutPacketService) {
  NetworkView view;
  view.apply(home(PacketServiceState::Attached));
  EXPECT_EQ(view.packet_service().state, PacketServiceState::Attached);
  EXPECT_FALSE(view.packet_service_disputed());
  view.apply(PacketService{.state = PacketServiceState::Detached, .rat = Rat::Unknown});
  EXPECT_TRUE(view.packet_service_disputed());
  EXPECT_EQ(view.packet_service().state, PacketServiceState::Detached);
  view.apply(home(PacketServiceState::Detached));
  EXPECT_FALSE(view.packet_service_disputed());
}

TEST(NetworkView, NrIsNamedByTheRegistration) {
  NetworkView view;
  const SignalInfo nr{.gsm = {}, .umts = {}, .lte = {}, .nr = RatSignal{.rsrp_dbm = -95.0}};
  EXPECT_EQ(view.apply(nr).front().rat, Rat::NrSa);
  NetworkView with_lte;
  with_lte.apply(home(PacketServiceState::Attached));
  EXPECT_EQ(with_lte.apply(nr).front().rat, Rat::NrNsa);
}

}  // namespace
}  // namespace mwan::qmi
