internal import Glibc

extension Charset {
    /// Bytes in this set to UTF-8; `nil` when a byte does not belong to the set or the set is not installed.
    package func decode(_ bytes: [UInt8]) -> [UInt8]? {
        switch self {
        case .ascii: bytes.isASCII ? bytes : nil
        case .utf8: bytes.isValidUTF8 ? bytes : nil
        case .latin1: Self.decodeSingleByte(bytes) { UInt32($0) }
        case .windows1252: Self.decodeSingleByte(bytes, Windows1252.scalar)
        case .jisX0201:
            bytes.contains { $0 >= 0x80 && !(0xA1...0xDF).contains($0) }
                ? nil : Self.decodeSingleByte(bytes) { $0 < 0x80 ? UInt32($0) : 0xFF61 + UInt32($0) - 0xA1 }
        case .other(let name): Self.convert(bytes, from: name, to: "UTF-8")
        }
    }

    /// UTF-8 to bytes in this set; `nil` when a character has no place in it.
    package func encode(_ utf8: [UInt8]) -> [UInt8]? {
        switch self {
        case .ascii: utf8.isASCII ? utf8 : nil
        case .utf8: utf8
        case .latin1: Self.encodeSingleByte(utf8) { $0 < 0x100 ? UInt8($0) : nil }
        case .windows1252: Self.encodeSingleByte(utf8, Windows1252.byte)
        case .jisX0201:
            Self.encodeSingleByte(utf8) { scalar in
                switch scalar {
                case ..<0x80: UInt8(scalar)
                case 0xFF61...0xFF9F: UInt8(scalar - 0xFF61 + 0xA1)
                default: nil
                }
            }
        case .other(let name): Self.convert(utf8, from: "UTF-8", to: name)
        }
    }

    private static func decodeSingleByte(_ bytes: [UInt8], _ scalar: (UInt8) -> UInt32) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            // Every scalar of the two tables is a BMP character outside the surrogates.
            if byte < 0x80 {
                output.append(byte)
            } else if let character = Unicode.Scalar(scalar(byte)) {
                output.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return output
    }

    private static func encodeSingleByte(_ utf8: [UInt8], _ byte: (UInt32) -> UInt8?) -> [UInt8]? {
        if utf8.isASCII { return utf8 }
        var output: [UInt8] = []
        output.reserveCapacity(utf8.count)
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
            guard let mapped = byte(scalar.value) else { return nil }
            output.append(mapped)
        }
        return output
    }

    private static func convert(_ bytes: [UInt8], from source: String, to target: String) -> [UInt8]? {
        guard let descriptor = iconv_open(target, source), Int(bitPattern: descriptor) != -1 else { return nil }
        defer { iconv_close(descriptor) }
        // No set in table 0211 grows by more than this; the shift sequences at the end fit in the constant.
        var output = [UInt8](repeating: 0, count: bytes.count * 4 + 64)
        var input = bytes
        let written: Int? = input.withUnsafeMutableBytes { from in
            output.withUnsafeMutableBytes { into in
                var inputPointer = from.baseAddress?.assumingMemoryBound(to: CChar.self)
                var outputPointer = into.baseAddress?.assumingMemoryBound(to: CChar.self)
                var inputLeft = from.count
                var outputLeft = into.count
                let result = iconv(descriptor, &inputPointer, &inputLeft, &outputPointer, &outputLeft)
                guard result != -1, inputLeft == 0 else { return nil }
                // Stateful sets need a last shift sequence.
                guard iconv(descriptor, nil, nil, &outputPointer, &outputLeft) != -1 else { return nil }
                return into.count - outputLeft
            }
        }
        guard let written else { return nil }
        output.removeLast(output.count - written)
        return output
    }
}

extension Collection<UInt8> {
    /// Whether no byte has its high bit set.
    package var isASCII: Bool {
        withContiguousStorageIfAvailable { bytes in
            var bits: UInt8 = 0
            for byte in bytes { bits |= byte }
            return bits < 0x80
        } ?? allSatisfy { $0 < 0x80 }
    }

    /// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
    package var isValidUTF8: Bool {
        isASCII || String(validating: self, as: UTF8.self) != nil
    }
}
