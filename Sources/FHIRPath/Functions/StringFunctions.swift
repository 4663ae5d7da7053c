/// Functions on strings (FHIRPath 2.0 §5.6). Positions and lengths count Unicode's characters by number (scalars).
extension FunctionLibrary {
    static let texts: [String: FunctionDefinition] = [
        "indexOf": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let part = try call.stringArgument(0) else { return .none }
            return .one(.integer(TextSearch.position(of: part, in: text).map { scalarCount(text, $0) } ?? -1))
        },
        "lastIndexOf": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let part = try call.stringArgument(0) else { return .none }
            let position = TextSearch.lastPosition(of: part, in: text)
            return .one(.integer(position.map { scalarCount(text, $0) } ?? -1))
        },
        "substring": FunctionDefinition(1...2) { call throws(FHIRPathError) in
            guard let text = try call.string(), let start = try call.integerArgument(0), start >= 0 else {
                return .none
            }
            let scalars = text.unicodeScalars
            guard let from = scalars.index(scalars.startIndex, offsetBy: start, limitedBy: scalars.endIndex),
                from < scalars.endIndex
            else { return .none }
            guard call.arguments.count > 1, let length = try call.integerArgument(1) else {
                return .one(.string(String(scalars[from...])))
            }
            return .one(.string(String(scalars[from...].prefix(max(0, length)))))
        },
        "startsWith": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let part = try call.stringArgument(0) else { return .none }
            return .boolean(text.utf8.starts(with: part.utf8))
        },
        "endsWith": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let part = try call.stringArgument(0) else { return .none }
            return .boolean(text.utf8.reversed().starts(with: part.utf8.reversed()))
        },
        "contains": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let part = try call.stringArgument(0) else { return .none }
            return .boolean(TextSearch.position(of: part, in: text) != nil)
        },
        "upper": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(try call.string().map { .string($0.uppercased()) })
        },
        "lower": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(try call.string().map { .string($0.lowercased()) })
        },
        "length": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(try call.string().map { .integer($0.unicodeScalars.count) })
        },
        "toChars": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            guard let text = try call.string() else { return .none }
            try call.evaluation.step(text.utf8.count)
            return Items(text.unicodeScalars.map { .string(String($0)) })
        },
        "trim": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            guard let text = try call.string() else { return .none }
            let head = text.unicodeScalars.drop { $0.properties.isWhitespace }
            return .one(
                .string(
                    String(String.UnicodeScalarView(head.reversed().drop { $0.properties.isWhitespace }.reversed()))))
        },
        "replace": FunctionDefinition(2...2) { call throws(FHIRPathError) in
            guard let text = try call.string(), let pattern = try call.stringArgument(0),
                let substitution = try call.stringArgument(1)
            else { return .none }
            return .one(.string(try replaced(text, pattern, by: substitution, call.evaluation)))
        },
        "split": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let separator = try call.stringArgument(0) else { return .none }
            try call.evaluation.step(text.utf8.count)
            if separator.isEmpty { return Items(text.unicodeScalars.map { .string(String($0)) }) }
            return Items(parts(text, separator).map { .string($0) })
        },
        "join": FunctionDefinition(0...1) { call throws(FHIRPathError) in
            let separator = try call.stringArgument(0) ?? ""
            var texts: [String] = []
            var byteCount = 0
            for item in call.input {
                guard let text = call.evaluation.string(item) else {
                    throw FHIRPathError(.wrongType, "join takes strings")
                }
                byteCount += text.utf8.count + separator.utf8.count
                try call.evaluation.check(byteCount: byteCount)
                texts.append(text)
            }
            return call.input.isEmpty ? .none : .one(.string(texts.joined(separator: separator)))
        },
    ]

    /// Number of characters before a byte.
    private static func scalarCount(_ text: String, _ byte: Int) -> Int {
        // All but the continuation bytes of UTF-8.
        text.utf8.prefix(byte).reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }

    private static func parts(_ text: String, _ separator: String) -> [String] {
        let (bytes, wanted) = (Array(text.utf8), Array(separator.utf8))
        var parts: [String] = []
        var start = 0
        while let position = TextSearch.position(of: wanted, in: bytes, from: start) {
            parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
            start = position + wanted.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    /// An empty pattern stands between all characters, and at both ends (FHIRPath 2.0 §5.6.8).
    private static func replaced(
        _ text: String, _ pattern: String, by substitution: String, _ evaluation: Evaluation
    ) throws(FHIRPathError) -> String {
        let pieces = pattern.isEmpty ? [""] + text.unicodeScalars.map { String($0) } + [""] : parts(text, pattern)
        try evaluation.check(byteCount: text.utf8.count + pieces.count * substitution.utf8.count)
        return pieces.joined(separator: substitution)
    }
}
