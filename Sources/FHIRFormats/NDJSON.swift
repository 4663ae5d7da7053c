/// Resources as lines (`application/fhir+ndjson`, https://hl7.org/fhir/R4/nd-json.html).
package enum NDJSON {
    package static let contentType = "application/fhir+ndjson"

    /// Appends compact JSON, which holds no line end, as one line.
    package static func append(_ json: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(contentsOf: json)
        output.append(UInt8(ascii: "\n"))
    }

    /// The lines of a text that may be read in pieces: blank ones are left out, a carriage return before the line end
    /// is dropped.
    package struct LineReader: Sendable {
        private var rest: [UInt8] = []
        /// Number of the line that ``next`` gave last, from 1.
        package private(set) var lineNumber = 0
        private var start = 0

        package init() {}

        /// Adds what was read.
        package mutating func append(_ bytes: some Collection<UInt8>) {
            if start > 0 {
                rest.removeSubrange(..<start)
                start = 0
            }
            rest.append(contentsOf: bytes)
        }

        /// The next whole line; nil until more is added. At the end of the text, `isAtEnd` gives the last line even
        /// without a line end.
        package mutating func next(isAtEnd: Bool = false) -> ArraySlice<UInt8>? {
            while start < rest.count {
                let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n"))
                guard let end = newline ?? (isAtEnd ? rest.count : nil) else { return nil }
                var line = rest[start..<end]
                start = newline == nil ? end : end + 1
                lineNumber += 1
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if line.contains(where: { $0 > 0x20 }) { return line }
            }
            return nil
        }
    }
}
