import FHIRSearch

/// Tests on folded text.
extension PredicateWriter {
    mutating func string(_ test: SearchPredicate.StringTest) -> String {
        switch test {
        case .prefix(let prefix): return prefixCondition(prefix)
        case .contains(let part):
            // LIKE's own signs stand for themselves.
            var pattern: [UInt8] = [UInt8(ascii: "%")]
            for byte in part {
                if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
                    pattern.append(UInt8(ascii: "\\"))
                }
                pattern.append(byte)
            }
            pattern.append(UInt8(ascii: "%"))
            return "s.norm LIKE \(bind(utf8: pattern))::text"
        case .exact(let norm, let keys):
            return "s.norm = \(bind(utf8: norm))::text AND s.ckey = ANY(\(bind(keys)))"
        case .keyed(let key, let prefix):
            return "\(self.key(key)) AND \(prefixCondition(prefix))"
        }
    }

    /// A byte range instead of LIKE, so that the index serves it in a prepared statement too.
    mutating func prefixCondition(_ prefix: [UInt8]) -> String {
        let low = bind(utf8: prefix)
        let high = bind(utf8: prefix + Array("\u{10FFFF}".utf8))
        return "s.norm ~>=~ \(low)::text AND s.norm ~<~ \(high)::text"
    }
}
