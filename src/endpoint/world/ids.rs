//! IDs for tasks and instances that look random, the same for the same seed and number.

/// A bundle ID such as `bun-2a4e041c`. For the same seed, different numbers below 2³² give
/// different IDs.
pub(super) fn bundle_id(seed: u64, number: u64) -> String {
    // The finalizer of MurmurHash3. Each of its steps is reversible, so no two numbers collide.
    let mut bits = low_32_bits(number) ^ low_32_bits(mix_bits(seed));
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    format!("bun-{:08x}", bits ^ (bits >> 16))
}

/// An instance ID in the long form: `i-` and 17 hexadecimal digits.
pub(super) fn instance_id(seed: u64, number: u64) -> String {
    let bits = mix_bits(seed ^ mix_bits(number));
    format!("i-0{bits:016x}")
}

fn low_32_bits(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).expect("masked to 32 bits")
}

/// Spreads a number over all 64 bits, so that similar numbers give dissimilar results: one step of
/// the generator `SplitMix64`.
fn mix_bits(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
