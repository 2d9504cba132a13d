// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/state/state_writer.hpp"

#include <atomic>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

namespace mwan::failover {
namespace {

class Writer : public testing::Test {
 protected:
  void SetUp() override {
    auto store = StateStore::open(folder_);
    ASSERT_TRUE(store) << store.error().text();
    store_.emplace(std::move(*store));
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string content(const std::string& name) {
    const auto text = store_->get(name);
    return !text ? text.error().text() : text->value_or("(none)");
  }
  std::string folder_ = testing::TempDir() + "state-writer-" + std::to_string(getpid());
  std::optional<StateStore> store_;
  std::atomic<int> failures_ = 0;
};

TEST_F(Writer, TheLastWordOnAFileIsWhatStays) {
  StateWriter writer(*store_, [this](const Error&) { ++failures_; });
  for (int i = 0; i < 200; ++i) writer.put("current-profile", std::to_string(i));
  writer.put("failover-time", "7");
  writer.settle();
  EXPECT_EQ(content("current-profile"), "199");
  EXPECT_EQ(content("failover-time"), "7");
  writer.put("current-profile", "again");
  writer.remove("current-profile");
  writer.remove("failover-time");
  writer.put("failover-time", "8");
  writer.settle();
  EXPECT_EQ(content("current-profile"), "(none)");
  EXPECT_EQ(content("failover-time"), "8");
  EXPECT_EQ(failures_, 0);
}

TEST_F(Writer, WhatWaitsIsWrittenBeforeItEnds) {
  {
    StateWriter writer(*store_, [this](const Error&) { ++failures_; });
    for (int i = 0; i < 20; ++i) writer.put("file" + std::to_string(i), "x");
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(content("file" + std::to_string(i)), "x");
}

TEST_F(Writer, AFailureIsToldAndTheNextFileIsWritten) {
  StateWriter writer(*store_, [this](const Error&) { ++failures_; });
  writer.put("no/name", "x");
  writer.put("name", "x");
  writer.settle();
  EXPECT_EQ(failures_, 1);
  EXPECT_EQ(content("name"), "x");
}

TEST_F(Writer, WithoutWorkThereIsNothingToWaitFor) {
  StateWriter writer(*store_, [this](const Error&) { ++failures_; });
  writer.settle();
}

}  // namespace
}  // namespace mwan::failover
