extension SourceProfile {
    /// The identifier system of an assigning authority (HD) of this sender; nil where nothing is named.
    package func identifierSystem(namespace: String, universalID: String, type: String) -> String? {
        AssigningAuthority(namespace: namespace, universalID: universalID, type: type).system(self)
    }

    /// HD.1 to HD.3 of an identifier system: as this sender names it, else by what the URI is.
    package func assigner(of system: String) -> [String] {
        let names = namespaces.filter { $0.value == system }.keys.sorted()
        if let name = names.first { return [name] }
        let local = localSystem("ns", "")
        if system.hasPrefix(local) {
            let name = system.dropFirst(local.count)
            return [name.removingPercentEncoding]
        }
        if system.hasPrefix("urn:oid:") { return ["", String(system.dropFirst(8)), "ISO"] }
        if system.hasPrefix("urn:uuid:") { return ["", String(system.dropFirst(9)), "UUID"] }
        return ["", system, "URI"]
    }
}

extension Substring {
    /// What `percentEncoded` made the text of.
    fileprivate var removingPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
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
