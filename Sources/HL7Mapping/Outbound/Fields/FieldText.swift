internal import HL7Syntax
internal import JSONTape

/// Texts of fields: times, and systems of codes and identifiers.
enum FieldText {
    /// `20240501123000.25+0200` of `2024-05-01T12:30:00.25+02:00`; less where the value says less.
    static func time(_ text: String?) -> String {
        guard let text else { return "" }
        var output = ""
        var isTime = false
        for character in text {
            switch character {
            case "T": isTime = true
            case ":": continue
            case "-" where !isTime: continue
            case "Z": output += "+0000"
            default: output.append(character)
            }
        }
        return output
    }

    /// Subcomponents of an HD: namespace, universal id, its type. Reverse of `AssigningAuthority`.
    static func authority(_ system: String?, _ profile: OutboundProfile) -> [String] {
        guard let system, !system.isEmpty else { return [""] }
        if let name = profile.namespaces[system] { return [name] }
        if system == PlacerNumber.system { return [PlacerNumber.namespace, system, "URI"] }
        if system.hasPrefix("urn:oid:") { return ["", String(system.dropFirst(8)), "ISO"] }
        if system.hasPrefix("urn:uuid:") { return ["", String(system.dropFirst(9)), "UUID"] }
        if system.hasPrefix("urn:martlet:ns:") { return [lastPart(system)] }
        return ["", system, "URI"]
    }

    /// CWE.3. Reverse of `CodingSystemTable`.
    static func codingSystem(_ system: String?, _ profile: OutboundProfile) -> String {
        guard let system, !system.isEmpty else { return "" }
        if let name = profile.codeSystems[system] ?? CodingSystemTable.name(system) { return name }
        if system.hasPrefix("urn:martlet:code:") { return lastPart(system) }
        return "L"
    }

    /// The name at the end of a local system, as it was before it was encoded.
    private static func lastPart(_ system: String) -> String {
        let last = system.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        var bytes: [UInt8] = []
        var rest = Array(last.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
