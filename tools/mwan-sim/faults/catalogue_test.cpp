// SPDX-License-Identifier: LGPL-2.1-or-later
// The catalogue is whole, and docs/simulator.md says the same.
#include "tools/mwan-sim/faults/catalogue.hpp"

#include <set>

#include <gmock/gmock.h>

#include "tests/generated_document.hpp"
#include "tools/mwan-sim/faults/read.hpp"

namespace mwan::sim {
namespace {

using ::testing::HasSubstr;

constexpr int kListed = 35;

TEST(FaultCatalogue, HasEveryNumberOfTheFieldListInItsOrder) {
  std::set<int> numbers;
  int last = 0;
  for (const FaultInfo& info : fault_catalogue()) {
    numbers.insert(info.number);
    EXPECT_GE(info.number, last) << info.name;
    last = info.number;
  }
  EXPECT_EQ(numbers.size(), std::size_t{kListed});
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), kListed);
}

TEST(FaultCatalogue, NamesAreUniqueAndRowsAreWhereTheirFaultSays) {
  std::set<std::string_view> names;
  std::size_t row = 0;
  for (const FaultInfo& info : fault_catalogue()) {
    EXPECT_EQ(static_cast<std::size_t>(info.fault), row++) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    EXPECT_EQ(find_fault(info.name), &info_of(info.fault));
    for (const auto text : {info.where, info.sentence, info.how}) {
      EXPECT_FALSE(text.empty()) << info.name;
      EXPECT_NE(text, "");
    }
  }
  EXPECT_EQ(find_fault("no-such-fault"), nullptr);
}

TEST(FaultCatalogue, EveryFaultCanBeReadOrSaysWhereItIsPlayed) {
  for (const FaultInfo& info : fault_catalogue()) {
    const auto order = read_fault(info.name);
    if (!info.played_here) {
      ASSERT_FALSE(order) << info.name;
      EXPECT_THAT(order.error(), HasSubstr("cannot be played over a control socket"));
      continue;
    }
    ASSERT_TRUE(order) << info.name << ": " << order.error();
    EXPECT_EQ(order->fault, info.fault);
    // Its own words read back the same.
    const auto again = read_fault(fault_text(*order));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(*again, *order) << info.name;
  }
}

TEST(FaultCatalogue, ChaosHasOnlyWhatEnds) {
  std::size_t count = 0;
  for (const FaultInfo& info : fault_catalogue()) {
    if (!info.chaos) continue;
    ++count;
    const auto order =
        read_fault(std::string(info.name) + " " + std::string(*info.chaos) + " for=1s");
    EXPECT_TRUE(order && order->args.lasts) << info.name;
  }
  EXPECT_GT(count, 10U);
}

TEST(FaultCatalogue, TheListsForPeopleAndProgramsHaveAll) {
  const auto json = fault_list_json();
  const std::string text = fault_list_text();
  ASSERT_EQ(json.size(), kFaults);
  for (const FaultInfo& info : fault_catalogue()) {
    EXPECT_THAT(text, HasSubstr(std::string(info.name)));
    EXPECT_EQ(json.at(static_cast<std::size_t>(info.fault)).at("name"), info.name);
  }
}

TEST(FaultCatalogue, IsTheTableOfTheManual) {
  expect_document(MWAN_SIM_DOCUMENT, {{"faults", fault_list_markdown()}});
}

}  // namespace
}  // namespace mwan::sim
