/// The hash family of one index slot: how its entries become 64-bit keys.
///
/// Every key of a resource stands in one array, so each slot hashes with a seed of its own, derived from the url of
/// the search parameter that owns it. Keys are stored: none of these formulas may change without a reindex.
///
///     token, any system     XXH64(code, seed + 1)
///     token, with system    XXH64(system "|" code, seed + 2)
///     token, any code       XXH64(system, seed + 3)
///     token, no system      XXH64(code, seed + 4)
///     present               XXH64("", seed + 5)
///     present, by type      XXH64(type name, 0) XOR XXH64("type", seed + 5)
///     reference             XXH64(target, 0) XOR XXH64("reference", seed)     SQL: self # constant
///     uri                   XXH64(uri, seed + 6)
///     unit                  XXH64(code or unit, seed + 7)
///     unit with system      XXH64(system "|" code, seed + 8)
///     raw string            XXH64(string, seed + 9)
///     span over a day       XXH64("", seed + 10)
///     dimension of a unit   XXH64(base units of UCUM, seed + 12)
///     identifier by type    as token, XXH64(type system "|" type code "|" value, seed + 11)
///     identifier of reference: as token, with seed + 16
package struct KeySeed: Hashable, Sendable {
    package let value: UInt64
    /// What a target's hash is XORed with to become this slot's key.
    package let referenceConstant: UInt64
    let typeConstant: UInt64
    /// Key that says a value is present.
    package let presenceKey: UInt64

    /// Key that says that the main date spans more than `IndexSlot.shortSpan`.
    package var longSpanKey: UInt64 { XXHash64.hash("", seed: value &+ 10) }

    /// Key of the base units that a quantity's unit is made of.
    func dimensionKey(_ baseUnits: String) -> UInt64 { XXHash64.hash(baseUnits, seed: value &+ 12) }

    package init(url: String) {
        self.init(value: XXHash64.hash(url))
    }

    init(value: UInt64) {
        self.value = value
        referenceConstant = XXHash64.hash("reference", seed: value)
        typeConstant = XXHash64.hash("type", seed: value &+ 5)
        presenceKey = XXHash64.hash("", seed: value &+ 5)
    }

    /// Number of the owning parameter in side tables: 31 bits of the url's hash.
    package var parameterNumber: Int32 { Int32(truncatingIfNeeded: value & 0x7FFF_FFFF) }

    /// Hash of what a reference points at: `Patient/23`, an absolute URL, a URN. The `self` column of the target.
    package static func target(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 { XXHash64.hash(bytes) }

    package static func target(_ text: String) -> UInt64 { XXHash64.hash(text) }

    package func presence(ofTypeHash hash: UInt64) -> UInt64 { hash ^ typeConstant }

    /// The seed of the slot's `:identifier` keys.
    package var identifier: UInt64 { value &+ 16 }
}
