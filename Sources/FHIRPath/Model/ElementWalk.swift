import FHIRDefinitions
import JSONTape

/// Steps from an element to its children on the tape.
struct ElementWalk {
    let document: Document
    let schema: Schema

    /// Calls `body` with every child called `name`, in order; it returns false to stop.
    @inline(__always)
    func children(of node: Node, named name: ElementName, _ body: (Node) -> Bool) {
        guard let plan = name.plan(node.type) else { return }
        // `id` and `extension` of a primitive stand in its companion.
        guard let object = schema.kind(node.type).isPrimitive ? node.companion : node.value,
            document.kind(object) == .object
        else { return }
        if plan.isChoice {
            choice(of: object, node, name, body)
        } else {
            plain(of: object, node, name, plan, body)
        }
    }

    @inline(__always)
    private func plain(
        of object: Document.Index, _ node: Node, _ name: ElementName, _ plan: ElementName.Plan, _ body: (Node) -> Bool
    ) {
        var value: Document.Index?
        var companion: Document.Index?
        let (key, companionKey) = (name.key, name.companionKey)
        let end = document.next(object)
        var member = document.firstChild(object)
        while member < end {
            if document.isString(member, equalTo: key) {
                value = member + 1
                if !plan.hasCompanion || companion != nil { break }
            } else if plan.hasCompanion, document.isString(member, equalTo: companionKey) {
                companion = member + 1
                if value != nil { break }
            }
            member = document.next(member + 1)
        }
        _ = each(value, companion, plan.type, plan.isResource, node.document, body)
    }

    @inline(never)
    private func choice(of object: Document.Index, _ node: Node, _ name: ElementName, _ body: (Node) -> Bool) {
        var value: Document.Index?
        var companion: Document.Index?
        var type: TypeID?
        let nameCount = name.key.count
        let end = document.next(object)
        var member = document.firstChild(object)
        while member < end {
            let text = document.rawText(member)
            let skipped = text.first == UInt8(ascii: "_") ? 1 : 0
            if text.count > nameCount + skipped, text[skipped..<(nameCount + skipped)].elementsEqual(name.key),
                let property = schema.definitions.property(text, of: node.type),
                schema.definitions[property.element].name.utf8.count == nameCount
            {
                type = property.type
                if property.isCompanion { companion = member + 1 } else { value = member + 1 }
            }
            member = document.next(member + 1)
        }
        if let type { _ = each(value, companion, type, false, node.document, body) }
    }

    /// The elements that a member and its companion hold; false if `body` stopped.
    @inline(__always)
    func each(
        _ value: Document.Index?, _ companion: Document.Index?, _ type: TypeID, _ isResource: Bool, _ number: UInt16,
        _ body: (Node) -> Bool
    ) -> Bool {
        guard
            value.map({ document.kind($0) == .array }) ?? false
                || companion.map({ document.kind($0) == .array }) ?? false
        else {
            if value == nil, companion == nil { return true }
            return body(node(value, companion, type, isResource, number))
        }
        var items = Cursor(value, document)
        var companions = Cursor(companion, document)
        while !items.isAtEnd || !companions.isAtEnd {
            let (item, itemCompanion) = (items.next(document), companions.next(document))
            if item == nil, itemCompanion == nil { continue }
            if !body(node(item, itemCompanion, type, isResource, number)) { return false }
        }
        return true
    }

    @inline(__always)
    private func node(
        _ value: Document.Index?, _ companion: Document.Index?, _ type: TypeID, _ isResource: Bool, _ number: UInt16
    ) -> Node {
        var type = type
        if isResource, let value { type = schema.resourceType(of: value, in: document, expected: type) }
        return Node(document: number, type: type, value: value, companion: companion)
    }

    /// Calls `body` with every child, in the order written; it returns false to stop.
    func children(of node: Node, _ body: (Node) -> Bool) {
        guard let object = schema.kind(node.type).isPrimitive ? node.companion : node.value,
            document.kind(object) == .object
        else { return }
        let hasCompanions = hasCompanions(object)
        let end = document.next(object)
        var member = document.firstChild(object)
        while member < end {
            let value = member + 1
            defer { member = document.next(value) }
            guard let property = document.withString(member, { schema.definitions.property($0, of: node.type) }) else {
                continue
            }
            let key = document.rawText(member)
            if property.isCompanion {
                // Those with a value come with it.
                let name = UnsafeBufferPointer(rebasing: key.dropFirst())
                if document.member(name, of: object) != nil { continue }
                if !each(nil, value, property.type, false, node.document, body) { return }
            } else {
                let companion =
                    hasCompanions && schema.kind(property.type).isPrimitive ? companion(of: key, in: object) : nil
                let isResource = schema.isResource(property.type)
                if !each(value, companion, property.type, isResource, node.document, body) { return }
            }
        }
    }

    /// Whether any member's name begins with an underscore: most objects have none, and need no search for them.
    private func hasCompanions(_ object: Document.Index) -> Bool {
        let end = document.next(object)
        var member = document.firstChild(object)
        while member < end {
            if document.rawText(member).first == UInt8(ascii: "_") { return true }
            member = document.next(member + 1)
        }
        return false
    }

    /// The value of `_key`.
    private func companion(of key: UnsafeBufferPointer<UInt8>, in object: Document.Index) -> Document.Index? {
        let end = document.next(object)
        var member = document.firstChild(object)
        while member < end {
            let text = document.rawText(member)
            if text.count == key.count + 1, text[0] == UInt8(ascii: "_"), text.dropFirst().elementsEqual(key) {
                return member + 1
            }
            member = document.next(member + 1)
        }
        return nil
    }

    /// Steps through an array, or through a single value as if it were one; null is nil.
    private struct Cursor {
        private var index: Document.Index
        private let end: Document.Index

        init(_ value: Document.Index?, _ document: Document) {
            guard let value else {
                index = 0
                end = 0
                return
            }
            let isArray = document.kind(value) == .array
            index = isArray ? document.firstChild(value) : value
            end = document.next(value)
        }

        var isAtEnd: Bool { index >= end }

        mutating func next(_ document: Document) -> Document.Index? {
            guard !isAtEnd else { return nil }
            let item = index
            index = document.next(item)
            return document.kind(item) == .null ? nil : item
        }
    }
}
