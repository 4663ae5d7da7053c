/// Reads the order file of ICD-10-CM, `icd10cm_order_2024.txt`: columns of fixed width.
///
///     00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to …
///     number code    1: may be billed   short text, 60 characters                  long text
package struct ICD10Order {
    /// Codes without the point that are open: the longest that begins a code is its parent.
    private var open: [(plain: String, code: String)] = []

    package init() {}

    /// Nil for a line that is no code. Lines have to come in the order of the file.
    package mutating func concept(_ line: String) -> DistributedConcept? {
        let bytes = Array(line.utf8)
        guard bytes.count > 16 else { return nil }
        func field(_ start: Int, _ end: Int) -> String {
            guard start < bytes.count else { return "" }
            let text = String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self)
            return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let plain = field(6, 14)
        guard Int(field(0, 5)) != nil, plain.count >= 3, field(14, 15) == "0" || field(14, 15) == "1" else {
            return nil
        }
        let code = plain.count > 3 ? "\(plain.prefix(3)).\(plain.dropFirst(3))" : plain
        let (short, long) = (field(16, 76), field(77, bytes.count))
        var concept = DistributedConcept(code: code, display: long.isEmpty ? short : long)
        if !short.isEmpty, short != concept.display {
            let use = Designation.Use(system: nil, code: "short", display: nil)
            concept.designations.append(Designation(language: "en", use: use, value: short))
        }
        concept.add("billable", field(14, 15) == "1" ? "true" : "false")
        while let last = open.last, !plain.hasPrefix(last.plain) { open.removeLast() }
        if let last = open.last { concept.parents = [last.code] }
        open.append((plain, code))
        return concept
    }
}
