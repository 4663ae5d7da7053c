/// One value of a document: the convenient view of a tape entry.
package struct JSONNode: Sendable {
    package let document: Document
    package let index: Document.Index

    @inlinable package init(_ document: Document, _ index: Document.Index = Document.root) {
        self.document = document
        self.index = index
    }

    @inlinable package var kind: Document.Kind { document.kind(index) }
    package var isObject: Bool { kind == .object }
    package var isArray: Bool { kind == .array }
    package var isString: Bool { kind == .string || kind == .escapedString }
    package var isNumber: Bool { kind == .number }
    package var isNull: Bool { kind == .null }

    /// Members of an object or array; 0 for scalars.
    package var count: Int { isObject || isArray ? document.count(index) : 0 }

    /// The string's value with its escapes decoded; nil for other kinds.
    package var string: String? { isString ? document.string(index) : nil }

    /// The number's text as written; nil for other kinds.
    package var numberText: String? { isNumber ? document.string(index) : nil }

    /// The number, where it is a whole one within 64 bits and written without fraction or exponent.
    package var integer: Int? { isNumber ? Int(document.string(index)) : nil }

    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The bytes of the value as they stood in the text.
    package var source: [UInt8] { withExtendedLifetime(document) { Array(document.source(index)) } }

    /// The member `key` of an object.
    package subscript(key: StaticString) -> JSONNode? {
        document.member(key, of: index).map { JSONNode(document, $0) }
    }

    /// The member named `key` of an object, for names only known at run time.
    package subscript(named key: String) -> JSONNode? {
        document.member(named: key, of: index).map { JSONNode(document, $0) }
    }

    /// The elements of an array; empty for other kinds.
    package var elements: Elements { Elements(node: self) }

    /// The value itself, or each element if it is an array: what FHIR paths see.
    package var items: [JSONNode] { isArray ? Array(elements) : [self] }

    /// The members of an object in the order written; empty for other kinds.
    package var members: Members { Members(node: self) }

    package struct Elements: Sequence, Sendable {
        let node: JSONNode

        package func makeIterator() -> Iterator {
            let document = node.document
            guard node.isArray else { return Iterator(document: document, index: 0, end: 0) }
            return Iterator(
                document: document, index: document.firstChild(node.index), end: document.next(node.index))
        }

        package struct Iterator: IteratorProtocol {
            let document: Document
            var index: Document.Index
            let end: Document.Index

            package mutating func next() -> JSONNode? {
                guard index < end else { return nil }
                defer { index = document.next(index) }
                return JSONNode(document, index)
            }
        }
    }

    package struct Members: Sequence, Sendable {
        let node: JSONNode

        package func makeIterator() -> Iterator {
            let document = node.document
            guard node.isObject else { return Iterator(document: document, index: 0, end: 0) }
            return Iterator(
                document: document, index: document.firstChild(node.index), end: document.next(node.index))
        }

        package struct Iterator: IteratorProtocol {
            let document: Document
            var index: Document.Index
            let end: Document.Index

            package mutating func next() -> (key: String, value: JSONNode)? {
                guard index < end else { return nil }
                defer { index = document.next(index + 1) }
                return (document.string(index), JSONNode(document, index + 1))
            }
        }
    }
}
