// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/clients.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::sim::qmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(Clients, HandsOutIdsInTurnForEachService) {
  Clients clients(4);
  EXPECT_THAT(clients.allocate(1, ServiceId::Nas), Optional(1));
  EXPECT_THAT(clients.allocate(1, ServiceId::Dms), Optional(1));
  EXPECT_TRUE(clients.release(ServiceId::Nas, 1));
  EXPECT_THAT(clients.allocate(1, ServiceId::Nas), Optional(2));
}

TEST(Clients, RunsOutOfIds) {
  Clients clients(2);
  clients.allocate(1, ServiceId::Nas);
  clients.allocate(1, ServiceId::Nas);
  EXPECT_EQ(clients.allocate(1, ServiceId::Nas), std::nullopt);
  clients.release(ServiceId::Nas, 1);
  EXPECT_TRUE(clients.allocate(1, ServiceId::Nas));
}

TEST(Clients, KeepsTheBooks) {
  Clients clients(4);
  clients.allocate(1, ServiceId::Nas);
  clients.allocate(1, ServiceId::Nas);
  clients.release(ServiceId::Nas, 1);
  EXPECT_FALSE(clients.release(ServiceId::Nas, 1));
  EXPECT_EQ(clients.lose_all().size(), 1U);
  const auto& counters = clients.counters().at(ServiceId::Nas);
  EXPECT_EQ(counters.allocated, 2U);
  EXPECT_EQ(counters.released, 1U);
  EXPECT_EQ(counters.lost, 1U);
  EXPECT_EQ(clients.open(ServiceId::Nas), 0U);
}

TEST(Clients, AClosedConnectionDisownsItsIdsAndAUserTakesThem) {
  Clients clients(4);
  clients.allocate(1, ServiceId::Wds);
  EXPECT_THAT(clients.owners(ServiceId::Wds, 1), ElementsAre(1));
  clients.closed(1);
  EXPECT_TRUE(clients.exists(ServiceId::Wds, 1));
  EXPECT_EQ(clients.disowned(ServiceId::Wds), 1U);
  EXPECT_THAT(clients.owners(ServiceId::Wds, 1), IsEmpty());
  clients.used_by(2, ServiceId::Wds, 1);
  EXPECT_EQ(clients.disowned(ServiceId::Wds), 0U);
  EXPECT_THAT(clients.owners(ServiceId::Wds, 1), ElementsAre(2));
}

TEST(Clients, ABroadcastReachesEachConnectionOfTheServiceOnce) {
  Clients clients(4);
  clients.allocate(1, ServiceId::Wds);
  clients.allocate(1, ServiceId::Wds);
  clients.allocate(2, ServiceId::Wds);
  clients.allocate(3, ServiceId::Nas);
  EXPECT_THAT(clients.owners(ServiceId::Wds, kBroadcastClient), ElementsAre(1, 2));
}

}  // namespace
}  // namespace mwan::sim::qmi
