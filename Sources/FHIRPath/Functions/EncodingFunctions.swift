/// Encodings and escapes of strings (`encode`, `decode`, `escape`, `unescape`).
extension FunctionLibrary {
    static let encodings: [String: FunctionDefinition] = [
        "encode": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let format = try call.stringArgument(0) else { return .none }
            let bytes = Array(text.utf8)
            switch format {
            case "hex": return .one(.string(TextEncoding.hex(bytes)))
            case "base64": return .one(.string(TextEncoding.base64(bytes, TextEncoding.standard)))
            case "urlbase64": return .one(.string(TextEncoding.base64(bytes, TextEncoding.urlSafe)))
            default: return .none
            }
        },
        "decode": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let format = try call.stringArgument(0) else { return .none }
            let bytes: [UInt8]?
            switch format {
            case "hex": bytes = TextEncoding.bytes(hex: text)
            case "base64": bytes = TextEncoding.bytes(base64: text, TextEncoding.standard)
            case "urlbase64": bytes = TextEncoding.bytes(base64: text, TextEncoding.urlSafe)
            default: bytes = nil
            }
            // What is no text has none.
            return .item(bytes.flatMap { String(validating: $0, as: UTF8.self) }.map { .string($0) })
        },
        "escape": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let format = try call.stringArgument(0) else { return .none }
            switch format {
            case "html": return .one(.string(TextEncoding.escapedHTML(text)))
            case "json": return .one(.string(TextEncoding.escapedJSON(text)))
            default: return .none
            }
        },
        "unescape": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let text = try call.string(), let format = try call.stringArgument(0) else { return .none }
            switch format {
            case "html": return .one(.string(TextEncoding.unescapedHTML(text)))
            case "json": return .item(TextEncoding.unescapedJSON(text).map { .string($0) })
            default: return .none
            }
        },
    ]
}
