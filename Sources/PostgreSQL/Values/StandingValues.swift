/// Values that stand behind every statement sent through one `Database`, bound where a text says `@{number}`.
///
/// Who writes a statement need not know of them: row filters name them, whoever sends the statement supplies them.
/// Nothing that lacks them can send a statement which asks for them.
package struct StandingValues: Sendable {
    private var values: [SQLParameters] = []
    /// The tenant whose rows alone are read by statements with these values; nil where there is none.
    package var tenant: String?

    package init() {}

    /// Adds a value, exactly one; its number is the count before.
    package mutating func append(_ write: (inout SQLParameters) -> Void) {
        var parameters = SQLParameters()
        write(&parameters)
        append(parameters)
    }

    /// As `append(_:)`, one value that is there already.
    package mutating func append(_ value: SQLParameters) {
        precondition(value.count == 1, "a standing value is one value")
        values.append(value)
    }

    /// The placeholder of a standing value, as it stands in the text of a statement.
    package static func placeholder(_ number: Int) -> String { "@{\(number)}" }

    /// The parameters of a statement with the standing values that it asks for.
    func complete(_ parameters: SQLParameters, for statement: SQLStatement) throws(PostgreSQLError) -> SQLParameters {
        var parameters = parameters
        for number in statement.standing {
            guard values.indices.contains(number) else { throw .lacksStandingValues }
            parameters.append(contentsOf: values[number])
        }
        return parameters
    }
}

extension SQLStatement {
    /// The parameters as they are sent; throws where the statement asks for what nobody supplies.
    func complete(
        _ parameters: SQLParameters, with standing: StandingValues?
    ) throws(PostgreSQLError) -> SQLParameters {
        if self.standing.isEmpty { return parameters }
        guard let standing else { throw .lacksStandingValues }
        return try standing.complete(parameters, for: self)
    }
}

extension PostgreSQLError {
    /// A fault of ours: a statement with a row filter was sent by somebody who has no filter.
    static var lacksStandingValues: PostgreSQLError {
        PostgreSQLError(.transactionFailed, "a statement asks for standing values that are not there; nothing was sent")
    }
}

/// Numbers the placeholders of standing values behind those of the statement.
enum StandingPlaceholders {
    /// The text as PostgreSQL reads it, and the standing values that it asks for, each once.
    static func numbered(_ text: String) -> (text: String, standing: [Int]) {
        guard hasPlaceholder(text) else { return (text, []) }
        let bytes = Array(text.utf8)
        let own = greatestParameter(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var standing: [Int] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "@"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{"),
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")),
                let number = Int(String(decoding: bytes[(index + 2)..<end], as: UTF8.self))
            else {
                output.append(bytes[index])
                index += 1
                continue
            }
            let place = standing.firstIndex(of: number) ?? standing.count
            if place == standing.count { standing.append(number) }
            output += Array("$\(own + place + 1)".utf8)
            index = end + 1
        }
        return (String(decoding: output, as: UTF8.self), standing)
    }

    private static func hasPlaceholder(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            while let place = rest.firstIndex(of: UInt8(ascii: "@")) {
                rest = rest[(place + 1)...]
                if rest.first == UInt8(ascii: "{") { return true }
            }
            return false
        }
    }

    /// The greatest `n` of all `$n`.
    private static func greatestParameter(_ bytes: [UInt8]) -> Int {
        var greatest = 0
        var number: Int?
        for byte in bytes {
            if let current = number, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                number = current * 10 + Int(byte - UInt8(ascii: "0"))
                greatest = max(greatest, number ?? 0)
            } else {
                number = byte == UInt8(ascii: "$") ? 0 : nil
            }
        }
        return greatest
    }
}
