// The direction numbers below are the first of new-joe-kuo-6.21201 by S. Joe and F. Y. Kuo, under this
// licence:
//
// Copyright (c) 2008, Frances Y. Kuo and Stephen Joe
// All rights reserved.
//
// Redistribution and use in source and binary forms, with or without modification, are permitted provided
// that the following conditions are met:
//
//     * Redistributions of source code must retain the above copyright notice, this list of conditions and
//     the
//       following disclaimer.
//
//     * Redistributions in binary form must reproduce the above copyright notice, this list of conditions and
//     the
//       following disclaimer in the documentation and/or other materials provided with the distribution.
//
//     * Neither the names of the copyright holders nor the names of the University of New South Wales and the
//       University of Waikato and its contributors may be used to endorse or promote products derived from
//       this software without specific prior written permission.
//
// THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS ``AS IS'' AND ANY EXPRESS OR IMPLIED WARRANTIES,
// INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR
// PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS BE LIABLE FOR ANY DIRECT, INDIRECT,
// INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF
// SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND
// ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
// OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH
// DAMAGE.
#include "plugins/samplers/sobol_numbers.h"

#include <bit>

#include "core/error.h"

namespace assay::samplers {
namespace {

// A primitive polynomial, its leading coefficient in the highest bit, and as many odd numbers as its degree.
struct Row {
  std::uint32_t polynomial;
  std::array<std::uint32_t, 9> first;
};

// Of the dimensions from the second on; the first is the binary fraction mirrored.
// clang-format off
constexpr std::array<Row, SobolSequence::most_dimensions - 1> rows = {{
    {3, {1}},
    {7, {1, 3}},
    {11, {1, 3, 1}},
    {13, {1, 1, 1}},
    {19, {1, 1, 3, 3}},
    {25, {1, 3, 5, 13}},
    {37, {1, 1, 5, 5, 17}},
    {41, {1, 1, 5, 5, 5}},
    {47, {1, 1, 7, 11, 19}},
    {55, {1, 1, 5, 1, 1}},
    {59, {1, 1, 1, 3, 11}},
    {61, {1, 3, 5, 5, 31}},
    {67, {1, 3, 3, 9, 7, 49}},
    {91, {1, 1, 1, 15, 21, 21}},
    {97, {1, 3, 1, 13, 27, 49}},
    {103, {1, 1, 1, 15, 7, 5}},
    {109, {1, 3, 1, 15, 13, 25}},
    {115, {1, 1, 5, 5, 19, 61}},
    {131, {1, 3, 7, 11, 23, 15, 103}},
    {137, {1, 3, 7, 13, 13, 15, 69}},
    {143, {1, 1, 3, 13, 7, 35, 63}},
    {145, {1, 3, 5, 9, 1, 25, 53}},
    {157, {1, 3, 1, 13, 9, 35, 107}},
    {167, {1, 3, 1, 5, 27, 61, 31}},
    {171, {1, 1, 5, 11, 19, 41, 61}},
    {185, {1, 3, 5, 3, 3, 13, 69}},
    {191, {1, 1, 7, 13, 1, 19, 1}},
    {193, {1, 3, 7, 5, 13, 19, 59}},
    {203, {1, 1, 3, 9, 25, 29, 41}},
    {211, {1, 3, 5, 13, 23, 1, 55}},
    {213, {1, 3, 7, 3, 13, 59, 17}},
    {229, {1, 3, 1, 3, 5, 53, 69}},
    {239, {1, 1, 5, 5, 23, 33, 13}},
    {241, {1, 1, 7, 7, 1, 61, 123}},
    {247, {1, 1, 7, 9, 13, 61, 49}},
    {253, {1, 3, 3, 5, 3, 55, 33}},
    {285, {1, 3, 1, 15, 31, 13, 49, 245}},
    {299, {1, 3, 5, 15, 31, 59, 63, 97}},
    {301, {1, 3, 1, 11, 11, 11, 77, 249}},
    {333, {1, 3, 1, 11, 27, 43, 71, 9}},
    {351, {1, 1, 7, 15, 21, 11, 81, 45}},
    {355, {1, 3, 7, 3, 25, 31, 65, 79}},
    {357, {1, 3, 1, 1, 19, 11, 3, 205}},
    {361, {1, 1, 5, 9, 19, 21, 29, 157}},
    {369, {1, 3, 7, 11, 1, 33, 89, 185}},
    {391, {1, 3, 3, 3, 15, 9, 79, 71}},
    {397, {1, 3, 7, 11, 15, 39, 119, 27}},
    {425, {1, 1, 3, 1, 11, 31, 97, 225}},
    {451, {1, 1, 1, 3, 23, 43, 57, 177}},
    {463, {1, 3, 7, 7, 17, 17, 37, 71}},
    {487, {1, 3, 1, 5, 27, 63, 123, 213}},
    {501, {1, 1, 3, 5, 11, 43, 53, 133}},
    {529, {1, 3, 5, 5, 29, 17, 47, 173, 479}},
    {539, {1, 3, 3, 11, 3, 1, 109, 9, 69}},
    {545, {1, 1, 1, 5, 17, 39, 23, 5, 343}},
    {557, {1, 3, 1, 5, 25, 15, 31, 103, 499}},
    {563, {1, 1, 1, 11, 11, 17, 63, 105, 183}},
    {601, {1, 1, 5, 11, 9, 29, 97, 231, 363}},
    {607, {1, 1, 5, 15, 19, 45, 41, 7, 383}},
    {617, {1, 3, 7, 7, 31, 19, 83, 137, 221}},
    {623, {1, 1, 1, 3, 23, 15, 111, 223, 83}},
    {631, {1, 1, 5, 13, 31, 15, 55, 25, 161}},
    {637, {1, 1, 3, 13, 25, 47, 39, 87, 257}},
}};
// clang-format on

constexpr int n_bits = 32;

// Bratley and Fox 1988, eq. 2: each number follows from those before by the polynomial's coefficients.
std::array<std::uint32_t, n_bits> directions_of(const Row& row) {
  const int degree = std::bit_width(row.polynomial) - 1;
  std::array<std::uint32_t, n_bits> m{};
  for (int j = 0; j < n_bits; ++j) {
    if (j < degree) {
      m[j] = row.first[j];
      continue;
    }
    m[j] = m[j - degree] ^ (m[j - degree] << degree);
    for (int k = 1; k < degree; ++k) {
      if ((row.polynomial >> (degree - k)) & 1U) m[j] ^= m[j - k] << k;
    }
  }
  for (int j = 0; j < n_bits; ++j) m[j] <<= n_bits - 1 - j;
  return m;
}

}  // namespace

SobolSequence::SobolSequence(const Stream& scrambling) : scrambling_(scrambling) {
  for (int j = 0; j < n_bits; ++j) directions_[0][j] = std::uint32_t{1} << (n_bits - 1 - j);
  for (std::size_t i = 0; i < rows.size(); ++i) directions_[i + 1] = directions_of(rows[i]);
}

std::uint32_t SobolSequence::plain(std::uint64_t index, std::size_t dimension) const {
  ASSAY_ASSERT(dimension < most_dimensions && index >> n_bits == 0);
  std::uint32_t value = 0;
  for (int bit = 0; index != 0; ++bit, index >>= 1U) {
    if (index & 1U) value ^= directions_[dimension][bit];
  }
  return value;
}

// Whether a bit is flipped depends on all bits above it and on nothing else: Owen's nested uniform
// scrambling.
double SobolSequence::at(std::uint64_t index, std::size_t dimension) const {
  const std::uint32_t value = plain(index, dimension);
  std::uint32_t scrambled = value;
  for (int bit = 0; bit < n_bits; ++bit) {
    const std::uint64_t above = bit == 0 ? 0 : value >> (n_bits - bit);
    const std::uint64_t node = (std::uint64_t{1} << bit) | above;
    const std::uint32_t flip = scrambling_.block(static_cast<std::uint32_t>(dimension), node, 0)[0] & 1U;
    scrambled ^= flip << (n_bits - 1 - bit);
  }
  return (scrambled + 0.5) * 0x1p-32;
}

}  // namespace assay::samplers
