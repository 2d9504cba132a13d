// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/providers/find_apns.hpp"

#include <filesystem>
#include <random>

#include <gmock/gmock.h>

namespace mwan {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kList = R"(<?xml version="1.0"?>
<!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0">
<country code="de">
 <!-- a comment -->
 <provider><name xml:lang="de">Eins</name><name>One</name>
  <gsm><network-id mcc="262" mnc="01"/><network-id mcc="262" mnc="06"/>
   <apn value="mms.one"><usage type="mms"/></apn>
   <apn value="internet.one"><plan type="postpaid"/><usage type="internet"/><name>Contract &amp; more</name>
     <username>user</username><password>pass</password><authentication method="pap"/></apn>
   <apn value="Shared"><plan type="prepaid"/><usage type="internet"/><username>u</username></apn>
   <apn value="bad apn"><usage type="internet"/></apn>
   <apn value=""><usage type="internet"/></apn>
  </gsm></provider>
 <provider><name>Mvno</name>
  <gsm><network-id mcc="262" mnc="01"/>
   <apn value="shared"><usage type="internet"/></apn></gsm></provider>
 <provider primary="true"><name>Two</name>
  <gsm><network-id mcc="262" mnc="02"/>
   <apn value="web.two"><usage type="mms-internet-hipri"/></apn></gsm></provider>
 <provider><name>Old</name>
  <cdma><name>no gsm</name><sid value="26201"/></cdma></provider>
</country>
<country code="us">
 <provider><name>Three</name>
  <gsm><network-id mcc="310" mnc="260"/><apn value="fast.three"><usage type="internet"/></apn></gsm>
 </provider>
</country>
</serviceproviders>
)";

std::vector<ApnEntry> found(const SubscriberNetwork& network) {
  const auto entries = find_apns_in(kList, network);
  EXPECT_TRUE(entries) << entries.error().text();
  return entries.value_or(std::vector<ApnEntry>{});
}

TEST(FindApns, InternetFirstThenInTheOrderOfTheFile) {
  const auto entries = found({.plmn = "26201"});
  ASSERT_THAT(entries,
              ElementsAre(Field(&ApnEntry::apn, "internet.one"), Field(&ApnEntry::apn, "Shared"),
                          Field(&ApnEntry::apn, "shared"), Field(&ApnEntry::apn, "mms.one")));
  ApnEntry expected;
  expected.provider = "Eins";
  expected.name = "Contract & more";
  expected.plan = ApnPlan::Postpaid;
  expected.usage = ApnUsage::Internet;
  expected.apn = "internet.one";
  expected.username = "user";
  expected.password = Secret("pass");
  expected.auth = PdpAuth::Pap;
  EXPECT_EQ(entries[0], expected);
  EXPECT_EQ(entries[1].auth, PdpAuth::Chap);
  EXPECT_EQ(entries[2].auth, PdpAuth::None);
  EXPECT_EQ(entries[2].provider, "Mvno");
}

TEST(FindApns, NetworksOfFiveAndSixDigits) {
  EXPECT_THAT(found({.plmn = "310260"}), ElementsAre(Field(&ApnEntry::apn, "fast.three")));
  EXPECT_THAT(found({.plmn = "262002"}), ElementsAre(Field(&ApnEntry::primary, true)));
  EXPECT_THAT(found({.plmn = "31026"}), IsEmpty());
  EXPECT_THAT(found({.plmn = "262012"}), IsEmpty());
  EXPECT_THAT(found({.plmn = "99999"}), IsEmpty());
  EXPECT_EQ(found({.imsi = "262021234567890"}).size(), 1U);
  EXPECT_EQ(found({.imsi = "310260123456789"}).size(), 1U);
  // what the modem says counts more than what the IMSI looks like
  EXPECT_EQ(found({.plmn = "26206", .imsi = "310260123456789"}).size(), 3U);
}

TEST(FindApns, WhatIsNoNetworkIsSaid) {
  for (const SubscriberNetwork& network :
       {SubscriberNetwork{}, SubscriberNetwork{.plmn = "2620"}, SubscriberNetwork{.plmn = "26a01"},
        SubscriberNetwork{.plmn = "2620101"}, SubscriberNetwork{.imsi = "262"},
        SubscriberNetwork{.imsi = "2620112345678901"}}) {
    const auto entries = find_apns_in(kList, network);
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().failure, FailureClass::Permanent);
    EXPECT_THAT(entries.error().message, HasSubstr("set APN"));
  }
}

TEST(FindApns, AMissingOrBrokenListIsSaid) {
  const auto missing = find_apns("/nonexistent/list.xml", {.plmn = "26201"});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("install mobile-broadband-provider-info"));
  EXPECT_FALSE(find_apns("/", {.plmn = "26201"}));
  EXPECT_FALSE(find_apns_in("", {.plmn = "26201"}));
  EXPECT_THAT(find_apns_in("<a><b></a>", {.plmn = "26201"}).error().message, HasSubstr("broken"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  EXPECT_THAT(find_apns_in(deep, {.plmn = "26201"}).error().message, HasSubstr("too deeply"));
}

TEST(FindApns, SurvivesAnyDamage) {
  for (std::size_t size = 0; size < kList.size(); ++size) {
    static_cast<void>(find_apns_in(kList.substr(0, size), {.plmn = "26201"}));
  }
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string text = kList;
    for (int k = 0; k < 4; ++k) text[random() % text.size()] = static_cast<char>(random());
    const auto entries = find_apns_in(text, {.plmn = "26201"});
    if (!entries) continue;
    for (const ApnEntry& one : *entries) {
      EXPECT_FALSE(one.apn.empty());
      EXPECT_LE(one.provider.size(), 200U);
    }
  }
}

TEST(FindApns, ManyEntriesAreBounded) {
  std::string list = "<serviceproviders><provider><gsm><network-id mcc='262' mnc='01'/>";
  for (int i = 0; i < 5000; ++i) list += "<apn value='a'><usage type='internet'/></apn>";
  list += "</gsm></provider></serviceproviders>";
  EXPECT_EQ(find_apns_in(list, {.plmn = "26201"})->size(), 500U);
}

TEST(ChooseApn, WhatMostProvidersList) {
  const auto entries = found({.plmn = "26201"});
  const ApnChoice choice = choose_apn(entries);
  ASSERT_TRUE(choice.entry);
  EXPECT_EQ(choice.entry->apn, "Shared");
  EXPECT_FALSE(choice.certain);
  EXPECT_EQ(choice.reason,
            "Shared (Eins) is listed by 2 of 2 providers of this network, one of 3 possible "
            "settings: set APN if it is the wrong one");
}

TEST(ChooseApn, TheOnlyOneIsCertain) {
  const ApnChoice choice = choose_apn(found({.plmn = "26202"}));
  ASSERT_TRUE(choice.entry);
  EXPECT_EQ(choice.entry->apn, "web.two");
  EXPECT_TRUE(choice.certain);
}

TEST(ChooseApn, TheNetworkItselfThenTheFirst) {
  std::vector<ApnEntry> entries(3);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].usage = ApnUsage::Internet;
    entries[i].provider = "p" + std::to_string(i);
    entries[i].apn = "a" + std::to_string(i);
    entries[i].password = Secret("hush");
  }
  EXPECT_EQ(choose_apn(entries).entry->apn, "a0");
  EXPECT_THAT(choose_apn(entries).reason, HasSubstr("listed first"));
  entries[1].primary = true;
  EXPECT_EQ(choose_apn(entries).entry->apn, "a1");
  EXPECT_THAT(choose_apn(entries).reason, HasSubstr("network itself"));
  EXPECT_THAT(choose_apn(entries).reason, Not(HasSubstr("hush")));
}

TEST(ChooseApn, NothingForTheInternet) {
  std::vector<ApnEntry> entries(1);
  entries[0].usage = ApnUsage::Mms;
  EXPECT_FALSE(choose_apn(entries).entry);
  EXPECT_FALSE(choose_apn({}).entry);
  EXPECT_THAT(choose_apn({}).reason, HasSubstr("set APN"));
}

// The list that Debian ships, where it is installed.
class RealList : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RealList, KnowsTheNetwork) {
  if (!std::filesystem::exists(ModemConfig().providers)) {
    GTEST_SKIP() << "mobile-broadband-provider-info is not installed";
  }
  const auto& [plmn, apn] = GetParam();
  const auto entries = find_apns(ModemConfig().providers, {.plmn = plmn});
  ASSERT_TRUE(entries) << entries.error().text();
  const ApnChoice choice = choose_apn(*entries);
  ASSERT_TRUE(choice.entry);
  EXPECT_THAT(choice.entry->apn, testing::StrCaseEq(apn)) << choice.reason;
}

INSTANTIATE_TEST_SUITE_P(
    Networks, RealList,
    testing::Values(std::pair("26201", "internet.t-mobile"), std::pair("26202", "web.vodafone.de"),
                    std::pair("310260", "fast.t-mobile.com"), std::pair("23410", "mobile.o2.co.uk"),
                    std::pair("23415", "internet"), std::pair("20801", "orange"),
                    std::pair("310410", "nxtgenphone")),
    [](const auto& info) { return std::string(info.param.first); });

}  // namespace
}  // namespace mwan
