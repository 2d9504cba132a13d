// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings, logs and recordings, provider lists and quirks. Scenarios are the simulator's own.
#include "failover/config/keys.hpp"
#include "failover/control/answer.hpp"
#include "failover/control/request.hpp"
#include "failover/record/codec.hpp"
#include "failover/record/sample_records.hpp"
#include "failover/record/trace.hpp"
#include "modems/quirks/overrides.hpp"
#include "modems/quirks/table.hpp"
#include "tests/fuzz/seeds.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::failover;
namespace sample = mwan::failover::testing;

constexpr std::string_view kWired =
    "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n"
    "DNS=192.0.2.1\n--\n";
constexpr std::string_view kModem =
    "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nAPN='internet.example'\nUSERNAME=u\n"
    "PASSWORD=p\nPIN=1234\nMETERED=yes\n";

// Every key of a file, as it would be written; those without a default need a value of the fuzzer.
template <class Target>
std::string every_key(const std::vector<Key<Target>>& keys) {
  std::string text;
  for (const auto& key : keys) {
    text += std::string(key.name) + "=" + std::string(key.default_text) + "\n";
  }
  return text;
}

void add_settings(Seeds& seeds) {
  const std::string targets = "PROBE_TARGETS=198.51.100.1,2001:db8::1\nPROBE_QUORUM=1\n--\n";
  seeds.add("settings", targets + std::string(kWired) + std::string(kModem));
  seeds.add("settings", every_key(settings_keys()) + targets + std::string(kWired) +
                            every_key(profile_keys()) + std::string(kModem));
}

void add_logs(Seeds& seeds) {
  const Policy policy = sample::sample_policy();
  const LinkNames names(policy);
  const std::string header = encode_record(record::Header{policy, false}, names) + "\n";
  std::string all = header;
  all += encode_record(record::WallClock{1700000000, Instant{}}, names) + "\n";
  std::int64_t us = 1000;
  const auto at = [&us] { return Instant(Duration(us += 250000)); };
  for (const Event& event : sample::sample_events()) {
    const std::string line = encode_record(record::TimedEvent{at(), event}, names) + "\n";
    seeds.add("decision_log", header + line);
    all += line;
  }
  for (const Action& action : sample::sample_actions()) {
    const std::string line = encode_record(record::TimedAction{at(), action}, names) + "\n";
    seeds.add("decision_log", header + line);
  }
  seeds.add("decision_log", all + encode_record(record::Lost{at(), 3}, names) + "\n");

  const std::string first =
      encode_trace_header({1700000000000, {"QMI", "Maker", "Model", "1.0"}}) + "\n";
  std::string trace = first;
  Duration since{0};
  for (const Fact& fact : sample::sample_facts()) {
    const std::string line = encode_trace_point({since += std::chrono::seconds(1), fact}) + "\n";
    seeds.add("trace", first + line);
    trace += line;
  }
  seeds.add("trace", trace);
}

constexpr std::string_view kProviders = R"(<?xml version="1.0"?>
<!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0"><country code="de"><!-- a comment -->
<provider primary="true"><name xml:lang="de">Eins</name><name>One</name>
<gsm><network-id mcc="262" mnc="01"/>
<apn value="internet.one"><plan type="postpaid"/><usage type="internet"/><name>Contract &amp; more</name>
<username>user</username><password>pass</password><authentication method="pap"/></apn>
<apn value="mms.one"><plan type="prepaid"/><usage type="mms"/></apn><apn value="w"><usage type="wap"/></apn>
</gsm></provider>
<provider><name>Two</name><gsm><network-id mcc="262" mnc="001"/><apn value="b"><usage type="mms-internet"/>
<name><![CDATA[K&#228;]]></name></apn></gsm><cdma><sid value="26201"/></cdma></provider>
</country></serviceproviders>
)";

void add_probe_targets(Seeds& seeds) {
  seeds.add("probe_target",
            "198.51.100.1,icmp:2001:db8::1,tcp:192.0.2.1:443,tcp:2001:db8::1#53,gateway");
  seeds.add("probe_target",
            "dns:a.example@192.0.2.1#53,http://a.example/x,https://a.example:8443/#200=word\n"
            "http://10.0.0.1/login?from=word");
}

void add_quirks(Seeds& seeds) {
  for (const QuirkRow& row : quirk_rows()) seeds.add("quirks", row.changes);
  for (const QuirkWord& word : quirk_words()) {
    seeds.add("quirks",
              std::string(word.name) + (word.values.empty() ? "" : "=2") + ",!silent-disconnect");
  }
  seeds.add(
      "quirks",
      "11999079,signal-interval=10s,open=60s,settle=500ms,fcc-unlock=foxconn,first-reset=usb");
  seeds.add("quirks", "mbimex=2 open=2m\tfirst-reset=power\nfcc-unlock=dms");
}

void add_matches(Seeds& seeds) {
  const std::string device =
      "\nLQ650551070110\npci-0000:00:14.0-usb-0:2\n1199\n9071\n02:00:5e:10:00:01\n";
  for (const char* match :
       {"any", "usb:1199", "usb:1199:9071,serial:LQ650551070110", "mac:02:00:5E:10:00:01",
        "path:pci-0000:00:14.0-usb-0:2", "any,usb:1199", "serial:a,serial:b"}) {
    seeds.add("match", match + device);
  }
}

void add_control(Seeds& seeds) {
  using namespace mwan::failover::control;
  for (int verb = 0; verb <= static_cast<int>(Verb::Look); ++verb) {
    seeds.add("control",
              encode_request({.verb = static_cast<Verb>(verb), .link = {}, .on = false}));
  }
  seeds.add("control", encode_request({.verb = Verb::Maintenance, .link = "lte-1", .on = true}));
  seeds.add("control", encode_request({.verb = Verb::Failover, .link = "lte", .on = false}));
  seeds.add("control", encode_answer({.kind = Kind::Done,
                                      .words = "lte takes over",
                                      .field = {},
                                      .status = {{"links", {{{"name", "lte"}}}}}}));
  seeds.add(
      "control",
      encode_answer(
          {.kind = Kind::BadRequest, .words = "expected a name", .field = "link", .status = {}}));
}

}  // namespace

void add_text_seeds(Seeds& seeds) {
  add_settings(seeds);
  add_logs(seeds);
  seeds.add("providers", kProviders);
  add_probe_targets(seeds);
  add_quirks(seeds);
  add_matches(seeds);
  add_control(seeds);
}

}  // namespace mwan::fuzz
