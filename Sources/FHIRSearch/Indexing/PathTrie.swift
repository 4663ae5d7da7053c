import JSONTape

/// All paths of a type's slots as one tree, so that a resource is walked once, whatever the number of parameters.
///
///     (root) ─ code ─────── read as CodeableConcept for slot code
///            ─ component ── read as composite for slot component-code-value-quantity
///                        ─ code ─── read as CodeableConcept for slot component-code
///
/// Properties are found by hash alone: a property whose 64-bit hash collides would be refused by validation before.
final class PathTrie: Sendable {
    struct Action: Sendable {
        let slot: Int
        /// Nil for composites.
        let reader: ValueReader?
    }

    struct Edge: Sendable {
        /// Hash of the property's name; 0 marks a free place.
        var hash: UInt64 = 0
        var target: Int32 = 0
        /// Only this element of an array; negative for all.
        var position: Int32 = -1
        /// Position in `filters`; negative for none.
        var filter: Int32 = -1
    }

    /// What reading a value needs of its slot, without references to count.
    struct SlotCore: Sendable {
        let seed: KeySeed
        let storage: IndexSlot.Storage
        let number: Int32
        let isCaseSensitive: Bool
        let hasPresenceKey: Bool
        let hasTypePresenceKeys: Bool
        let marksLongSpans: Bool
        let joinsQuantity: Bool

        init(_ slot: IndexSlot) {
            seed = slot.seed
            storage = slot.storage
            number = slot.number
            isCaseSensitive = slot.isCaseSensitive
            hasPresenceKey = slot.hasPresenceKey
            hasTypePresenceKeys = slot.hasTypePresenceKeys
            marksLongSpans = slot.marksLongSpans
            joinsQuantity = slot.quantityRows != nil
        }
    }

    enum Filter: Sendable {
        case memberEquals([UInt8], [UInt8])
        case hasExtension([UInt8])
    }

    struct Node: Sendable {
        /// Where the node's hash table begins in `edges`, and its size less one; negative if it has no edges.
        var edgeStart: Int32 = 0
        var edgeMask: Int32 = -1
        var actions: Range<Int32> = 0..<0
    }

    let nodes: ContiguousArray<Node>
    let edges: ContiguousArray<Edge>
    let actions: ContiguousArray<Action>
    let filters: [Filter]
    let slots: ContiguousArray<SlotCore>
    /// Slots that have an entry whether or not their element is there.
    let unconditionalSlots: [Int]

    init(slots: [IndexSlot]) {
        let root = Builder()
        var unconditional: [Int] = []
        for (index, slot) in slots.enumerated() where slot.storage != .idColumn && slot.storage != .updatedColumn {
            for path in slot.paths {
                if path.existsAndNotFalse {
                    if unconditional.last != index { unconditional.append(index) }
                    continue
                }
                let reader = ValueReader(kind: slot.kind, typeName: path.leafName)
                root.insert(path.steps[...], Action(slot: index, reader: reader))
            }
        }
        unconditionalSlots = unconditional
        self.slots = ContiguousArray(slots.map(SlotCore.init))
        var flat = Flattener()
        flat.add(root)
        nodes = flat.nodes
        edges = flat.edges
        actions = flat.actions
        filters = flat.filters
    }

    private final class Builder {
        var children: [(step: BoundPath.Step, node: Builder)] = []
        var actions: [Action] = []

        func insert(_ steps: ArraySlice<BoundPath.Step>, _ action: Action) {
            guard let step = steps.first else {
                actions.append(action)
                return
            }
            let child: Builder
            if let known = children.first(where: { $0.step == step }) {
                child = known.node
            } else {
                child = Builder()
                children.append((step, child))
            }
            child.insert(steps.dropFirst(), action)
        }
    }

    private struct Flattener {
        var nodes: ContiguousArray<Node> = []
        var edges: ContiguousArray<Edge> = []
        var actions: ContiguousArray<Action> = []
        var filters: [Filter] = []

        @discardableResult
        mutating func add(_ builder: Builder) -> Int32 {
            let number = nodes.count
            nodes.append(Node())
            let firstAction = Int32(actions.count)
            actions.append(contentsOf: builder.actions)
            var node = Node(actions: firstAction..<Int32(actions.count))
            if !builder.children.isEmpty {
                var size = 4
                while size < builder.children.count * 2 { size *= 2 }
                var table = [Edge](repeating: Edge(), count: size)
                for (step, child) in builder.children {
                    var edge = Edge(
                        hash: PathTrie.hash(step.property), target: add(child), position: Int32(step.position ?? -1))
                    if let filter = step.filter {
                        edge.filter = Int32(filters.count)
                        filters.append(PathTrie.filter(filter))
                    }
                    var place = Int(truncatingIfNeeded: edge.hash) & (size - 1)
                    while table[place].hash != 0 { place = (place + 1) & (size - 1) }
                    table[place] = edge
                }
                node.edgeStart = Int32(edges.count)
                node.edgeMask = Int32(size - 1)
                edges.append(contentsOf: table)
            }
            nodes[number] = node
            return Int32(number)
        }
    }

    private static func hash(_ name: String) -> UInt64 {
        var name = name
        return name.withUTF8 { JSONKey.hash($0) }
    }

    private static func filter(_ filter: BoundPath.Filter) -> Filter {
        switch filter {
        case .memberEquals(let name, let value): .memberEquals(Array(name.utf8), Array(value.utf8))
        case .hasExtension(let url): .hasExtension(Array(url.utf8))
        }
    }
}
