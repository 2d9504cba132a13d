// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/judge.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto wan = "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESSING=dhcp\n";

std::vector<std::string> texts(const failover::ConfigErrors& errors) {
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.text());
  return out;
}

class Judge : public testing::Test {
 protected:
  Judge() {
    std::string name = testing::TempDir() + "mwan-judge-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    fs::create_directory(directory_ / "profiles");
    put("settings", "PROBE_TARGETS=198.51.100.1\n");
    put("profiles/wan", wan);
  }
  ~Judge() override { fs::remove_all(directory_); }
  void put(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
  }
  std::vector<std::string> against(const failover::ChangedFiles& changes,
                                   const std::set<std::string>& lines = {}) {
    return texts(judge(directory_, changes, lines).against);
  }

  fs::path directory_;
};

TEST_F(Judge, WhatIsInOrderPasses) {
  EXPECT_THAT(against({{"settings", "PROBE_TARGETS=198.51.100.9\n"}}), IsEmpty());
}

TEST_F(Judge, WhatWouldBeWrongDoesNot) {
  EXPECT_THAT(against({{"settings", "PROBE_TARGETS=x y\n"}}), testing::SizeIs(testing::Ge(1)));
  EXPECT_THAT(against({{"profiles/wan", std::nullopt}}),
              ElementsAre(HasSubstr("holds no profile")));
  EXPECT_THAT(
      against({{"profiles/two", "KIND=ethernet\nPRIORITY=1\nNETDEV=eth2\nADDRESSING=dhcp\n"}}),
      ElementsAre(HasSubstr("PRIORITY")));
}

TEST_F(Judge, WhatWasWrongBeforeIsNotTheChangesFault) {
  put("profiles/lte", "KIND=modem\nPRIORITY=2\n");  // DEVICE is missing
  const auto verdict = judge(directory_, {{"settings", "PROBE_TARGETS=198.51.100.9\n"}}, {});
  EXPECT_THAT(verdict.against, IsEmpty());
  EXPECT_THAT(texts(verdict.still), ElementsAre(HasSubstr("/profiles/lte")));
}

TEST_F(Judge, ALineThatWasWrittenHasToBeRight) {
  put("profiles/lte", "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nPIN=x\n");
  const failover::ChangedFiles changes{
      {"profiles/lte", "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nPIN=y\n"}};
  EXPECT_THAT(against(changes), IsEmpty()) << "the same words as before";
  EXPECT_THAT(against(changes, {(directory_ / "profiles/lte:4").string()}),
              ElementsAre(HasSubstr("PIN")));
}

}  // namespace
}  // namespace mwan::config_tool
