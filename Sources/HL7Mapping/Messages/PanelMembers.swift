/// Panels by dotted sub-ids (OBX-4): `1` has the members `1.1` and `1.2`, `1.1` may have `1.1.1`.
struct PanelMembers {
    private let parents: [Int?]

    /// - Parameter subIDs: OBX-4 of the observations of one report, in order.
    init(_ subIDs: [String]) {
        parents = subIDs.enumerated().map { index, subID in
            guard let dot = subID.lastIndex(of: "."), dot > subID.startIndex else { return nil }
            let parent = subID[..<dot]
            // Several observations with the parent's sub-id: it cannot be told which one is the panel.
            let candidates = subIDs.indices.filter { subIDs[$0] == parent && $0 != index }
            return candidates.count == 1 ? candidates[0] : nil
        }
    }

    func children(of index: Int) -> [Int] { parents.indices.filter { parents[$0] == index } }

    /// 0 for what is in no panel. A parent's sub-id is shorter than its members', so this ends.
    func depth(of index: Int) -> Int {
        guard index < parents.count, let parent = parents[index] else { return 0 }
        return depth(of: parent) + 1
    }
}
