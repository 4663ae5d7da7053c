/// A statement that the server executed.
struct CapturedStatement {
    let text: String
    /// In the text form of their types; nil for null.
    let parameters: [String?]
    /// Executed under a prepared statement's name, so that PostgreSQL may keep one plan.
    let isNamed: Bool
    /// Of PostgreSQL, so of one connection of the server's.
    let process: String

    /// Reads a record of PostgreSQL's csvlog (columns: runtime-config-logging.html, "CSV log format").
    ///
    /// Nil for what is no statement of the server: other databases, this program's own sessions, maintenance that
    /// runs beside requests.
    init?(record: [String], database: String) {
        guard record.count > 22, record[2] == database, record[22] != "martlet-bench" else { return nil }
        process = record[3]
        let message = record[13]
        if message.hasPrefix("execute "), let colon = message.firstRange(of: ": ") {
            isNamed = !message.hasPrefix("execute <unnamed>")
            text = String(message[colon.upperBound...])
        } else if message.hasPrefix("statement: ") {
            isNamed = false
            text = String(message.dropFirst("statement: ".count))
        } else {
            return nil
        }
        guard !Self.isMaintenance(text) else { return nil }
        parameters = Self.parameters(in: record[14])
    }

    private static func isMaintenance(_ text: String) -> Bool {
        ["gin_clean_pending_list", "pg_stat_", "pg_catalog", "LISTEN ", "SELECT 1;"].contains { text.contains($0) }
            || text == "SELECT 1"
    }

    /// Such as `parameters: $1 = 'it''s', $2 = NULL`; newer versions write it with a capital.
    private static func parameters(in detail: String) -> [String?] {
        guard let start = detail.firstRange(of: "arameters: ") else { return [] }
        var values: [String?] = []
        let bytes = Array(detail[start.upperBound...].utf8)
        var position = 0
        while position < bytes.count {
            // "$12 = "
            while position < bytes.count, bytes[position] != UInt8(ascii: "=") { position += 1 }
            position += 2
            guard position < bytes.count else { break }
            guard bytes[position] == UInt8(ascii: "'") else {
                values.append(nil)
                continue
            }
            position += 1
            var value: [UInt8] = []
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "'") {
                    guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "'") else { break }
                    position += 1
                }
                value.append(bytes[position])
                position += 1
            }
            values.append(String(decoding: value, as: UTF8.self))
        }
        return values
    }
}
