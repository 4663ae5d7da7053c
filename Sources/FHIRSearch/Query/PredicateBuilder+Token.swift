import FHIRDefinitions

/// Tokens (R4 search.html#token).
extension PredicateBuilder {
    func predicate(_ token: SearchValue.TokenValue, _ slot: IndexSlot) -> SearchPredicate {
        if slot.storage == .idColumn {
            guard let code = token.code, case .any = token.system else { return .never }
            return .ids([code])
        }
        if slot.isCaseSensitive, !slot.hasPresenceKey, token.code == nil, case .named(let system) = token.system {
            // Any code of the system bound to a mandatory element.
            return isBound(slot, to: system) ? .always : .never
        }
        let isIdentifier = slot.paths.allSatisfy { $0.leafName == "Identifier" }
        guard let key = tokenKey(token, slot) else { return .never }
        return .keys([Int64(bitPattern: key)], isSelective: isIdentifier && token.code != nil)
    }

    /// The key of a token; nil if no value of the slot can match.
    private func tokenKey(_ token: SearchValue.TokenValue, _ slot: IndexSlot) -> UInt64? {
        guard slot.isCaseSensitive else {
            return TokenKey.key(token, seed: slot.seed.value, isCaseSensitive: false)
        }
        // Elements of type code have no system of their own; the one bound to them counts (R4 search.html#token).
        if case .named(let system) = token.system, !isBound(slot, to: system) { return nil }
        guard let code = token.code else { return slot.hasPresenceKey ? slot.seed.presenceKey : nil }
        let plain = SearchValue.TokenValue(system: .any, code: code)
        return TokenKey.key(plain, seed: slot.seed.value, isCaseSensitive: true)
    }

    private func isBound(_ slot: IndexSlot, to system: String) -> Bool {
        slot.paths.contains { path in
            guard let binding = path.element?.binding,
                let codes = indexer.definitions.codes(ofValueSet: binding.valueSet)
            else { return false }
            return codes.groups.contains { $0.system == system }
        }
    }
}

/// Keys of tokens by the table of `KeySeed`.
enum TokenKey {
    /// Of an identifier by its type.
    static func typed(_ system: String, _ code: String, _ value: String, seed: UInt64) -> UInt64 {
        // Codes of types have the case that their system gives them; identifiers are folded as ever.
        hash(system + "|" + code, value, seed: seed &+ 11, false)
    }

    static func key(_ token: SearchValue.TokenValue, seed: UInt64, isCaseSensitive: Bool) -> UInt64? {
        switch (token.system, token.code) {
        case (.any, let code?): hash(nil, code, seed: seed &+ 1, isCaseSensitive)
        case (.absent, let code?): hash(nil, code, seed: seed &+ 4, isCaseSensitive)
        case (.named(let system), let code?): hash(system, code, seed: seed &+ 2, isCaseSensitive)
        case (.named(let system), nil): XXHash64.hash(system, seed: seed &+ 3)
        case (_, nil): nil
        }
    }

    static func hash(_ system: String?, _ code: String, seed: UInt64, _ isCaseSensitive: Bool) -> UInt64 {
        var output: [UInt8] = []
        var code = code
        code.withUTF8 { code in
            if var system {
                system.withUTF8 { TokenText.append($0, code, isCaseSensitive: isCaseSensitive, to: &output) }
            } else {
                TokenText.append(nil, code, isCaseSensitive: isCaseSensitive, to: &output)
            }
        }
        return output.withUnsafeBufferPointer { XXHash64.hash($0, seed: seed) }
    }
}
