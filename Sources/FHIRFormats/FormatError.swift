/// Why a text is no FHIR XML, and where.
package struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Not well-formed (XML 1.0 §2.1).
        case malformed, tagMismatch, endsEarly, unknownEntity, invalidCharacter, duplicateAttribute, undeclaredPrefix
        /// Another encoding than UTF-8 (R4 xml.html).
        case otherEncoding
        /// A document type declaration, which could bring in entities and files.
        case documentType
        case tooManyAttributes, tooDeep, tooLarge
        /// Not in the namespace that FHIR or XHTML has there.
        case wrongNamespace
        case unknownResource, unknownElement, unknownAttribute
        /// Text between elements, or a resource where none or one belongs.
        case misplacedText, misplacedResource
        /// An element with neither value nor content, or an empty attribute.
        case empty
        /// An element more than once that occurs once at most.
        case repeated
        /// A value that is no boolean or number where one belongs.
        case invalidValue
    }

    package var code: Code
    /// What is wrong, in words that quote no values.
    package var message: String
    /// From 1; the column in bytes.
    package var line: Int
    package var column: Int

    package init(_ code: Code, _ message: String, line: Int, column: Int) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
    }

    /// Two errors are equal when their codes are; the place is for people.
    package static func == (left: FormatError, right: FormatError) -> Bool { left.code == right.code }

    package var description: String { "\(message), line \(line), column \(column)" }
}
