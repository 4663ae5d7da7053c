/// Plain text to bytes that can stand in a field. The exact reverse of what a reader's `string` gives.
package enum Escaping {
    /// Escapes separators, and control characters that would break a line or a frame.
    ///
    /// A message that declares no escape character cannot carry separators in its text; they become blanks.
    package static func escape(_ text: String, delimiters: Delimiters = .standard) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard let body = body(for: byte, delimiters) else {
                output.append(byte)
                continue
            }
            if let escape = delimiters.escape {
                output.append(escape)
                output += body
                output.append(escape)
            } else {
                output.append(0x20)
            }
        }
        return output
    }

    /// What stands between the escape characters for this byte; `nil` when it needs none.
    private static func body(for byte: UInt8, _ delimiters: Delimiters) -> [UInt8]? {
        let optional: UInt8? = byte
        if byte == delimiters.field { return [UInt8(ascii: "F")] }
        if optional == delimiters.component { return [UInt8(ascii: "S")] }
        if optional == delimiters.repetition { return [UInt8(ascii: "R")] }
        if optional == delimiters.escape { return [UInt8(ascii: "E")] }
        if optional == delimiters.subcomponent { return [UInt8(ascii: "T")] }
        if optional == delimiters.truncation { return [UInt8(ascii: "P")] }
        if byte == 0x0A { return Array(".br".utf8) }
        return byte < 0x20 && byte != 0x09 ? [UInt8(ascii: "X")] + hexadecimal(byte) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
