// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/settings.md, mwan-settings(5) and the key tables agree.
#include "failover/config/document.hpp"

#include "tests/generated_document.hpp"

namespace mwan::failover {
namespace {

TEST(Document, SaysWhatTheTablesSay) {
  expect_document(MWAN_SETTINGS_DOCUMENT, {{"settings keys", document_settings_keys()},
                                           {"profile keys", document_profile_keys()}});
}

TEST(Document, TheManualPageSaysTheSame) {
  // The line that ends a part is a comment of roff's, too.
  expect_document(MWAN_SETTINGS_MANUAL, {{"settings keys", manual_settings_keys() + ".\\\" "},
                                         {"profile keys", manual_profile_keys() + ".\\\" "}});
}

}  // namespace
}  // namespace mwan::failover
