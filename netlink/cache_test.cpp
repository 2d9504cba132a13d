// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/cache.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::netlink {
namespace {

using testing::ElementsAre;

struct Thing {
  int key = 0;
  int value = 0;
  bool operator==(const Thing&) const = default;
};

class CacheTest : public testing::Test {
 protected:
  void sync(const std::vector<Thing>& list, int below = 100) {
    cache_.sync(
        list, [](const Thing& thing) { return thing.key; },
        [below](const Thing& thing) { return thing.key < below; },
        [this](Change change, const Thing& thing) {
          told_.push_back((change == Change::New ? "+" : "-") + std::to_string(thing.key) + "=" +
                          std::to_string(thing.value));
        });
  }
  Cache<int, Thing> cache_;
  std::vector<std::string> told_;
};

TEST_F(CacheTest, OnlyNewsIsNews) {
  EXPECT_TRUE(cache_.put(1, {1, 1}));
  EXPECT_FALSE(cache_.put(1, {1, 1}));
  EXPECT_TRUE(cache_.put(1, {1, 2}));
  EXPECT_TRUE(cache_.drop(1));
  EXPECT_FALSE(cache_.drop(1));
}

TEST_F(CacheTest, SyncTellsTheDifferenceAndWhatIsGoneFirst) {
  sync({{1, 1}, {2, 1}, {3, 1}});
  EXPECT_THAT(told_, ElementsAre("+1=1", "+2=1", "+3=1"));
  told_.clear();
  sync({{4, 1}, {2, 9}, {1, 1}});
  EXPECT_THAT(told_, ElementsAre("-3=1", "+2=9", "+4=1"));
}

TEST_F(CacheTest, SyncOfAPartLeavesTheRestAlone) {
  sync({{1, 1}, {200, 1}}, 1000);
  told_.clear();
  sync({{2, 1}, {300, 1}});
  EXPECT_THAT(told_, ElementsAre("-1=1", "+2=1"));
  EXPECT_TRUE(cache_.items().contains(200));
}

}  // namespace
}  // namespace mwan::netlink
