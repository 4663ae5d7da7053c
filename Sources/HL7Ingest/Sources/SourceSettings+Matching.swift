import HL7Syntax

extension SourceSettings {
    /// How well the settings fit a message: the number of things they name that it has; nil if they name another.
    func rank(listener: String, _ header: MessageHeader?) -> Int? {
        var rank = 0
        if !listeners.isEmpty {
            guard listeners.contains(listener) else { return nil }
            rank += 1
        }
        if !applications.isEmpty {
            guard let header, applications.contains(Self.name(header.sendingApplication, header)) else { return nil }
            rank += 2
        }
        if !facilities.isEmpty {
            guard let header, facilities.contains(Self.name(header.sendingFacility, header)) else { return nil }
            rank += 2
        }
        // Settings that name nothing are those of the listener that has their name.
        if rank == 0 { return listener == name ? 1 : nil }
        return rank
    }

    /// Component 1 of MSH-3 to MSH-6.
    static func name(_ field: [UInt8], _ header: MessageHeader) -> String {
        String(decoding: field.prefix { Optional($0) != header.delimiters.component }, as: UTF8.self)
    }
}
