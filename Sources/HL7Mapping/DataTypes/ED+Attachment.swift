internal import HL7Syntax

/// ED and RP to Attachment. ED[Attachment], RP[Attachment].
enum AttachmentMap {
    /// ED: .1 source, .2 type, .3 subtype, .4 encoding (A, Hex, Base64), .5 data. `nil` when it cannot be decoded.
    ///
    /// - Parameter parts: slices of one document, in order (F-31); usually one.
    static func encapsulated(_ parts: [Repetition], title: String?) -> FHIRValue? {
        guard let first = parts.first else { return nil }
        let encoding = first[component: 4].value?.lowercased() ?? "a"
        var data: [UInt8] = []
        switch encoding {
        case "base64":
            // Slices are joined before decoding, because a cut may fall inside a group of four.
            let text = parts.flatMap { Array($0[component: 5].raw) }
            guard let bytes = Base64.decode(text) else { return nil }
            data = bytes
        case "hex":
            let text = parts.map { $0[component: 5].string.filter { !$0.isWhitespace } }.joined()
            guard let bytes = hexadecimal(text) else { return nil }
            data = bytes
        default:
            data = Array(parts.map { $0[component: 5].string }.joined().utf8)
        }
        guard !data.isEmpty else { return nil }
        return .object([
            "contentType": .string(contentType(first, data, isText: encoding != "base64" && encoding != "hex")),
            "data": .string(Base64.encode(data)),
            "size": .number("\(data.count)"),
            "hash": .string(Base64.encode(SHA1.hash(data))),
            "title": .text(title),
        ])
    }

    /// Base64 alone, over one field or several; the type is what the bytes look like. `nil` when it cannot be decoded.
    static func base64(_ fields: [Field], title: String?) -> FHIRValue? {
        guard let first = fields.first, let data = Base64.decode(fields.flatMap { Array($0.raw) }), !data.isEmpty else {
            return nil
        }
        return .object([
            "contentType": .string(contentType(first[repetition: 1], data, isText: false)),
            "data": .string(Base64.encode(data)),
            "size": .number("\(data.count)"),
            "hash": .string(Base64.encode(SHA1.hash(data))),
            "title": .text(title),
        ])
    }

    /// RP: .1 address or pointer, .2 application, .3 type, .4 subtype.
    static func pointer(_ repetition: Repetition, title: String?) -> FHIRValue? {
        guard let address = repetition[component: 1].value?.cleaned, !address.contains(where: \.isWhitespace) else {
            return nil
        }
        let type = repetition[component: 3].value?.lowercased() ?? ""
        let subtype = repetition[component: 4].value?.lowercased() ?? ""
        return .object([
            "contentType": declared(type, subtype).map { .string($0) },
            "url": .string(address), "title": .text(title),
        ])
    }

    /// What the first bytes say wins over what the sender says.
    private static func contentType(_ repetition: Repetition, _ data: [UInt8], isText: Bool) -> String {
        let signatures: [([UInt8], String)] = [
            (Array("%PDF".utf8), "application/pdf"), ([0x89, 0x50, 0x4E, 0x47], "image/png"),
            ([0xFF, 0xD8, 0xFF], "image/jpeg"), (Array("{\\rtf".utf8), "application/rtf"),
            (Array("II*\0".utf8), "image/tiff"), (Array("MM\0*".utf8), "image/tiff"), (Array("GIF8".utf8), "image/gif"),
        ]
        if let match = signatures.first(where: { data.starts(with: $0.0) }) { return match.1 }
        let type = repetition[component: 2].value?.lowercased() ?? ""
        let subtype = repetition[component: 3].value?.lowercased() ?? ""
        return declared(type, subtype) ?? (isText ? "text/plain" : "application/octet-stream")
    }

    private static func declared(_ type: String, _ subtype: String) -> String? {
        switch (type, subtype) {
        case (_, "pdf"): return "application/pdf"
        case (_, "jpeg"), (_, "jpg"): return "image/jpeg"
        case (_, "png"), (_, "gif"), (_, "tiff"): return "image/" + subtype
        case (_, "rtf"): return "application/rtf"
        case (_, "html"), (_, "xml"), (_, "plain"): return "text/" + subtype
        case ("text", _): return "text/plain"
        default:
            let isPlain = { (text: String) in !text.isEmpty && text.allSatisfy { $0.isLetter || $0 == "-" || $0 == "." }
            }
            return isPlain(type) && isPlain(subtype) ? "\(type)/\(subtype)" : nil
        }
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
