// SPDX-License-Identifier: LGPL-2.1-or-later
// The journal of a takeover: what is written is what is read, and nothing else is.
#include "failover/host/ipfire/journal.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "failover/host/ipfire/test_folder.hpp"
#include "hal/process/boot_id.hpp"

namespace mwan::failover::ipfire {
namespace {

using ::testing::HasSubstr;

TEST(Journal, KeepsEveryPhase) {
  const testing::TestFolder folder;
  auto store = StateStore::open(folder / "state");
  ASSERT_TRUE(store);
  Journal journal(*store);
  EXPECT_EQ(*journal.read(), std::nullopt);
  for (const Phase phase : {Phase::Taking, Phase::Taken, Phase::Giving}) {
    const JournalEntry entry{.phase = phase,
                             .link = "gsm-backup",
                             .full = true,
                             .settings = true,
                             .aside = phase == Phase::Taken,
                             .boot = boot_id()};
    ASSERT_TRUE(journal.write(entry));
    EXPECT_EQ(*journal.read(), entry);
  }
  ASSERT_TRUE(journal.clear());
  EXPECT_EQ(*journal.read(), std::nullopt);
}

TEST(Journal, NonsenseIsRefusedByName) {
  const testing::TestFolder folder;
  folder.write("state/takeover", "PHASE=taken\n");
  ::chmod((folder / "state").c_str(), 0755);
  auto store = StateStore::open(folder / "state");
  ASSERT_TRUE(store);
  const Journal journal(*store);
  EXPECT_THAT(journal.read().error().text(), HasSubstr("state/takeover: is not what the daemon"));
  EXPECT_FALSE(decode_journal("PHASE=resting\nLINK=x\n"));
  EXPECT_FALSE(decode_journal("PHASE=taken\nLINK=x;y\n"));
  EXPECT_TRUE(decode_journal("PHASE=taken\nLINK=x\n"));
}

}  // namespace
}  // namespace mwan::failover::ipfire
