import FHIRDefinitions

/// What of one object is written: the shape as it stands at some depth of a resource.
struct ObjectFilter {
    /// Only elements that the definitions mark as summary.
    var isSummary = false
    /// The narrative alone of what may be left out; at the root only.
    var isTextOnly = false
    /// All but the narrative; at the root only.
    var isWithoutText = false
    var selection: ElementSelection.Node?
    /// Whether this is the resource itself, whose `id` and `meta` are always there.
    var isRoot = false

    /// The shape at the root of a resource; nil if all of it is written.
    init?(_ shape: ResourceShape, _ type: TypeID, isInclude: Bool) {
        isRoot = true
        switch shape.summary {
        case .true: isSummary = true
        case .text: isTextOnly = true
        case .data: isWithoutText = true
        case nil: break
        }
        if let elements = shape.elements {
            selection = isInclude ? elements.includeNode(for: type) : elements.node(for: type)
        }
        if shape.summary == nil, selection == nil { return nil }
    }

    private init(isSummary: Bool, selection: ElementSelection.Node?) {
        self.isSummary = isSummary
        self.selection = selection
    }

    /// - Parameter type: of the value that is there.
    func keeps(_ element: ElementDefinition, _ type: TypeID) -> Bool {
        if element.min > 0 || element.isModifier { return true }
        if isRoot, element.name == "id" || element.name == "meta" { return true }
        if isSummary, !element.isSummary { return false }
        if isTextOnly, element.name != "text" { return false }
        if isWithoutText, element.name == "text" { return false }
        guard let selection else { return true }
        if selection.isExclusion { return selection.whole & (1 << UInt64(element.order)) == 0 }
        return selection.whole & (1 << UInt64(element.order)) != 0
            || selection.parts[ElementSelection.Part(order: element.order, type: type)] != nil
    }

    /// What of a kept element's value is written; nil for all of it.
    func inside(_ element: ElementDefinition, _ type: TypeID) -> ObjectFilter? {
        // Mandatory elements that were not asked for are kept whole: half a code is worse than none.
        let part = selection.flatMap { node in
            node.whole & (1 << UInt64(element.order)) == 0
                ? node.parts[ElementSelection.Part(order: element.order, type: type)] : nil
        }
        return isSummary || part != nil ? ObjectFilter(isSummary: isSummary, selection: part) : nil
    }
}
