import FHIRSearch

/// Tests on folded text.
extension PredicateWriter {
    mutating func string(_ test: SearchPredicate.StringTest) -> String {
        switch test {
        case .prefix(let prefix): return prefixCondition(prefix)
        case .contains(let part): return "s.norm LIKE \(bind(utf8: Self.pattern("%", part, "%")))::text"
        case .suffix(let part): return "s.norm LIKE \(bind(utf8: Self.pattern("%", part, "")))::text"
        case .equal(let norm): return "s.norm = \(bind(utf8: norm))::text"
        case .unequal(let norm): return "s.norm <> \(bind(utf8: norm))::text"
        case .ordered(let prefix, let norm): return "s.norm \(Self.sign(prefix)) \(bind(utf8: norm))::text"
        case .exact(let norm, let keys):
            return "s.norm = \(bind(utf8: norm))::text AND s.ckey = ANY(\(bind(keys)))"
        case .keyed(let key, let prefix):
            return "\(self.key(key)) AND \(prefixCondition(prefix))"
        }
    }

    /// What LIKE finds, in which its own signs stand for themselves.
    private static func pattern(_ before: String, _ part: [UInt8], _ after: String) -> [UInt8] {
        var pattern = Array(before.utf8)
        for byte in part {
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
                pattern.append(UInt8(ascii: "\\"))
            }
            pattern.append(byte)
        }
        return pattern + Array(after.utf8)
    }

    private static func sign(_ prefix: SearchPrefix) -> String {
        switch prefix {
        case .gt, .sa: "~>~"
        case .ge: "~>=~"
        case .lt, .eb: "~<~"
        case .le: "~<=~"
        case .eq, .ap: "="
        case .ne: "<>"
        }
    }

    /// A byte range instead of LIKE, so that the index serves it in a prepared statement too.
    mutating func prefixCondition(_ prefix: [UInt8]) -> String {
        let low = bind(utf8: prefix)
        let high = bind(utf8: prefix + Array("\u{10FFFF}".utf8))
        return "s.norm ~>=~ \(low)::text AND s.norm ~<~ \(high)::text"
    }
}
