import FHIRDefinitions
import JSONTape

/// Writing a tree as FHIR JSON (R4 json.html).
extension XMLTree {
    /// The JSON of the resource at the root, and where the values stood in the XML.
    func json(definitions: FHIRDefinitions, names: XMLNames) throws(FormatError) -> (text: [UInt8], places: [TextPlace])
    {
        var writer = TreeJSONWriter(self, definitions, names)
        try writer.writeObject(0)
        return (writer.output, writer.places)
    }
}

/// Writes members in the standard's order, arrays where the definitions repeat, `_name` for the ids and extensions of
/// primitives, `null` to align the two.
private struct TreeJSONWriter {
    private let tree: XMLTree
    private let definitions: FHIRDefinitions
    private let names: XMLNames
    private(set) var output: [UInt8] = []
    private(set) var places: [TextPlace] = []
    /// Children of all open elements, innermost last.
    private var children: [Int32] = []

    init(_ tree: XMLTree, _ definitions: FHIRDefinitions, _ names: XMLNames) {
        self.tree = tree
        self.definitions = definitions
        self.names = names
        output.reserveCapacity(tree.text.count * 2)
        places.reserveCapacity(tree.nodes.count)
    }

    mutating func writeObject(_ position: Int) throws(FormatError) {
        let node = tree.nodes[position]
        note(node)
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        if names.form(of: node.type) == .resource {
            member("resourceType", node.name, &isFirst)
        }
        member("id", node.id, &isFirst)
        member("url", node.url, &isFirst)
        try writeMembers(of: position, &isFirst)
        output.append(UInt8(ascii: "}"))
    }

    private mutating func note(_ node: XMLTree.Node) {
        places.append(TextPlace(offset: output.count, line: Int(node.line), column: Int(node.column)))
    }

    private mutating func member(_ name: StaticString, _ value: XMLTree.Slice, _ isFirst: inout Bool) {
        if value.isEmpty { return }
        key(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), &isFirst)
        string(value)
    }

    private mutating func key(_ name: some Collection<UInt8>, isCompanion: Bool = false, _ isFirst: inout Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output.append(UInt8(ascii: "\""))
        if isCompanion { output.append(UInt8(ascii: "_")) }
        output.append(contentsOf: name)
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
    }

    private mutating func string(_ slice: XMLTree.Slice) {
        output.append(UInt8(ascii: "\""))
        output.append(contentsOf: tree.text[slice.range])
        output.append(UInt8(ascii: "\""))
    }

    // MARK: - Members

    private mutating func writeMembers(of position: Int, _ isFirst: inout Bool) throws(FormatError) {
        let first = children.count
        collectChildren(of: position)
        let last = children.count
        var start = first
        while start < last {
            var end = start + 1
            while end < last, order(children[end]) == order(children[start]) { end += 1 }
            try writeGroup(start..<end, &isFirst)
            start = end
        }
        children.removeSubrange(first...)
    }

    /// Gathers the children by element, those of one element in the order written.
    private mutating func collectChildren(of position: Int) {
        let first = children.count
        var child = tree.nodes[position].firstChild
        var isSorted = true
        while child >= 0 {
            if children.count > first, let previous = children.last, order(previous) > order(child) {
                isSorted = false
            }
            children.append(child)
            child = tree.nodes[Int(child)].next
        }
        if isSorted { return }
        let sorted = children[first...].sorted { left, right in
            let (a, b) = (order(left), order(right))
            return a == b ? left < right : a < b
        }
        children.replaceSubrange(first..., with: sorted)
    }

    /// The element's order, then the type, which tells the names of a choice apart.
    private func order(_ child: Int32) -> UInt32 {
        let node = tree.nodes[Int(child)]
        return UInt32(node.element.rawValue) << 16 | UInt32(node.type.rawValue)
    }

    private mutating func writeGroup(_ group: Range<Int>, _ isFirst: inout Bool) throws(FormatError) {
        let node = tree.nodes[Int(children[group.lowerBound])]
        if !node.isRepeating, group.count > 1 {
            let second = tree.nodes[Int(children[group.lowerBound + 1])]
            throw FormatError(
                .repeated, "\(definitions[node.element].path) occurs once at most", line: Int(second.line),
                column: Int(second.column))
        }
        let name = tree.text[node.name.range]
        guard names.form(of: node.type).isPrimitive else {
            key(name, &isFirst)
            try list(group, node.isRepeating) { writer, position throws(FormatError) in
                try writer.writeComplex(position)
            }
            return
        }
        let nodes = tree.nodes
        if children[group].contains(where: { !nodes[Int($0)].value.isEmpty }) {
            key(name, &isFirst)
            try list(group, node.isRepeating) { writer, position throws(FormatError) in
                writer.writeValue(position)
            }
        }
        if children[group].contains(where: { nodes[Int($0)].firstChild >= 0 || !nodes[Int($0)].id.isEmpty }) {
            key(name, isCompanion: true, &isFirst)
            try list(group, node.isRepeating) { writer, position throws(FormatError) in
                try writer.writeCompanion(position)
            }
        }
    }

    private mutating func list(
        _ group: Range<Int>, _ isArray: Bool, _ write: (inout Self, Int) throws(FormatError) -> Void
    ) throws(FormatError) {
        if isArray { output.append(UInt8(ascii: "[")) }
        for index in group {
            if index > group.lowerBound { output.append(UInt8(ascii: ",")) }
            try write(&self, Int(children[index]))
        }
        if isArray { output.append(UInt8(ascii: "]")) }
    }

    private mutating func writeComplex(_ position: Int) throws(FormatError) {
        let node = tree.nodes[position]
        switch names.form(of: node.type) {
        case .narrative:
            note(node)
            string(node.value)
        case .resource:
            guard node.firstChild >= 0 else {
                throw FormatError(
                    .misplacedResource, "the element needs a resource", line: Int(node.line), column: Int(node.column))
            }
            try writeObject(Int(node.firstChild))
        default:
            try writeObject(position)
        }
    }

    private mutating func writeValue(_ position: Int) {
        let node = tree.nodes[position]
        note(node)
        if node.value.isEmpty {
            output.append(contentsOf: "null".utf8)
        } else if names.form(of: node.type) == .string {
            string(node.value)
        } else {
            output.append(contentsOf: tree.text[node.value.range])
        }
    }

    private mutating func writeCompanion(_ position: Int) throws(FormatError) {
        let node = tree.nodes[position]
        guard node.firstChild >= 0 || !node.id.isEmpty else {
            output.append(contentsOf: "null".utf8)
            return
        }
        try writeObject(position)
    }
}
