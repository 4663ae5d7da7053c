/// Number of a value set whose codes are known, for one process.
package struct ValueSetID: Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// Asking for codes by number of the value set, without allocating.
extension FHIRDefinitions {
    /// The value set with this canonical URL, of which all codes are known; a version behind `|` is ignored.
    package func valueSet(_ url: String) -> ValueSetID? {
        let plain = url.utf8.firstIndex(of: UInt8(ascii: "|")).map { String(url[..<$0]) } ?? url
        return valueSetURLs.value(plain, owner: 0).map { ValueSetID(rawValue: UInt16($0)) }
    }

    /// Canonical URL of a value set.
    package func url(of valueSet: ValueSetID) -> String { valueSets[Int(valueSet.rawValue)].url }

    /// Whether the value set has the code, in any system.
    package func contains(_ code: UnsafeBufferPointer<UInt8>, in valueSet: ValueSetID) -> Bool {
        !code.isEmpty && valueSetCodes.value(code, owner: valueSet.rawValue) != nil
    }

    /// Whether the value set has the code in this system.
    package func contains(
        _ code: UnsafeBufferPointer<UInt8>, system: UnsafeBufferPointer<UInt8>, in valueSet: ValueSetID
    ) -> Bool {
        guard !code.isEmpty, !system.isEmpty,
            let first = valueSetCodes.value(code, owner: valueSet.rawValue),
            let group = valueSetSystems.value(system, owner: valueSet.rawValue)
        else { return false }
        // The table has a code's first group only; few codes are in several systems of one value set.
        if first == group { return true }
        let text = String(decoding: code, as: UTF8.self)
        return valueSets[Int(valueSet.rawValue)].groups.contains { other in
            other.codes.contains(text) && other.system.utf8.elementsEqual(system)
        }
    }
}
