/// What is granted of what was asked for.
package enum ScopeNegotiation {
    /// What both of two lists allow: the scopes asked for, narrowed where only a part of one is allowed.
    ///
    /// Scopes that speak of no resources are granted where both lists have them.
    package static func intersection(_ asked: [String], _ allowed: [String]) -> [String] {
        let ceiling = allowed.compactMap { SMARTScope($0) }
        var granted: [String] = []
        for text in asked {
            let parts: [String]
            if let scope = SMARTScope(text) {
                parts = narrow(scope, ceiling)
            } else {
                parts = allowed.contains(text) ? [text] : []
            }
            for part in parts where !granted.contains(part) { granted.append(part) }
        }
        return granted
    }

    /// The words of a scope parameter (RFC 6749 §3.3), without repetitions.
    package static func words(_ text: String) -> [String] {
        var words: [String] = []
        for word in text.split(separator: " ") where !words.contains(String(word)) { words.append(String(word)) }
        return words
    }

    private static func narrow(_ scope: SMARTScope, _ ceiling: [SMARTScope]) -> [String] {
        let parts = ceiling.compactMap { part(of: scope, $0) }
        // What is allowed whole needs no narrower text beside it.
        if parts.contains(Part(scope)) { return [scope.text] }
        // Entries that allow different things of the same resources together allow both.
        var merged: [Part] = []
        for part in parts {
            if let index = merged.firstIndex(where: { $0.type == part.type && $0.conditions == part.conditions }) {
                merged[index].permissions.formUnion(part.permissions)
            } else {
                merged.append(part)
            }
        }
        if merged.contains(Part(scope)) { return [scope.text] }
        let isFirstVersion =
            scope.text.hasSuffix(".read") || scope.text.hasSuffix(".write") || scope.text.hasSuffix(".*")
        return merged.map { $0.text(scope.context, inFirstVersion: isFirstVersion) }
    }

    private struct Part: Hashable {
        var type: String?
        var permissions: SMARTScope.Permissions
        var conditions: Set<SMARTScope.Condition>

        init(_ scope: SMARTScope) {
            type = scope.type
            permissions = scope.permissions
            conditions = Set(scope.conditions)
        }

        func text(_ context: SMARTScope.Context, inFirstVersion isFirst: Bool) -> String {
            let head = "\(context.rawValue)/\(type ?? "*")."
            if isFirst, conditions.isEmpty, let word = permissions.firstVersion { return head + word }
            let query = conditions.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
                .map { "\($0.name)=\($0.value.scopeEncoded)" }.joined(separator: "&")
            return head + permissions.letters + (query.isEmpty ? "" : "?\(query)")
        }
    }

    private static func part(of scope: SMARTScope, _ allowed: SMARTScope) -> Part? {
        guard scope.context == allowed.context else { return nil }
        var part = Part(scope)
        part.permissions.formIntersection(allowed.permissions)
        guard !part.permissions.isEmpty else { return nil }
        switch (scope.type, allowed.type) {
        case (let type, nil): part.type = type
        case (nil, let type): part.type = type
        case (let type, let other): if type != other { return nil }
        }
        part.conditions.formUnion(allowed.conditions)
        return part
    }
}

extension SMARTScope.Permissions {
    /// As version 2 writes them: a part of `cruds`.
    package var letters: String {
        let all: [(String, Self)] = [("c", .create), ("r", .read), ("u", .update), ("d", .delete), ("s", .search)]
        return all.filter { contains($0.1) }.map(\.0).joined()
    }

    /// As version 1 writes them; nil for what it has no word for.
    package var firstVersion: String? {
        switch self {
        case [.read, .search]: "read"
        case [.create, .update, .delete]: "write"
        case .all: "*"
        default: nil
        }
    }
}

extension String {
    /// As the value of a condition: scopes are separated by blanks, conditions by ampersands.
    fileprivate var scopeEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case 0x21, 0x24, 0x27...0x2A, 0x2C...0x3B, 0x3F...0x5A, 0x5F, 0x61...0x7A, 0x7C, 0x7E:
                text.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
