// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/publisher.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace mwan::failover {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string content(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    std::string name = (fs::temp_directory_path() / "mwan-publisher-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    policy.links = {{.name = "wired"}, {.name = "lte"}};
    options.program_owner = ::geteuid();
  }
  ~PublisherTest() override { fs::remove_all(folder); }

  void script(const std::string& text) {
    options.program = folder / "hook";
    std::ofstream(options.program) << "#!/bin/sh\n" << text;
    ::chmod(options.program.c_str(), 0755);
  }
  Publisher& begin() {
    publisher = std::make_unique<Publisher>(loop, options, [](LinkId) { return LinkReadings{}; });
    publisher->begun(Loop::now(), policy);
    return *publisher;
  }
  void verdict(LinkId link, LinkVerdict verdict, std::optional<LinkId> active) {
    publisher->stepped(Loop::now(), TimerFired{}, {VerdictChange{link, verdict, "as it is"}},
                       active);
  }
  bool until(const std::function<bool()>& done) {
    const Instant limit = Loop::now() + 10s;
    const SourceHandle wake = loop.after(10s, [] {});
    while (!done() && Loop::now() < limit) loop.iterate(true);
    return done();
  }

  Loop loop;
  fs::path folder;
  Policy policy;
  PublisherOptions options;
  std::unique_ptr<Publisher> publisher;
};

TEST_F(PublisherTest, TrackFilesFollowTheVerdictsAtOnce) {
  options.track_dir = folder / "track";
  begin();
  EXPECT_EQ(content(folder / "track/link-wired"), "-254\n");
  EXPECT_EQ(content(folder / "track/uplink"), "-254\n");
  verdict(LinkId{1}, LinkVerdict::Suspect, LinkId{1});
  EXPECT_EQ(content(folder / "track/link-lte"), "-50\n");
  EXPECT_EQ(content(folder / "track/uplink"), "-50\n");
  EXPECT_EQ(content(folder / "track/link-wired"), "-254\n");
  EXPECT_FALSE(fs::exists(folder / "track/uplink.new"));
}

TEST_F(PublisherTest, ALinkInTheWayIsNotFollowed) {
  options.track_dir = folder / "track";
  fs::create_directories(options.track_dir);
  std::ofstream(folder / "victim") << "mine";
  fs::create_symlink(folder / "victim", folder / "track/uplink.new");
  fs::create_symlink(folder / "victim", folder / "track/link-wired");
  begin();
  EXPECT_EQ(content(folder / "victim"), "mine");
  EXPECT_EQ(content(folder / "track/uplink"), "-254\n");
  EXPECT_FALSE(fs::is_symlink(folder / "track/link-wired"));
}

TEST_F(PublisherTest, MetricsAreWrittenAtTheirInterval) {
  options.metrics_file = folder / "mwan.prom";
  options.metrics_interval = 10ms;
  begin();
  EXPECT_TRUE(until([this] { return fs::exists(options.metrics_file); }));
  EXPECT_THAT(content(options.metrics_file), HasSubstr("mwan_link_active{link=\"lte\"} 0\n"));
  verdict(LinkId{1}, LinkVerdict::Good, LinkId{1});
  EXPECT_TRUE(until([this] {
    return content(options.metrics_file).find("mwan_link_active{link=\"lte\"} 1\n") !=
           std::string::npos;
  }));
}

TEST_F(PublisherTest, TheProgramIsToldInOrder) {
  script("echo \"$* $MWAN_ACTIVE $MWAN_REASON\" >>" + (folder / "said").string() + "\n");
  begin();
  verdict(LinkId{0}, LinkVerdict::Good, LinkId{0});
  verdict(LinkId{0}, LinkVerdict::Down, LinkId{1});
  const std::string all =
      "link wired good wired as it is\nactive wired wired \n"
      "link wired down lte as it is\nactive lte lte \n";
  EXPECT_TRUE(until([&] { return content(folder / "said") == all; })) << content(folder / "said");
}

TEST_F(PublisherTest, AProgramThatHangsOrFailsHoldsNothingUp) {
  script("case $3 in good) sleep 60 ;; down) exit 3 ;; *) echo $3 >>" + (folder / "said").string() +
         " ;; esac\n");
  options.program_limit = 200ms;
  begin();
  verdict(LinkId{0}, LinkVerdict::Good, std::nullopt);
  verdict(LinkId{0}, LinkVerdict::Down, std::nullopt);
  verdict(LinkId{0}, LinkVerdict::Suspect, std::nullopt);
  EXPECT_TRUE(until([this] { return content(folder / "said") == "suspect\n"; }));
}

TEST_F(PublisherTest, AProgramThatOthersCanChangeIsNotRun) {
  script("echo >" + (folder / "said").string() + "\n");
  ::chmod(options.program.c_str(), 0777);
  begin();
  verdict(LinkId{0}, LinkVerdict::Good, std::nullopt);
  bool over = false;
  const SourceHandle timer = loop.after(300ms, [&over] { over = true; });
  until([&over] { return over; });
  EXPECT_FALSE(fs::exists(folder / "said"));
}

TEST_F(PublisherTest, StoppingEndsTheProgram) {
  script("sleep 60\n");
  begin();
  verdict(LinkId{0}, LinkVerdict::Good, std::nullopt);
  loop.iterate(true);
  publisher->stop();
  publisher.reset();
}

}  // namespace
}  // namespace mwan::failover
