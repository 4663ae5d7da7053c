import FHIRDefinitions

/// What ``StandardCodes`` looks things up in.
struct StandardCodeTables: Sendable {
    /// What a value set holds.
    struct Members: Sendable {
        /// What tells codes that nobody can list.
        var rules: [Rule]
        /// Of `lows` and `highs`.
        var ranges: Range<Int>
        /// Systems that codes of it are of.
        var systems: [UInt16]
        /// Systems of which it holds codes that the standard does not list.
        var openSystems: [UInt16]
        /// Whether it may hold any code, as a part of it is not known.
        var isOpen: Bool
    }

    /// A grammar that a value set's codes of one system follow.
    struct Rule: Hashable, Sendable {
        var system: UInt16
        var grammar: CodeGrammar
        /// With which the units have to compare; nil for all codes of the grammar.
        var unit: String?

        func accepts(_ code: UnsafeBufferPointer<UInt8>) -> Bool? {
            guard let unit, grammar.accepts(code) == true else { return grammar.accepts(code) }
            return grammar.isComparable(String(decoding: code, as: UTF8.self), with: unit)
        }
    }

    static let inactive: UInt8 = 1
    static let abstract: UInt8 = 2

    /// URL → number of the value set, under owner 0.
    let valueSets: KeyTable
    /// URL → number of the code system, under owner 0. Those that the standard lists come first.
    let systems: KeyTable
    let listedSystemCount: UInt16
    /// Systems whose codes follow a grammar.
    let grammars: [UInt16: CodeGrammar]
    /// (system, code) → number of the code.
    let codes: KeyTable
    /// Of the value sets.
    let versions: [String?]
    let sets: [Members]
    /// Ranges of code numbers, those of one value set in order: from `lows` up to and with `highs`.
    let lows: [UInt32]
    let highs: [UInt32]
    /// By code number.
    let flags: [UInt8]
    /// By code number, and one more: where its texts begin, the display first.
    let textStarts: [UInt32]
    /// Where the texts stand in the standard's table, with quotes and escapes.
    let texts: [Range<Int>]

    func system(_ url: UnsafeBufferPointer<UInt8>) -> UInt16? {
        systems.value(url, owner: 0).map { UInt16(truncatingIfNeeded: $0) }
    }

    func number(_ code: UnsafeBufferPointer<UInt8>, system: UInt16) -> UInt32? { codes.value(code, owner: system) }

    func contains(_ number: UInt32, _ set: Members) -> Bool {
        var (low, high) = (set.ranges.lowerBound, set.ranges.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if highs[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < set.ranges.upperBound && lows[low] <= number
    }
}
