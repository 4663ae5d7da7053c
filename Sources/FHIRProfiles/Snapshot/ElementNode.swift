/// One element in the tree of a structure.
///
///     Observation
///       category            slices: category:VSCat
///         coding …            coding …            children of the slice are its own
///       value[x]            slices: value[x]:valueQuantity
package struct ElementNode: Sendable {
    /// Last part of the path: `value[x]`; of the root the type.
    package var name: String
    /// Reslices carry the name of the slice in front: `a/b`.
    package var sliceName: String?
    /// What is said of the element itself.
    package var element = ElementMembers()
    /// In the standard's order; empty where the definition does not go deeper.
    package var children: [ElementNode] = []
    /// Slices of this element, a reslice behind the slice it belongs to.
    package var slices: [ElementNode] = []

    init(name: String, sliceName: String? = nil) {
        self.name = name
        self.sliceName = sliceName
    }

    /// This and all below.
    var count: Int {
        children.reduce(1) { $0 + $1.count } + slices.reduce(0) { $0 + $1.count }
    }

    var isChoice: Bool { name.hasSuffix("[x]") }
    var isExtension: Bool { name == "extension" || name == "modifierExtension" }

    func childIndex(named name: String) -> Int? { children.firstIndex { $0.name == name } }

    func sliceIndex(named name: String) -> Int? { slices.firstIndex { $0.sliceName == name } }

    /// Puts a slice behind the one that it refines and what refines that already; at the end where it refines none.
    mutating func insert(slice: ElementNode) {
        guard let name = slice.sliceName, let parent = name.parentSlice,
            let last = slices.lastIndex(where: {
                $0.sliceName == parent || $0.sliceName?.hasPrefix(parent + "/") == true
            })
        else {
            slices.append(slice)
            return
        }
        slices.insert(slice, at: last + 1)
    }

    /// The node at these steps below this one.
    func node(at steps: ArraySlice<ElementStep>) -> ElementNode? {
        guard let step = steps.first else { return self }
        guard let child = children.first(where: { $0.name == step.name }) else { return nil }
        guard let sliceName = step.sliceName else { return child.node(at: steps.dropFirst()) }
        return child.slices.first { $0.sliceName == sliceName }?.node(at: steps.dropFirst())
    }
}

/// One part of an element's id: `category:VSCat`.
struct ElementStep: Hashable, Sendable {
    var name: String
    var sliceName: String?

    /// The parts of an element id.
    static func steps(ofID id: String) -> [ElementStep] {
        var steps: [ElementStep] = []
        for part in id.split(separator: ".", omittingEmptySubsequences: false) {
            let colon = part.firstIndex(of: ":")
            let slice = colon.map { String(part[part.index(after: $0)...]) }
            // What has no brackets behind a dot is the rest of a slice name with a dot in it.
            steps.append(ElementStep(name: String(part.prefix { $0 != ":" }), sliceName: slice))
        }
        return steps
    }
}

extension String {
    /// The slice that a reslice refines: `a` of `a/b`.
    var parentSlice: String? { lastIndex(of: "/").map { String(self[..<$0]) } }
}
