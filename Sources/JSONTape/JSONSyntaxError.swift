/// Why a text is no acceptable JSON, and the byte at which that showed.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unexpectedEnd, unexpectedCharacter, trailingCharacters, invalidNumber, numberTooLong, exponentTooLarge
        case invalidUTF8, controlCharacter, invalidEscape, loneSurrogate, nulCharacter
        case duplicateKey, emptyString, emptyArray, emptyObject, misplacedNull
        case tooDeep, tooLarge
    }

    package var code: Code
    /// Offset of the offending byte, from 0.
    package var byteOffset: Int

    package init(_ code: Code, at byteOffset: Int) {
        self.code = code
        self.byteOffset = byteOffset
    }

    /// Two errors are equal when their codes are; the place is for people.
    package static func == (left: JSONSyntaxError, right: JSONSyntaxError) -> Bool { left.code == right.code }

    package var description: String { "\(message) at byte \(byteOffset)" }

    /// What is wrong, in words that quote nothing of the text.
    package var message: String {
        switch code {
        case .unexpectedEnd: "the JSON text ends early"
        case .unexpectedCharacter: "unexpected character in JSON"
        case .trailingCharacters: "characters after the JSON value"
        case .invalidNumber: "not a JSON number"
        case .numberTooLong: "a number has too many digits"
        case .exponentTooLarge: "a number's exponent is too large"
        case .invalidUTF8: "invalid UTF-8"
        case .controlCharacter: "unescaped control character in a string"
        case .invalidEscape: "invalid escape sequence"
        case .loneSurrogate: "lone surrogate in an escape sequence"
        case .nulCharacter: "the character U+0000 is not allowed"
        case .duplicateKey: "the same property occurs twice in one object"
        case .emptyString: "empty strings are not allowed in FHIR"
        case .emptyArray: "empty arrays are not allowed in FHIR"
        case .emptyObject: "empty objects are not allowed in FHIR"
        case .misplacedNull: "null is only allowed inside arrays in FHIR"
        case .tooDeep: "objects and arrays are nested too deeply"
        case .tooLarge: "the JSON text is too large"
        }
    }

    /// Line and column (both from 1, the column in bytes) of the error in `text`.
    package func lineAndColumn(in text: some Sequence<UInt8>) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for (offset, byte) in text.enumerated() {
            if offset == byteOffset { break }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return (line, column)
    }
}
