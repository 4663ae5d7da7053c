import HL7Syntax

/// What a message is looked for by: its control id, the numbers of its patients and of its orders.
enum MessageKeys {
    static func control(_ text: String) -> String { "c:" + text.storable }
    static func patient(_ text: String) -> String { "p:" + text.storable }
    static func order(_ text: String) -> String { "o:" + text.storable }

    /// Of a message that can be parsed.
    static func keys(of message: RawMessage, _ header: MessageHeader) -> [String] {
        var keys: [String] = []
        func add(_ field: Field, _ key: (String) -> String) {
            for repetition in field.repetitions {
                guard keys.count < limit, let value = repetition[component: 1].value, value.utf8.count <= greatest
                else { continue }
                let new = key(value)
                if value != "", !keys.contains(new) { keys.append(new) }
            }
        }
        if !header.controlID.isEmpty { keys.append(control(header.controlID)) }
        for segment in message.segments {
            switch segment.name {
            case "PID": [2, 3, 4].forEach { add(segment[field: $0], patient) }
            case "MRG": [1, 4].forEach { add(segment[field: $0], patient) }
            case "ORC", "OBR": [2, 3].forEach { add(segment[field: $0], order) }
            default: break
            }
        }
        return keys
    }

    /// Of a message that may be broken: the control id is known at least.
    static func keys(ofBytes message: ReceivedMessage) -> [String] {
        guard let header = message.header else { return [] }
        guard let parsed = try? message.parsed() else {
            return header.controlID.isEmpty ? [] : [control(header.controlID)]
        }
        return keys(of: parsed, header)
    }

    /// Keys of a message, and bytes of one of them.
    private static let limit = 64
    private static let greatest = 200
}
