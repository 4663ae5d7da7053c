/// Comma-separated values as PostgreSQL's csvlog writes them: quotes doubled within quotes, line breaks allowed there.
enum CSVRecords {
    static func parse(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var sawQuote = false
        for byte in text.utf8 {
            if isQuoted {
                if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                    sawQuote = true
                } else {
                    field.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                if sawQuote { field.append(byte) }
                isQuoted = true
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                record.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
                if byte == UInt8(ascii: "\n") {
                    records.append(record)
                    record = []
                }
            default:
                field.append(byte)
            }
            sawQuote = false
        }
        return records
    }
}
