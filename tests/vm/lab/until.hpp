// SPDX-License-Identifier: LGPL-2.1-or-later
// What scenarios of tests/vm write in every test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/ok.hpp"
#include "tests/lab/until.hpp"

namespace mwan::vm {

using lab::until;

}  // namespace mwan::vm
