import FHIRDefinitions

/// The elements of one XML resource in a flat list, values already as JSON writes them: elements of one name may stand
/// apart, but JSON gathers them in one array.
struct XMLTree {
    /// A stretch of ``XMLTree/text``; empty for none.
    struct Slice {
        var start: Int32 = 0
        var count: Int32 = 0

        var isEmpty: Bool { count == 0 }
        var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    /// One element. Links are positions in ``XMLTree/nodes``, -1 for none.
    struct Node {
        /// The element's name, which is the JSON property's as well; of a resource its type.
        var name: Slice
        /// Order among its siblings; 0 for resources.
        var element: ElementID
        /// Of a resource element `Resource`, of a resource its own type.
        var type: TypeID
        /// Whether JSON writes an array.
        var isRepeating: Bool
        /// JSON text of a primitive or narrative; escaped text without quotes where the form is a string.
        var value = Slice()
        var id = Slice()
        var url = Slice()
        var line: Int32
        var column: Int32
        var firstChild: Int32 = -1
        var lastChild: Int32 = -1
        var next: Int32 = -1
    }

    var nodes: [Node] = []
    var text: [UInt8] = []

    /// Adds the node as last child of `parent`; returns its position.
    mutating func append(_ node: Node, to parent: Int?) -> Int {
        let position = nodes.count
        nodes.append(node)
        guard let parent else { return position }
        let last = nodes[parent].lastChild
        if last < 0 {
            nodes[parent].firstChild = Int32(position)
        } else {
            nodes[Int(last)].next = Int32(position)
        }
        nodes[parent].lastChild = Int32(position)
        return position
    }
}
